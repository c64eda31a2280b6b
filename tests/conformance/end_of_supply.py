"""An office that ends supplies, bills them finally and lets deposits go, in both worlds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import attrs

from energyretail.adapters.memory.closed_work_items import MemoryWorkItemsToClose
from energyretail.adapters.memory.contracts import MemoryContracts
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.closed_work_items import PostgresWorkItemsToClose
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import (
    AgreeConsolidation,
    AskDeposit,
    ConsolidateDue,
    ConsolidateInvoices,
    Consolidation,
    ConsolidationStep,
    DepositsTended,
    DepositTending,
    GiveBackDeposit,
    ReceiveDeposit,
    TendDeposits,
    WaiveDeposit,
    WatchFinalBills,
    WatchRefunds,
)
from energyretail.application.contracts import Contracts, EndSupply
from energyretail.application.operations import CloseWorkItem, WorkItemsToClose
from energyretail.domain.billing import DepositRules, FinalBillRules
from energyretail.domain.contracts import Contract
from energyretail.domain.markets import DEPOSIT_RULES, FINAL_BILLS, SPAIN
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Money
from energyretail.testing.billing import POLICY, BillingDesk
from energyretail.testing.billing_worlds import memory_desk, postgres_desk
from energyretail.testing.conformance.billing import contract_of, point, readings_of
from energyretail.testing.conformance.consolidated import ConsolidatedWorld
from energyretail.testing.conformance.deposits import DepositWorld
from energyretail.testing.conformance.plans import PlansWorld
from energyretail.testing.deposit_worlds import (
    memory_consolidated_world,
    memory_deposit_world,
    postgres_consolidated_world,
    postgres_deposit_world,
)
from energyretail.testing.plans_worlds import memory_plans, postgres_plans

AMOUNT = Money("120.00", "EUR")


@attrs.frozen
class Office:
    """Billing's desk with contracts, deposits and consolidated invoices over one store."""

    desk: BillingDesk
    contracts: Contracts
    to_close: WorkItemsToClose
    deposits: DepositWorld
    whole: ConsolidatedWorld
    plans: PlansWorld
    rules: DepositRules = DEPOSIT_RULES["DE"]
    final_bills: FinalBillRules = FINAL_BILLS["DE"]

    def open(self, day: date) -> None:
        """Move the clock."""
        self.desk.open_day(day)

    def sign(self, number: int, **given: Any) -> None:
        """Keep a contract that supplies from START."""
        self.desk.world.sign(contract_of(number, **given))

    def read(self, number: int, day: date, index: int, **given: Any) -> None:
        """Read every register of a point."""
        self.desk.world.read(readings_of(number, day, index, **given))

    def end(self, number: int, on: date, *, at: int = 0) -> Contract:
        """End the supply of a contract's point (its own number) on a day."""
        end = EndSupply(**self._shared(), contracts=self.contracts)
        return end(f"K{number:06d}", point(at or number).value, on=on)

    def close_item(self, item: WorkItem) -> None:
        """Let a person close an item of the work list."""
        close = CloseWorkItem(work=self.desk.world.work, clock=self.desk.clock, items=self.to_close)
        close(item.kind, item.key, remark="seen")

    def items(self, kind: str) -> list[WorkItem]:
        """Return what waits for a person of one kind."""
        return [item for item in self.desk.work_list.open_items() if item.kind == kind]

    @property
    def watch(self) -> WatchFinalBills:
        """Watch the final bills."""
        return WatchFinalBills(
            work=self.desk.world.work,
            clock=self.desk.clock,
            supplies=self.deposits.ended,
            work_list=self.desk.work_list,
            rules=SPAIN.final_bill,
        )

    @property
    def watch_refunds(self) -> WatchRefunds:
        """Show what must be paid back."""
        return WatchRefunds(
            work=self.desk.world.work,
            clock=self.desk.clock,
            refunds=self.deposits.refunds,
            work_list=self.desk.work_list,
            rules=self.final_bills,
        )

    def tend(self, *, limit: int = 1000, after: str = "") -> DepositsTended:
        """Tend the deposits we hold."""
        desk = self.desk
        tend = TendDeposits(work=desk.world.work, clock=desk.clock, tending=self.tending)
        return tend(limit=limit, after=after)

    @property
    def tending(self) -> DepositTending:
        """What is due on deposits, inside a transaction."""
        return DepositTending(
            deposits=self.deposits.deposits,
            deductions=self.plans.deductions,
            books=self.desk.books,
            events=self.desk.events,
            work_list=self.desk.work_list,
            rules=self.rules,
        )

    @property
    def ask(self) -> AskDeposit:
        """Ask for a deposit."""
        return AskDeposit(
            **self._shared(),
            numbers=self.desk.numbers,
            deposits=self.deposits.deposits,
            policy=POLICY,
        )

    @property
    def receive(self) -> ReceiveDeposit:
        """Take a deposit."""
        return ReceiveDeposit(**self._posting())

    @property
    def waive(self) -> WaiveDeposit:
        """Ask for a deposit no longer."""
        return WaiveDeposit(**self._posting())

    @property
    def give_back(self) -> GiveBackDeposit:
        """Give a deposit back."""
        return GiveBackDeposit(**self._posting(), rules=self.rules)

    @property
    def consolidate(self) -> ConsolidateInvoices:
        """Add up a company's bills."""
        desk = self.desk
        return ConsolidateInvoices(
            work=desk.world.work,
            clock=desk.clock,
            invoices=self.whole.invoices,
            consolidation=self.consolidation,
        )

    def consolidate_due(
        self, *, after: str = "", limit: int = 1000, page: int = 5000
    ) -> ConsolidationStep:
        """Add up the bills of all who agreed to it, so many documents a page."""
        desk = self.desk
        consolidate = ConsolidateDue(
            work=desk.world.work,
            clock=desk.clock,
            book=self.whole.book,
            consolidation=self.consolidation_by(page),
        )
        return consolidate(after=after, limit=limit)

    @property
    def agree(self) -> AgreeConsolidation:
        """Agree on one document a month."""
        desk = self.desk
        return AgreeConsolidation(work=desk.world.work, events=desk.events, book=self.whole.book)

    @property
    def consolidation(self) -> Consolidation:
        """What adds up, inside a transaction."""
        return self.consolidation_by(5000)

    def consolidation_by(self, page: int) -> Consolidation:
        """What adds up, so many documents a page."""
        return Consolidation(
            numbers=self.desk.numbers,
            events=self.desk.events,
            invoices=self.whole.invoices,
            work_list=self.desk.work_list,
            policy=POLICY,
            page=page,
        )

    def _shared(self) -> dict[str, Any]:
        desk = self.desk
        return {"work": desk.world.work, "clock": desk.clock, "events": desk.events}

    def _posting(self) -> dict[str, Any]:
        return {
            **self._shared(),
            "books": self.desk.books,
            "deposits": self.deposits.deposits,
        }


def memory_office() -> Office:
    """Return an empty office in memory."""
    store = MemoryStore()
    return Office(
        memory_desk(store),
        MemoryContracts(store),
        MemoryWorkItemsToClose(store),
        memory_deposit_world(store),
        memory_consolidated_world(store),
        memory_plans(store),
    )


def postgres_office(database: Database) -> Office:
    """Return an office over a fresh database."""
    return Office(
        postgres_desk(database),
        PostgresContracts(database),
        PostgresWorkItemsToClose(database),
        postgres_deposit_world(database),
        postgres_consolidated_world(database),
        postgres_plans(database),
    )


MakeOffice = Callable[[], Office]
