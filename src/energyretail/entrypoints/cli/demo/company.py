"""A company's life, day by day, over real servers and a worker of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, Protocol

import attrs
import httpx

from energyretail.application.operations import BeginBusinessDay, BusinessDays, OpenBusinessDay
from energyretail.domain.shared import Fault, Period
from energyretail.entrypoints.cli.processes import WorkerProcess

__all__ = ["Company", "Door", "Kills"]

_DAY_SECONDS: Final = 300
_LOOK_SECONDS: Final = 0.02
# Seen often enough, the worker is killed within each of its steps.
_LOOK_SECONDS_TO_KILL: Final = 0.005


class Door(Protocol):
    """Whoever comes to the company from outside, in the morning of each day."""

    def live(self, today: date) -> None:
        """Do all that happens at the door today."""
        ...


@attrs.frozen
class Kills:
    """When to kill the worker: `times` times, evenly spread over the steps of all days."""

    times: int
    steps: int

    @property
    def look_seconds(self) -> float:
        """How long to wait between two looks at a day."""
        return _LOOK_SECONDS_TO_KILL if self.times else _LOOK_SECONDS

    def due(self, steps_done: int, killed: int) -> bool:
        """Tell whether the next kill is due after `steps_done` steps."""
        return killed < self.times and steps_done >= (killed + 1) * self.steps // (self.times + 1)


@attrs.frozen
class Company:
    """What the demo needs of the running company."""

    customers: Door
    open_day: OpenBusinessDay
    begin_day: BeginBusinessDay
    days: BusinessDays
    worker: WorkerProcess
    clock_url: str

    def live(self, span: Period, kills: Kills, told: Callable[[date], None]) -> None:
        """Live through every day of `span`; `told` is called as each day closes."""
        steps_before = 0
        with httpx.Client(timeout=60) as http:
            for day in span.each_day():
                moved = http.post(self.clock_url, json={"day": day.isoformat()})
                moved.raise_for_status()
                self.open_day(day)
                self.customers.live(day)
                self.begin_day(day)
                for steps in self._until_closed(day, kills):
                    if kills.due(steps_before + steps, self.worker.restarts):
                        self.worker.kill_and_restart()
                steps_before += len(self.days.steps_done(day))
                told(day)

    def _until_closed(self, day: date, kills: Kills) -> Iterator[int]:
        """Wait for the end of `day`; yield the steps done at each look, if somebody is to kill."""
        deadline = time.monotonic() + _DAY_SECONDS
        while not self.days.is_closed(day):
            if kills.times:
                yield len(self.days.steps_done(day))
            self.worker.check()
            if time.monotonic() > deadline:
                raise Fault("demo.day_never_ends", "the day does not end", day=day)
            time.sleep(kills.look_seconds)
