"""A billing desk: the use cases of billing and the ledger over one set of adapters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol

import attrs

from energyretail.adapters.shared.beside import beside
from energyretail.application.billing import (
    BillDueSupplies,
    BilledBefore,
    BillInBulk,
    BillingStep,
    BulkBills,
    BulkRating,
    BulkStep,
    CorrectInvoices,
    DecideHeldBill,
    DepositTending,
    Documents,
    DocumentsThatLetGo,
    DocumentsThatSettle,
    Drafting,
    FigureBook,
    HeldBills,
    Invoices,
    PlanSettlement,
    PlausibilityGate,
    PreviewBill,
    SupplyDays,
    Tariffs,
    UsageBook,
)
from energyretail.application.ledger import (
    AllocateCredits,
    CheckLedger,
    LedgerState,
    PostedEntries,
)
from energyretail.application.shared import Books, Clock, Numbers, WorkList
from energyretail.domain import pricing
from energyretail.domain.billing import (
    NO_PLAUSIBILITY,
    BillingPolicy,
    CorrectionMethod,
    CorrectionRules,
    DayState,
    Draft,
    HeldBill,
    HeldBillTrigger,
    Invoice,
    explain,
)
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.markets import SPAIN
from energyretail.domain.pricing import DatedPrice, Tariff, Version
from energyretail.domain.shared import CustomerNumber, Event, InvoiceNumber, Money, Period
from energyretail.testing.conformance.billing import BillingWorld

__all__ = ["ANY_USE", "BY_DIFFERENCE", "POLICY", "BillingDesk", "LateTariffs", "RecordedEvents"]

POLICY = BillingPolicy(reading=SPAIN.reading, excise_components=frozenset({"excise"}))
BY_DIFFERENCE = attrs.evolve(POLICY, corrections=CorrectionRules(CorrectionMethod.BY_DIFFERENCE))
# Who reads what chance says, or on purpose what nobody uses, has no gate before the door.
ANY_USE = attrs.evolve(POLICY, plausibility=NO_PLAUSIBILITY)
_EVER = 100_000


class LateTariffs:
    """The Tariffs port over Spain's, with a VAT that comes late, from a day on."""

    def __init__(self) -> None:
        self._since: dict[date, int] = {}

    def set_vat(self, percent: int, *, since: date) -> None:
        """Have every tariff ask `percent` of VAT from a day on, whatever it asked before."""
        self._since = {day: old for day, old in self._since.items() if day < since}
        self._since[since] = percent

    def tariff(self, code: str) -> Tariff:
        """Return a tariff of Spain as it is by now."""
        tariff = SPAIN.tariff(code)
        return attrs.evolve(
            tariff,
            taxes=tuple(attrs.evolve(vat, rate=self._late(vat.rate)) for vat in tariff.taxes),
        )

    def _late(self, rate: DatedPrice) -> DatedPrice:
        days = sorted(self._since)
        if not days:
            return rate
        kept = (
            (version, version.period.meets(Period(version.period.start, days[0])))
            for version in rate.versions
            if version.period.start < days[0]
        )
        ends = (*days[1:], None)
        return DatedPrice(
            rate.name,
            (
                *(attrs.evolve(version, period=period) for version, period in kept if period),
                *(
                    Version(Period(day, end), self._since[day], "a law that came late")
                    for day, end in zip(days, ends, strict=True)
                ),
            ),
        )


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
    """Everything it takes to bill, over memory or over a database.

    It `recomputes` whatever it issues from its explanation, unless there is too much of it.
    """

    world: BillingWorld
    clock: _Clock
    numbers: Numbers
    books: Books
    ledger: _Ledger
    work_list: WorkList
    days: SupplyDays
    usage: UsageBook
    figures: FigureBook
    past: BilledBefore
    held: HeldBills
    events: RecordedEvents = attrs.field(factory=RecordedEvents)
    policy: BillingPolicy = POLICY
    tariffs: Tariffs = SPAIN
    recomputes: bool = True

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
        on: date | None = None,
    ) -> BillingStep:
        """Bill what is due, settle it, and let go the deposits of it; return the sums.

        It is billed `on` a day that need not be the clock's.
        Without `settlement` no plan is settled, without `tending` no deposit let go.
        """
        issues = self._documents()
        use_case = BillDueSupplies(
            work=self.world.work,
            clock=self.clock,
            supplies=self.world.supplies,
            drafting=self._drafting(),
            gate=self._gate(),
            documents=_that_close(issues, settlement, tending),
            work_list=self.work_list,
        )
        steps = [use_case(limit=limit, on=on)]
        while (resume := steps[-1].resume) is not None:
            steps.append(use_case(after=resume, limit=limit, on=on))
        return BillingStep(
            issued=sum(step.issued for step in steps),
            parked=sum(step.parked for step in steps),
            resume=None,
            held=sum(step.held for step in steps),
        )

    def bill_in_bulk(
        self,
        bills: BulkBills,
        rating: BulkRating,
        *,
        limit: int = 1000,
        on: date | None = None,
        after: str = "",
        until: str = "",
        page_size: int = 10_000,
    ) -> BulkStep:
        """Bill what is due in a range of keys, those alike by columns, and return the sums.

        It is read in pages of `page_size`. No plan is settled.
        """
        use_case = self.bulk(bills, rating, page_size=page_size)
        steps = [use_case(after=after, until=until, limit=limit, on=on)]
        while (resume := steps[-1].resume) is not None:
            steps.append(use_case(after=resume, until=until, limit=limit, on=on))
        return sum(steps[1:], start=steps[0])

    def bulk(self, bills: BulkBills, rating: BulkRating, *, page_size: int = 10_000) -> BillInBulk:
        """Return what bills a chunk of those alike by columns; no plan is settled."""
        documents = self._documents()
        shared: dict[str, Any] = {
            "work": self.world.work,
            "clock": self.clock,
            "drafting": self._drafting(),
            "gate": self._gate(),
            "documents": documents,
            "work_list": self.work_list,
        }
        return BillInBulk(
            bills=bills,
            rating=rating,
            numbers=documents,
            events=self.events,
            policy=self.policy,
            one_by_one=BillDueSupplies(supplies=self.world.supplies, **shared),
            beside=beside,
            page_size=page_size,
            **shared,
        )

    def decide(self, key: str, decision: HeldBillTrigger, *, by: str) -> HeldBill:
        """Have a person decide about a held bill as it is by now."""
        version = self.held.by_key(key).version
        decide = DecideHeldBill(work=self.world.work, clock=self.clock, bills=self.held)
        return decide(key, decision, by=by, reason="seen", version=version)

    def correct(self, *, limit: int = 100) -> BillingStep:
        """Correct what changed, chunk by chunk; return the sums."""
        use_case = CorrectInvoices(
            work=self.world.work,
            clock=self.clock,
            outdated=self.world.outdated,
            tariffs=self.tariffs,
            drafting=self._drafting(),
            documents=self._documents(),
            work_list=self.work_list,
            policy=self.policy,
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
            clock=self.clock, supplies=self.world.supplies, drafting=self._drafting()
        )(contract)

    def day_counts(self, *, grace_days: int = _EVER) -> dict[DayState, int]:
        """Count the supply days by what became of them."""
        return dict(self.days.counts(today=self.clock.today(), grace_days=grace_days))

    def problems(self) -> tuple[str, ...]:
        """Check the ledger."""
        return CheckLedger(ledger=self.ledger)().problems

    def _drafting(self) -> Drafting:
        return Drafting(
            tariffs=self.tariffs, usage=self.usage, figures=self.figures, policy=self.policy
        )

    def _gate(self) -> PlausibilityGate:
        return PlausibilityGate(
            past=self.past, held=self.held, work_list=self.work_list, policy=self.policy
        )

    def _documents(self) -> Documents:
        return Documents(
            invoices=_Explained(self.world.invoices) if self.recomputes else self.world.invoices,
            numbers=self.numbers,
            books=self.books,
            events=self.events,
            policy=self.policy,
        )


class _Explained:
    """The Invoices port that takes no document whose amounts its explanation does not give again.

    So whatever a test has a desk issue is computed once more, from its parts alone.
    """

    def __init__(self, invoices: Invoices):
        self._invoices = invoices

    def add(self, invoices: Sequence[Invoice]) -> None:
        for invoice in invoices:
            told = explain(invoice)
            for part in (*told.lines, *told.taxes):
                assert pricing.recompute(part.derivation) == part.amount.amount, part
        self._invoices.add(invoices)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._invoices, name)


def _that_close(
    documents: Documents, settlement: PlanSettlement | None, tending: DepositTending | None
) -> Documents | DocumentsThatSettle | DocumentsThatLetGo:
    """Return what issues bills and settles, or lets go, what they close."""
    settling = (
        DocumentsThatSettle(documents=documents, settlement=settlement) if settlement else documents
    )
    return DocumentsThatLetGo(documents=settling, tending=tending) if tending else settling
