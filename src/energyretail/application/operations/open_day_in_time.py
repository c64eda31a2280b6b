"""Business days opened by the clock on the wall of the market."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from energyretail.application.operations.bill_run_ports import BillRunShelf
from energyretail.application.operations.business_day import (
    BeginBusinessDay,
    BusinessDays,
    OpenBusinessDay,
)
from energyretail.application.shared import Clock
from energyretail.domain.operations import BillRunState
from energyretail.domain.shared import MarketTime, Refused

__all__ = ["OpenDayInTime"]

_DAY = timedelta(days=1)
_UNDER_WAY = (BillRunState.PLANNED, BillRunState.RUNNING)


class OpenDayInTime:
    """Open and begin the next business day when it is time, and nothing else is in the way.

    Rules: a calendar day is due from the time `at` of its own on, by the market's clock. Days are
    opened one by one, each once the one before is closed, so that a company that stood still makes
    up for it in order. Nor is one opened over a bill run under way, whose chunks are of its day
    alone. The very first day is a person's to open, as is every day without a time. Done again, it
    changes nothing.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        days: BusinessDays,
        runs: BillRunShelf,
        open_day: OpenBusinessDay,
        begin_day: BeginBusinessDay,
        now: Callable[[], datetime],
        zone: MarketTime,
        at: time | None,
    ):
        self._clock = clock
        self._days = days
        self._runs = runs
        self._open = open_day
        self._begin = begin_day
        self._now = now
        self._zone = zone
        self._at = at

    def __call__(self) -> date | None:
        """Return the day that was begun, None where none is due yet or the one before is open."""
        day = None if self._at is None else self._next(self._at)
        if day is None:
            return None
        self._open(day)
        self._begin(day)
        return day

    def _next(self, at: time) -> date | None:
        try:
            today = self._clock.today()
        except Refused:
            return None
        # Opened by whoever died before it was begun, it is begun now.
        day = today + _DAY if self._days.is_begun(today) else today
        if day > self._due(at) or (day > today and not self._is_left(today)):
            return None
        return day

    def _is_left(self, today: date) -> bool:
        return self._days.is_closed(today) and not any(
            shown.run.state in _UNDER_WAY for shown in self._runs.of_day(today)
        )

    def _due(self, at: time) -> date:
        """Return the last day whose time has come."""
        local = self._zone.at_the_wall(self._now())
        return local.date() if local.time() >= at else local.date() - _DAY
