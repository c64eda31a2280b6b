"""A business day: opened, walked step by step, closed when nothing is due."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, Protocol

from energyretail.application.operations.relayed_outbox import enqueue_relay
from energyretail.application.shared import Channel, Clock, Jobs, Outbox, Work
from energyretail.domain.shared import Refused

__all__ = [
    "DAYS_AHEAD_MAX",
    "DAY_TASK",
    "BeginBusinessDay",
    "BusinessDays",
    "DayClock",
    "OpenBusinessDay",
    "StepEnd",
    "WalkBusinessDay",
]

DAY_TASK: Final = "business_day"
_RELAYS_PAUSE_SECONDS: Final = 0.02
_WORKERS_PAUSE_SECONDS: Final = 1.0
DAYS_AHEAD_MAX: Final = 31
"""How far one step of the clock goes: it never goes back, so a slip of the pen must not move it."""


class DayClock(Protocol):
    """The company's clock, for the one who moves it."""

    def today(self) -> date:
        """Return the business day; raises Refused ``clock.not_set`` before the first one."""
        ...

    def move_to(self, day: date) -> None:
        """Make `day` the business day; raises Refused for an earlier one."""
        ...


class BusinessDays(Protocol):
    """Which days were begun and closed, and which of their steps are done."""

    def begin(self, day: date) -> None:
        """Note a day as begun; noting it again changes nothing."""
        ...

    def is_begun(self, day: date) -> bool:
        """Tell whether the day was begun, or a step of it done."""
        ...

    def steps_done(self, day: date) -> frozenset[str]:
        """Return the steps done; none for a day never begun."""
        ...

    def mark(self, day: date, step: str) -> None:
        """Note a step as done; noting it again changes nothing."""
        ...

    def is_closed(self, day: date) -> bool:
        """Tell whether nothing is due any more on that day."""
        ...

    def close(self, day: date) -> None:
        """Note that nothing is due any more on that day."""
        ...


class StepEnd(enum.Enum):
    """What a step of a day that others do the work of may return; any other step is done."""

    DONE = "done"
    NOT_YET = "not yet"


class OpenBusinessDay:
    """Move the company's clock to a day; the same day again changes nothing.

    A day that was begun is left only when it is closed; one never begun may be left. The next
    day is at most a month away, whatever the first one is.
    """

    def __init__(self, *, work: Work, clock: DayClock, days: BusinessDays):
        self._work = work
        self._clock = clock
        self._days = days

    def __call__(self, day: date) -> None:
        """Open `day`; raises Refused ``clock.backwards`` for an earlier one, and
        ``day.previous_open`` while the present one is begun and not closed, ``day.too_far`` for
        one more than a month away."""
        with self._work() as transaction:
            self._check_left(day)
            self._clock.move_to(day)
            transaction.commit()

    def _check_left(self, day: date) -> None:
        try:
            today = self._clock.today()
        except Refused:
            return
        if (day - today).days > DAYS_AHEAD_MAX:
            raise Refused("day.too_far", "a month ahead at most", today=today, day=day)
        if today < day and self._days.is_begun(today) and not self._days.is_closed(today):
            raise Refused("day.previous_open", "the day before is not closed", open=today, day=day)


class BeginBusinessDay:
    """Make the walk through a day's steps due, once."""

    def __init__(self, *, work: Work, days: BusinessDays, jobs: Jobs):
        self._work = work
        self._days = days
        self._jobs = jobs

    def __call__(self, day: date) -> None:
        """Let a worker walk `day`; begun already, it goes on where it stands."""
        with self._work() as transaction:
            self._days.begin(day)
            enqueue_day(self._jobs, day)
            transaction.commit()


class WalkBusinessDay:
    """Do the steps of a day in their order, each a use case that may run twice.

    A step done is marked, so a walk that died goes on where it stood. The day closes when the
    outbox is empty; until then, and while a step is not yet done, the walk makes itself due again.
    The steps do what is due on the company's business day, so no other day can be walked.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        days: BusinessDays,
        jobs: Jobs,
        outbox: Outbox,
        steps: Mapping[str, Callable[[], object]],
        pause: Callable[[float], None],
    ):
        self._work = work
        self._clock = clock
        self._days = days
        self._jobs = jobs
        self._outbox = outbox
        self._steps = steps
        self._pause = pause

    def __call__(self, day: date) -> None:
        """Walk `day` to its end, or until it must wait for workers or the relays.

        Raises Refused ``day.not_today`` when the company's clock is not at `day`; a day that is
        closed and past is walked to its end already.
        """
        today = self._clock.today()
        if today != day:
            # A worker killed between the close and the end of its job leaves the job behind.
            if self._days.is_closed(day):
                return
            raise Refused("day.not_today", "walk the business day alone", day=day, today=today)
        done = self._days.steps_done(day)
        for name, step in self._steps.items():
            if name in done:
                continue
            if step() is StepEnd.NOT_YET:
                self._wait_for_workers(day)
                return
            self._mark(day, name)
        if self._outbox.waiting():
            self._wait_for_relays(day)
            return
        with self._work() as transaction:
            self._days.close(day)
            transaction.commit()

    def _mark(self, day: date, step: str) -> None:
        with self._work() as transaction:
            self._days.mark(day, step)
            transaction.commit()

    def _wait_for_workers(self, day: date) -> None:
        self._pause(_WORKERS_PAUSE_SECONDS)
        with self._work() as transaction:
            # Behind what is waited for: the only worker there is must not ask in a circle.
            enqueue_day(self._jobs, day, behind=True)
            transaction.commit()

    def _wait_for_relays(self, day: date) -> None:
        # A relay that died leaves its messages to a job that is gone: so each is due again.
        self._pause(_RELAYS_PAUSE_SECONDS)
        with self._work() as transaction:
            for channel in Channel:
                enqueue_relay(self._jobs, channel)
            enqueue_day(self._jobs, day)
            transaction.commit()


def enqueue_day(jobs: Jobs, day: date, *, behind: bool = False) -> None:
    """Make the walk through a day due, once; days are walked one at a time."""
    jobs.enqueue(DAY_TASK, lock="day", once=f"day:{day}", behind=behind, day=day.isoformat())
