"""The worlds, plans and advances that instalment plans are tried with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from energyretail.application.billing import (
    Advances,
    ContractsToPlan,
    Deductions,
    InstalmentPlans,
    InstalmentPlanShelf,
    PlansToAsk,
    PlansToSettle,
)
from energyretail.application.documents import AdvancesToMail, BillsToMail
from energyretail.application.payments import UnpaidItems
from energyretail.application.shared import Books
from energyretail.domain.billing import (
    Advance,
    EndOfPlan,
    InstalmentPlan,
    Invoice,
    TakenOff,
    advance_posting,
    ask,
    posting_of,
    set_up,
)
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import (
    TARGET,
    InvoiceNumber,
    Money,
    add_months,
    contract_number,
    customer_number,
)
from energyretail.testing.conformance.billing import BillingWorld, bill_of
from energyretail.testing.conformance.billing_cases import REGISTERS, START, TARIFF

__all__ = ["PLAN_END", "PlansWorld", "advance_of", "plan_for"]

PLAN_END = add_months(START, 3)


@attrs.frozen
class PlansWorld:
    """One implementation, empty, with what it takes to fill it."""

    billing: BillingWorld
    contracts: ContractsToPlan
    plans: InstalmentPlans
    shelf: InstalmentPlanShelf
    to_ask: PlansToAsk
    advances: Advances
    to_settle: PlansToSettle
    deductions: Deductions
    books: Books
    unpaid: UnpaidItems
    bills_to_mail: BillsToMail
    advances_to_mail: AdvancesToMail

    def add(self, *plans: InstalmentPlan) -> None:
        """Keep new plans."""
        with self.billing.work() as transaction:
            self.plans.add(plans)
            transaction.commit()

    def save(self, *plans: InstalmentPlan) -> None:
        """Keep the next versions of plans."""
        with self.billing.work() as transaction:
            self.plans.save(plans)
            transaction.commit()

    def ask(self, *advances: Advance) -> None:
        """Keep advances and post them."""
        with self.billing.work() as transaction:
            self.advances.add(advances)
            self.books.post([advance_posting(advance) for advance in advances])
            transaction.commit()

    def post(self, *documents: Invoice) -> None:
        """Post bills and corrections."""
        entries = (posting_of(each, excise_components=frozenset()) for each in documents)
        with self.billing.work() as transaction:
            self.books.post([entry for entry in entries if entry is not None])
            transaction.commit()

    def settle_off(self, bill: Invoice, cents: int) -> None:
        """Post what a settlement moves off a bill's item, and as much that is paid on it."""
        amount = Money.of_cents(cents, "EUR")
        moved = (
            Entry(key, PLAN_END, key, (owed, Posting(account, amount)))
            for owed in (Posting(Account.RECEIVABLE, -amount, bill.customer, bill.item),)
            for key, account in (
                ("settlement:earlier", Account.CARRIED),
                ("payment:1", Account.BANK),
            )
        )
        with self.billing.work() as transaction:
            self.books.post(list(moved))
            transaction.commit()

    def take_off(self, *taken: TakenOff) -> None:
        """Keep deductions."""
        with self.billing.work() as transaction:
            self.deductions.add(taken)
            transaction.commit()

    def due(self, by: date, *, after: str = "", limit: int = 9) -> list[str]:
        """Return the keys of the plans of which something is due."""
        with self.billing.work():
            found = self.to_ask.due(by=by, after=after, limit=limit)
        return [one.plan.key for one in found]

    def closed(
        self, *, after: str = "", limit: int = 9, today: date = PLAN_END
    ) -> list[tuple[str, int, bool]]:
        """Return the closed plans: key, number of bills, whether supply goes on."""
        with self.billing.work():
            found = self.to_settle.closed(today=today, after=after, limit=limit)
        return [(one.plan.key, len(one.bills), one.goes_on) for one in found]

    def bill_all(self, first: int) -> list[Invoice]:
        """Bill every period due by the end of the plans; numbers go up from `first`."""
        periods = [
            (supply, period)
            for supply in self.billing.due(PLAN_END)
            for period in supply.periods_due(today=PLAN_END, registers=REGISTERS)
        ]
        bills = [
            bill_of(supply, period, f"F26-{number:06d}", day=PLAN_END)
            for number, (supply, period) in enumerate(periods, first)
        ]
        self.billing.add(*bills)
        return bills


def plan_for(
    number: int,
    *,
    first_day: date = START,
    months: int = 3,
    count: int = 3,
    cents: int = 30_001,
    carried_cents: int = -100,
    at_end: EndOfPlan = EndOfPlan.TRUE_UP,
) -> InstalmentPlan:
    """Return a plan for the `number`-th contract."""
    plan, _ = set_up(
        contract=contract_number(number),
        customer=customer_number(number),
        tariff=TARIFF,
        tax="IVA",
        first_day=first_day,
        months=months,
        count=count,
        expected=Money.of_cents(cents, "EUR"),
        at_end=at_end,
        calendar=TARGET,
        carried=Money.of_cents(carried_cents, "EUR"),
    )
    return plan


def advance_of(
    plan: InstalmentPlan, place: int, number: str, *, issued_on: date | None = None
) -> Advance:
    """Return the document over the `place`-th instalment of a plan, from 0."""
    instalment = plan.instalments[place]
    advance, _ = ask(
        plan,
        instalment,
        number=InvoiceNumber(number),
        issued_on=issued_on or instalment.due_on,
        due_on=instalment.due_on,
        rate=Decimal(10),
    )
    return advance
