"""A billing desk: the use cases of billing and the ledger over one set of adapters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

import attrs

from energyretail.application.billing import (
    BillDueSupplies,
    BillingStep,
    CorrectInvoices,
    DepositTending,
    Documents,
    DocumentsThatLetGo,
    DocumentsThatSettle,
    PlanSettlement,
    PreviewBill,
)
from energyretail.application.ledger import (
    AllocateCredits,
    CheckLedger,
    LedgerState,
    PostedEntries,
)
from energyretail.application.shared import Books, Clock, Numbers, WorkList
from energyretail.domain.billing import BillingPolicy, Draft
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import CustomerNumber, Event, InvoiceNumber, Money
from energyretail.testing.conformance.billing import BillingWorld

__all__ = ["POLICY", "BillingDesk", "RecordedEvents"]

POLICY = BillingPolicy(reading=SPAIN.reading, excise_components=frozenset({"excise"}))


class RecordedEvents:
    """The Events port that keeps what was recorded, for a test to look at."""

    def __init__(self) -> None:
        self.recorded: list[Event] = []

    def record(self, events: Iterable[Event]) -> None:
        """Keep the events."""
        self.recorded += events


class _Clock(Clock, Protocol):
    def move_to(self, day: date) -> None: ...


class _Ledger(LedgerState, PostedEntries, Protocol): ...


@attrs.frozen
class BillingDesk:
    """Everything it takes to bill, over memory or over a database."""

    world: BillingWorld
    clock: _Clock
    numbers: Numbers
    books: Books
    ledger: _Ledger
    work_list: WorkList
    events: RecordedEvents = attrs.field(factory=RecordedEvents)

    def open_day(self, day: date) -> None:
        """Move the clock."""
        with self.world.work() as transaction:
            self.clock.move_to(day)
            transaction.commit()

    def bill(
        self,
        *,
        limit: int = 100,
        settlement: PlanSettlement | None = None,
        tending: DepositTending | None = None,
    ) -> BillingStep:
        """Bill what is due, settle it, and let go the deposits of it; return the sums.

        Without `settlement` no plan is settled, without `tending` no deposit let go.
        """
        issues = self._documents()
        use_case = BillDueSupplies(
            work=self.world.work,
            clock=self.clock,
            supplies=self.world.supplies,
            tariffs=SPAIN,
            documents=_that_close(issues, settlement, tending),
            work_list=self.work_list,
            policy=POLICY,
        )
        step = use_case(limit=limit)
        issued, parked = step.issued, step.parked
        while step.resume is not None:
            step = use_case(after=step.resume, limit=limit)
            issued, parked = issued + step.issued, parked + step.parked
        return BillingStep(issued, parked, None)

    def correct(self, *, limit: int = 100) -> BillingStep:
        """Correct what changed, chunk by chunk; return the sums."""
        use_case = CorrectInvoices(
            work=self.world.work,
            clock=self.clock,
            outdated=self.world.outdated,
            tariffs=SPAIN,
            documents=self._documents(),
            work_list=self.work_list,
            policy=POLICY,
        )
        step = use_case(limit=limit)
        issued, parked = step.issued, step.parked
        while step.resume is not None:
            step = use_case(after=step.resume, limit=limit)
            issued, parked = issued + step.issued, parked + step.parked
        return BillingStep(issued, parked, None)

    def allocate(self) -> int:
        """Let credit pay what is owed."""
        return AllocateCredits(
            work=self.world.work,
            clock=self.clock,
            items=self.ledger,
            posted=self.ledger,
            books=self.books,
            events=self.events,
        )()

    def pay(self, key: str, customer: CustomerNumber, item: InvoiceNumber, cents: int) -> None:
        """Book money of a customer on an item; negative cents are a return."""
        amount = Money.of_cents(cents, "EUR")
        owed = Posting(Account.RECEIVABLE, -amount, customer, item)
        entry = Entry(key, self.clock.today(), "Payment", (Posting(Account.BANK, amount), owed))
        with self.world.work() as transaction:
            self.books.post([entry])
            transaction.commit()

    def preview(self, contract: str) -> tuple[Draft, ...]:
        """Show what would be billed."""
        return PreviewBill(
            clock=self.clock, supplies=self.world.supplies, tariffs=SPAIN, policy=POLICY
        )(contract)

    def problems(self) -> tuple[str, ...]:
        """Check the ledger."""
        return CheckLedger(ledger=self.ledger)().problems

    def _documents(self) -> Documents:
        return Documents(
            invoices=self.world.invoices,
            numbers=self.numbers,
            books=self.books,
            events=self.events,
            policy=POLICY,
        )


def _that_close(
    documents: Documents, settlement: PlanSettlement | None, tending: DepositTending | None
) -> Documents | DocumentsThatSettle | DocumentsThatLetGo:
    """Return what issues bills and settles, or lets go, what they close."""
    settling = (
        DocumentsThatSettle(documents=documents, settlement=settlement) if settlement else documents
    )
    return DocumentsThatLetGo(documents=settling, tending=tending) if tending else settling
