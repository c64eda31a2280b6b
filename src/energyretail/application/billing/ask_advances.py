"""Ask the advances that fall due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import attrs

from energyretail.application.billing.bill_due_supplies import BillingStep
from energyretail.application.billing.plan_ports import Advances, PlansToAsk, PlanToAsk
from energyretail.application.billing.ports import Tariffs
from energyretail.application.shared import Books, Clock, Events, Numbers, Work, WorkList
from energyretail.domain.billing import (
    Advance,
    BillingPolicy,
    Instalment,
    InstalmentPlan,
    advance_posting,
    ask,
)
from energyretail.domain.ledger import EntryPosted
from energyretail.domain.operations import WorkItem
from energyretail.domain.pricing import Tariff
from energyretail.domain.shared import DomainError, Event, InvoiceNumber

__all__ = ["AskAdvances"]


@attrs.frozen
class _Due:
    plan: InstalmentPlan
    instalment: Instalment
    rate: Decimal | None


class AskAdvances:
    """Ask every instalment that falls due when the notice is over, each by its own document.

    Rules: an advance is asked the days of notice before its instalment is due; where that day
    is past, it is due when the notice is over. Numbers have a series of their own and go in
    the order of (contract, first day of the plan, due day). Net and VAT are rounded for each
    document at the rate of its due day. What cannot be asked is put on the work list and holds
    up no other contract. One chunk is one transaction; done again, it finds nothing due.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        plans: PlansToAsk,
        advances: Advances,
        tariffs: Tariffs,
        numbers: Numbers,
        books: Books,
        events: Events,
        work_list: WorkList,
        policy: BillingPolicy,
    ):
        self._work = work
        self._clock = clock
        self._plans = plans
        self._advances = advances
        self._tariffs = tariffs
        self._numbers = numbers
        self._books = books
        self._events = events
        self._work_list = work_list
        self._policy = policy

    def __call__(self, *, after: str = "", limit: int = 1000) -> BillingStep:
        """Ask of up to `limit` plans beyond `after`; `issued` counts the advances."""
        with self._work() as transaction:
            today = self._clock.today()
            due_on = today + timedelta(days=self._policy.notice_days)
            page = self._plans.due(by=due_on, after=after, limit=limit)
            due: list[_Due] = []
            parked: list[WorkItem] = []
            tariff = cache(self._tariffs.tariff)
            for to_ask in page:
                due += _due(to_ask, parked, tariff, due_on=due_on, today=today)
            issued = self._issue(due, due_on=due_on, today=today)
            self._keep(issued)
            self._work_list.add(parked)
            transaction.commit()
        resume = page[-1].plan.key if len(page) == limit else None
        return BillingStep(len(issued), len(parked), resume)

    def _issue(
        self, due: list[_Due], *, due_on: date, today: date
    ) -> list[tuple[Advance, tuple[Event, ...]]]:
        numbers = self._take(len(due), today)
        return [
            ask(
                one.plan,
                one.instalment,
                number=number,
                issued_on=today,
                due_on=due_on,
                rate=one.rate,
            )
            for one, number in zip(due, numbers, strict=True)
        ]

    def _take(self, count: int, on: date) -> tuple[InvoiceNumber, ...]:
        if not count:
            return ()
        series = self._policy.series
        taken = self._numbers.take(series.series(series.advance, on), count)
        return series.numbers(series.advance, on, taken)

    def _keep(self, issued: list[tuple[Advance, tuple[Event, ...]]]) -> None:
        advances = [advance for advance, _ in issued]
        entries = [advance_posting(advance) for advance in advances]
        self._advances.add(advances)
        self._books.post(entries)
        self._events.record(
            (
                *(event for _, events in issued for event in events),
                *(EntryPosted(entry.key) for entry in entries),
            )
        )


def _due(
    to_ask: PlanToAsk,
    parked: list[WorkItem],
    tariff: Callable[[str], Tariff],
    *,
    due_on: date,
    today: date,
) -> list[_Due]:
    plan, until = to_ask.plan, to_ask.supplied_until
    wanted = [each for each in plan.due(by=due_on) if until is None or each.due_on < until]
    if not wanted:
        return []
    try:
        rate = _rate(plan, tariff, due_on)
    except DomainError as error:
        parked.append(
            WorkItem(
                kind="billing_advance",
                key=f"{plan.contract}/{wanted[0].due_on}",
                code=error.code,
                text=str(error),
                way_out="put the tariff right; the advance is asked the next day",
                raised_on=today,
            )
        )
        return []
    return [_Due(plan, instalment, rate) for instalment in wanted]


def _rate(plan: InstalmentPlan, tariff: Callable[[str], Tariff], on: date) -> Decimal | None:
    if plan.tax is None:
        return None
    tax = tariff(plan.tariff).tax(plan.tax)
    return None if tax is None else tax.rate.on(on).value
