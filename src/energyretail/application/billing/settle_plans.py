"""Settle the plans that their bills have closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

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
    Invoice,
    PlanClosing,
    close_plan,
)
from energyretail.domain.ledger import EntryPosted
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError, Event, InvoiceNumber

__all__ = ["SettlePlans", "SettlingStep"]

_Closing = tuple[PlanClosing, tuple[Event, ...]]


@attrs.frozen
class SettlingStep:
    """What one chunk did; `resume` is where the next one goes on, None when nothing is left."""

    settled: int
    parked: int
    resume: str | None


class SettlePlans:
    """Take the advances of a plan off the bills that close its span, and begin the next plan.

    Rules: every advance is taken off once, with the net and VAT it was issued with, paid or
    not: one that is not paid stays owed on its own item. What is left over is money now or is
    carried by the plan that follows, as the plan says. A plan follows while the supply goes
    on, and expects what was billed. One chunk is one transaction; done again, it finds nothing
    to settle.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
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
        self._work = work
        self._clock = clock
        self._closed = closed
        self._plans = plans
        self._invoices = invoices
        self._advances = advances
        self._deductions = deductions
        self._books = books
        self._events = events
        self._work_list = work_list
        self._policy = policy

    def __call__(self, *, after: str = "", limit: int = 1000) -> SettlingStep:
        """Settle up to `limit` plans beyond `after`, the `resume` of the step before."""
        with self._work() as transaction:
            today = self._clock.today()
            page = self._closed.closed(today=today, after=after, limit=limit)
            closings, parked = self._close(page, today)
            self._keep(closings)
            self._work_list.add(parked)
            transaction.commit()
        resume = page[-1].plan.key if len(page) == limit else None
        return SettlingStep(len(closings), len(parked), resume)

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
                closings.append(self._closing(closed, bills, asked[_key(closed)], today))
            except DomainError as error:
                parked.append(_parked(closed, error, today))
        return closings, parked

    def _closing(
        self,
        closed: ClosedPlan,
        bills: Mapping[InvoiceNumber, Invoice],
        advances: Sequence[Advance],
        today: date,
    ) -> _Closing:
        return close_plan(
            closed.plan,
            [bills[number] for number in closed.bills],
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
