"""Which periods are due to be billed, and when the bill is to be paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count, pairwise

from energyretail.domain.shared import Invalid, Period, Refused, WorkingDays, add_months

__all__ = ["boundaries", "due_on", "held_for_plans", "is_held_for_plan", "periods_due"]


def boundaries(taken: Iterable[tuple[str, date]], *, registers: Iterable[str]) -> tuple[date, ...]:
    """Return, in order, the days on which every one of `registers` has a reading.

    `taken` holds (register, day) of the current readings at one supply point; `registers` are
    those of its tariff, seen or not. Raises Invalid ``billing.registers`` when there are none.
    """
    wanted = frozenset(registers)
    if not wanted:
        raise Invalid("billing.registers", "a boundary needs the registers to be read")
    by_day: dict[date, set[str]] = {}
    for register, day in taken:
        by_day.setdefault(day, set()).add(register)
    return tuple(day for day in sorted(by_day) if wanted <= by_day[day])


def periods_due(
    days: Iterable[date], *, supplied: Period, billed_until: date | None, today: date
) -> tuple[Period, ...]:
    """Return the unbilled periods between consecutive boundary `days` up to `today`, in order.

    The first begins where the last bill ended (`billed_until`), or with the supply; the last
    ends with the supply at the latest. Raises Refused ``billing.start_reading_missing`` when
    a later boundary is there but none at that beginning: its energy cannot be told.
    """
    start = billed_until or supplied.start
    end = today if supplied.end is None else min(today, supplied.end)
    chain = sorted({day for day in days if start <= day <= end})
    if chain and chain[0] != start:
        raise Refused(
            "billing.start_reading_missing",
            "no reading of every register on the first day to bill",
            day=start,
            next=chain[0],
        )
    return tuple(Period(first, second) for first, second in pairwise(chain))


def held_for_plans(
    periods: Iterable[Period], *, plans: Iterable[Period], ends: date | None
) -> tuple[Period, ...]:
    """Join the periods due so that no bill ends inside the span of a running plan.

    `periods` are consecutive, `plans` the spans of plans that are not settled yet; `ends` is
    the day the supply ends, on which its last bill ends too. The bill that closes a plan is the
    last one: what comes after it waits until the plan is settled and another may have begun.
    """
    spans = tuple(plans)
    due: list[Period] = []
    start: date | None = None
    for period in periods:
        start = start or period.start
        joined = Period(start, period.until)
        if is_held_for_plan(joined, plans=spans, ends=ends):
            continue
        due.append(joined)
        start = None
        if _reached(joined, spans):
            break
    return tuple(due)


def is_held_for_plan(bill: Period, *, plans: Iterable[Period], ends: date | None) -> bool:
    """Tell whether no bill may be of these days, for it would end inside a running plan's span.

    Of several plans the first that it has days of decides: it closes that one, or not. One that
    is over before it is closed already, though another point may still keep it open.
    """
    held = _reached(bill, plans)
    return held is not None and bill.until < held.until and bill.until != ends


def _reached(bill: Period, plans: Iterable[Period]) -> Period | None:
    """Return the first span that a bill has days of."""
    reached = (span for span in plans if span.meets(bill))
    return min(reached, key=lambda span: span.start, default=None)


def due_on(
    issued_on: date, *, notice_days: int, lead_working_days: int, target: WorkingDays
) -> date:
    """Return the direct-debit day: the first month end that leaves notice, and time to collect.

    It is `notice_days` calendar days after `issued_on` or later, and `issued_on` is at least
    `lead_working_days` of `target` before it, so the run that collects it is still to be made.
    A month end is the last working day of `target` in a calendar month. Raises Invalid for
    negative days.
    """
    if notice_days < 0:
        raise Invalid("billing.notice", "notice is zero days or more", days=notice_days)
    if lead_working_days < 0:
        raise Invalid("billing.lead", "the lead is zero days or more", days=lead_working_days)
    earliest = issued_on + timedelta(days=notice_days)
    month_ends = (_month_end(earliest, later, target) for later in count())
    return next(
        due
        for due in month_ends
        if due >= earliest and issued_on <= target.add(due, -lead_working_days)
    )


def _month_end(day: date, months_later: int, target: WorkingDays) -> date:
    after = add_months(day.replace(day=1), months_later + 1)
    return target.on_or_before(after - timedelta(days=1))
