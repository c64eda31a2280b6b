"""Settle the plans that their bills have closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce

import attrs

from energyretail.application.billing.documents import Documents, Keeps
from energyretail.application.billing.plan_ports import (
    Advances,
    ClosedPlan,
    Deductions,
    InstalmentPlans,
    PlanKey,
    PlansToSettle,
)
from energyretail.application.billing.ports import Invoices
from energyretail.application.shared import Books, Clock, Events, Work, WorkList
from energyretail.domain.billing import (
    Advance,
    BillingPolicy,
    ClosingBill,
    Draft,
    Invoice,
    PlanClosing,
    close_plan,
)
from energyretail.domain.ledger import EntryPosted
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError, Event, InvoiceNumber

__all__ = ["DocumentsThatSettle", "PlanSettlement", "SettlePlans", "SettlingStep"]

_Closing = tuple[PlanClosing, tuple[Event, ...]]


@attrs.frozen
class SettlingStep:
    """What one chunk did; `resume` is where the next one goes on, None when nothing is left."""

    settled: int
    parked: int
    resume: str | None


class PlanSettlement:
    """Takes the advances of closed plans off their bills, inside the open transaction.

    Rules: every advance is taken off once, with the net and VAT it was issued with, paid or
    not: one that is not paid stays owed on its own item. What is left over is money now or is
    carried by the plan that follows, as the plan says. A plan follows while the supply goes
    on, and expects what was billed.
    """

    def __init__(
        self,
        *,
        closed: PlansToSettle,
        plans: InstalmentPlans,
        invoices: Invoices,
        advances: Advances,
        deductions: Deductions,
        books: Books,
        events: Events,
        work_list: WorkList,
        policy: BillingPolicy,
    ):
        self._closed = closed
        self._plans = plans
        self._invoices = invoices
        self._advances = advances
        self._deductions = deductions
        self._books = books
        self._events = events
        self._work_list = work_list
        self._policy = policy

    def chunk(self, *, after: str, limit: int, on: date) -> SettlingStep:
        """Settle up to `limit` closed plans beyond `after`, and those that then are closed."""
        page = self._closed.closed(today=on, after=after, limit=limit)
        settled, parked = self._settle_all(page, on)
        return SettlingStep(settled, parked, page[-1].plan.key if len(page) == limit else None)

    def of_contracts(self, contracts: Sequence[str], *, on: date) -> None:
        """Settle what is closed of some contracts."""
        named = sorted(set(contracts))
        if named:
            self._settle_all(self._closed.closed_of(named, today=on), on)

    def _settle_all(self, page: Sequence[ClosedPlan], on: date) -> tuple[int, int]:
        """Settle plans, and those that follow them while the bills reach beyond these too."""
        settled, parked = 0, 0
        while page:
            closings, refused = self._close(page, on)
            self._keep(closings)
            self._work_list.add(refused)
            settled, parked = settled + len(closings), parked + len(refused)
            made = {one.following.contract for one, _ in closings if one.following}
            page = self._closed.closed_of(sorted(made), today=on) if made else ()
        return settled, parked

    def _close(
        self, page: Sequence[ClosedPlan], today: date
    ) -> tuple[list[_Closing], list[WorkItem]]:
        numbers = [number for closed in page for number in closed.bills]
        bills = {bill.number: bill for bill in self._invoices.by_numbers(numbers)}
        asked: dict[PlanKey, list[Advance]] = {_key(closed): [] for closed in page}
        for advance in self._advances.of_plans(list(asked)):
            asked[advance.contract, advance.first_day].append(advance)
        closings: list[_Closing] = []
        parked: list[WorkItem] = []
        for closed in page:
            try:
                closing = self._closing(
                    closed, _as_left_by(closings, closed, bills), asked[_key(closed)], today
                )
            except DomainError as error:
                parked.append(_parked(closed, error, today))
            else:
                closings.append(closing)
        return closings, parked

    def _closing(
        self,
        closed: ClosedPlan,
        bills: Sequence[ClosingBill],
        advances: Sequence[Advance],
        today: date,
    ) -> _Closing:
        return close_plan(
            closed.plan,
            bills,
            advances,
            on=today,
            goes_on=closed.goes_on,
            calendar=self._policy.target,
        )

    def _keep(self, closings: Sequence[_Closing]) -> None:
        decided = [closing for closing, _ in closings]
        entries = [closing.entry for closing in decided if closing.entry is not None]
        self._plans.save([closing.plan for closing in decided])
        self._plans.add([closing.following for closing in decided if closing.following])
        self._deductions.add([taken for closing in decided for taken in closing.taken_off])
        self._books.post(entries)
        self._events.record(
            (
                *(event for _, events in closings for event in events),
                *(EntryPosted(entry.key) for entry in entries),
            )
        )


class DocumentsThatSettle:
    """Issues bills, and settles what they close before anybody is told of them."""

    def __init__(self, *, documents: Documents, settlement: PlanSettlement):
        self._documents = documents
        self._settlement = settlement

    def issue(
        self,
        drafts: Sequence[Draft],
        *,
        on: date,
        numbers: Sequence[InvoiceNumber] | None = None,
        keep: Keeps | None = None,
    ) -> None:
        """Issue an invoice for each draft, in the open transaction: see `Documents.issue`."""
        self._documents.issue(drafts, on=on, numbers=numbers, keep=keep)
        self._settlement.of_contracts([draft.contract for draft in drafts], on=on)


class SettlePlans:
    """Settle what is closed without a bill of today: by the end of a supply, or a correction.

    One chunk is one transaction; done again, it finds nothing to settle.
    """

    def __init__(self, *, work: Work, clock: Clock, settlement: PlanSettlement):
        self._work = work
        self._clock = clock
        self._settlement = settlement

    def __call__(self, *, after: str = "", limit: int = 1000) -> SettlingStep:
        """Settle up to `limit` plans beyond `after`, the `resume` of the step before."""
        with self._work() as transaction:
            step = self._settlement.chunk(after=after, limit=limit, on=self._clock.today())
            transaction.commit()
        return step


def _as_left_by(
    closings: Sequence[_Closing], closed: ClosedPlan, bills: Mapping[InvoiceNumber, Invoice]
) -> tuple[ClosingBill, ...]:
    """Return the bills of a plan as plans settled just before leave them: one may close several."""
    before = [one.entry for one, _ in closings if one.plan.contract == closed.plan.contract]
    found = (
        ClosingBill(bills[number], left)
        for number, left in zip(closed.bills, closed.left, strict=True)
    )
    return tuple(reduce(ClosingBill.after, before, each) for each in found)


def _key(closed: ClosedPlan) -> PlanKey:
    return closed.plan.contract, closed.plan.first_day


def _parked(closed: ClosedPlan, error: DomainError, today: date) -> WorkItem:
    return WorkItem(
        kind="billing_settlement",
        key=closed.plan.key,
        code=error.code,
        text=str(error),
        way_out="put the plan or its bills right; it is settled the next day",
        raised_on=today,
    )
