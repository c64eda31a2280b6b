"""A business day: opened once, walked step by step, closed when nothing is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, Protocol

from energyretail.application.operations.relayed_outbox import enqueue_relay
from energyretail.application.shared import Channel, Outbox, Work
from energyretail.application.shared.jobs import Jobs

__all__ = [
    "STEP_TASK",
    "BusinessDays",
    "DayClock",
    "OpenBusinessDay",
    "RunDayStep",
    "WalkBusinessDay",
]

STEP_TASK: Final = "day_step"


class DayClock(Protocol):
    """The company's clock, for the one who moves it."""

    def move_to(self, day: date) -> None:
        """Make `day` the business day; raises Refused for an earlier one."""
        ...


class BusinessDays(Protocol):
    """Which steps of which day are done."""

    def steps_done(self, day: date) -> frozenset[str]:
        """Return the steps done; none for a day never opened."""
        ...

    def mark(self, day: date, step: str) -> None:
        """Note a step as done; noting it again changes nothing."""
        ...

    def is_closed(self, day: date) -> bool:
        """Tell whether the last step was done."""
        ...

    def close(self, day: date) -> None:
        """Note that nothing is due any more on that day."""
        ...


class OpenBusinessDay:
    """Move the company's clock to a day; the same day again changes nothing."""

    def __init__(self, *, work: Work, clock: DayClock):
        self._work = work
        self._clock = clock

    def __call__(self, day: date) -> None:
        """Open `day`; raises Refused ``clock.backwards`` for an earlier one."""
        with self._work() as transaction:
            self._clock.move_to(day)
            transaction.commit()


class WalkBusinessDay:
    """Begin the chain of steps of an open day; beginning it again changes nothing."""

    def __init__(self, *, work: Work, days: BusinessDays, jobs: Jobs):
        self._work = work
        self._days = days
        self._jobs = jobs

    def __call__(self, day: date, *, first_step: str) -> None:
        """Make the first step of `day` due."""
        with self._work() as transaction:
            if not self._days.steps_done(day):
                enqueue_step(self._jobs, day, first_step)
            transaction.commit()


class RunDayStep:
    """Run one step of a day's chain, then make the next one due in the same transaction.

    A step is a use case that may run twice. The last step closes the day, but only when the
    outbox is empty: until then it is made due again.
    """

    def __init__(
        self,
        *,
        work: Work,
        days: BusinessDays,
        jobs: Jobs,
        outbox: Outbox,
        steps: Mapping[str, Callable[[], object]],
        pause: Callable[[], None],
    ):
        self._work = work
        self._days = days
        self._jobs = jobs
        self._outbox = outbox
        self._steps = steps
        self._pause = pause

    @property
    def first(self) -> str:
        """The step a day begins with."""
        return next(iter(self._steps))

    def __call__(self, day: date, step: str) -> None:
        """Run `step`; a step done already only makes sure that the chain goes on."""
        if step not in self._days.steps_done(day):
            self._steps[step]()
        names = list(self._steps)
        following = names[names.index(step) + 1 :]
        if not following and self._outbox.waiting():
            self._wait_for_relays(day, step)
            return
        with self._work() as transaction:
            self._days.mark(day, step)
            if following:
                enqueue_step(self._jobs, day, following[0])
            else:
                self._days.close(day)
            transaction.commit()

    def _wait_for_relays(self, day: date, step: str) -> None:
        # A message may have been written while its channel's relay was about to end, and
        # then no relay is due any more: so each is made due again.
        self._pause()
        with self._work() as transaction:
            for channel in Channel:
                enqueue_relay(self._jobs, channel)
            enqueue_step(self._jobs, day, step)
            transaction.commit()


def enqueue_step(jobs: Jobs, day: date, step: str) -> None:
    """Make a step due, once."""
    jobs.enqueue(STEP_TASK, lock="day", once=f"day:{day}:{step}", day=day.isoformat(), step=step)
