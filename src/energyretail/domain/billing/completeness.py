"""Every supply day is billed once, parked with a reason, or not yet due: or somebody must look."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import attrs

from energyretail.domain.shared import Period

__all__ = ["DaySpan", "DayState", "classify_days"]


class DayState(enum.Enum):
    """What became of a day of supply; UNEXPLAINED is the one that must not be."""

    BILLED = "billed"
    PARKED = "parked"
    NOT_DUE = "not_due"
    UNEXPLAINED = "unexplained"


@attrs.frozen
class DaySpan:
    """Days in a row of one state; `reason` is the code of the work item that parked them."""

    period: Period
    state: DayState
    reason: str = ""


def classify_days(
    supplied: Period,
    *,
    billed: Iterable[Period],
    parked: Mapping[date, str],
    last_read: date | None,
    today: date,
    grace_days: int,
    plans: Iterable[Period] = (),
) -> tuple[DaySpan, ...]:
    """Return the state of every day of supply before `today`, in spans in order, none twice.

    `billed` are the periods of the documents in force, `parked` the codes of the work items of
    billing by the day in their key: each explains the unbilled days from that one on, which
    wait for it. A day is due when a later day is read in full (`last_read` is the last such),
    or when it is more than `grace_days` ago: it should have been estimated by then. The days of a
    running instalment plan, one of `plans`, wait for its end, or that of the supply.
    """
    end = min(today, supplied.end or today)
    if end <= supplied.start:
        return ()
    due_until = max(last_read or supplied.start, min(end, today - timedelta(days=grace_days)))
    due_until = min(max(due_until, supplied.start), end)
    due_until = _held(due_until, plans, supplied)
    spans = sorted(_billed(billed, Period(supplied.start, end)), key=lambda each: each.start)
    found: list[DaySpan] = []
    at = supplied.start
    for period in (*spans, None):
        gap_end = period.start if period else end
        found += _gap(at, gap_end, due_until=due_until, parked=parked)
        if period:
            found.append(DaySpan(period, DayState.BILLED))
            at = period.until
    return tuple(found)


def _held(due_until: date, plans: Iterable[Period], supplied: Period) -> date:
    """Return the day from which a running plan holds what would be due, if one does."""
    if due_until == supplied.end:
        return due_until
    holding = (plan.start for plan in plans if plan.start < due_until < plan.until)
    return max(supplied.start, min(holding, default=due_until))


def _billed(billed: Iterable[Period], until_now: Period) -> Iterator[Period]:
    """Yield the days billed, documents that follow each other as one."""
    met = (each.meets(until_now) for each in billed)
    current: Period | None = None
    for period in sorted((each for each in met if each), key=lambda each: each.start):
        if current and period.start <= current.until:
            current = Period(current.start, max(current.until, period.until))
        else:
            if current:
                yield current
            current = period
    if current:
        yield current


def _gap(
    start: date, end: date, *, due_until: date, parked: Mapping[date, str]
) -> Iterator[DaySpan]:
    turn = min(max(start, due_until), end)
    if start < turn:
        code = parked.get(start)
        state = DayState.UNEXPLAINED if code is None else DayState.PARKED
        yield DaySpan(Period(start, turn), state, code or "")
    if turn < end:
        yield DaySpan(Period(turn, end), DayState.NOT_DUE)
