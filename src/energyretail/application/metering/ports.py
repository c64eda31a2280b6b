"""What the reading of meters needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from energyretail.domain.metering import (
    DeliveredReading,
    Delivery,
    MeteredSupply,
    PlannedReading,
    Reading,
)
from energyretail.domain.shared import Cups

__all__ = ["MeterFileReader", "MeterFilesFolder", "ReadingPlans", "Readings", "SuppliesToRead"]


class MeterFilesFolder(Protocol):
    """The folder the operator leaves its files in."""

    def arrivals(self) -> tuple[tuple[str, bytes], ...]:
        """Return name and content of every whole file, ordered by name; raises Fault."""
        ...

    def done(self, name: str) -> None:
        """File it away; twice is fine. Raises Fault."""
        ...


class MeterFileReader(Protocol):
    """Understands the operator's format."""

    def __call__(self, content: bytes, /) -> Delivery:
        """Return rows and faulty rows; raises Invalid when the file as a whole is no good."""
        ...


class Readings(Protocol):
    """The readings of every supply point."""

    def lock(self, points: Sequence[Cups]) -> None:
        """Wait until no other transaction has the points locked, and hold them to its end.

        Taken before what stands is read: two who bring one reading at once then come one after
        the other, and the second finds it known.
        """
        ...

    def current(self, points: Sequence[Cups], *, since: date) -> tuple[Reading, ...]:
        """Return the current readings of the points, from before `since` on.

        From each register's last actual one before `since` on, so that there is an index to
        compare with and every estimate made since; all of them where there is none. In order
        of (cups, register, taken_on).
        """
        ...

    def heard(self, rows: Sequence[DeliveredReading]) -> tuple[DeliveredReading, ...]:
        """Return those of `rows` that were taken in before, in the order given.

        The same index of the same quality at the same register and day, whether it counts
        still or was superseded since; our own estimates were never delivered.
        """
        ...

    def save(self, readings: Sequence[Reading], *, on: date) -> None:
        """Add readings received `on` a business day.

        Raises Conflict ``metering.reading.exists`` when one stands under a natural key, for
        a reading is superseded by its next version, never written over.
        """
        ...


class ReadingPlans(Protocol):
    """The days the operator plans to read."""

    def of(self, points: Sequence[Cups]) -> tuple[PlannedReading, ...]:
        """Return the plans of the points, in order of (cups, planned_on)."""
        ...

    def overdue(self, *, by: date) -> tuple[PlannedReading, ...]:
        """Return the open plans for days up to `by`, that day included, in the same order."""
        ...

    def save(self, plans: Sequence[PlannedReading]) -> None:
        """Write plans, over those of the same (cups, planned_on)."""
        ...


class SuppliesToRead(Protocol):
    """Who is supplied by us."""

    def at(self, points: Sequence[Cups]) -> tuple[MeteredSupply, ...]:
        """Return our supplies at the points: those requested, running and ended.

        In order of (cups, started_on), the ones still waiting for the registry last.
        """
        ...

    def unread(self, *, by: date) -> tuple[MeteredSupply, ...]:
        """Return supplies begun up to `by` and still running that have had no reading since.

        Told by their plans, for every reading names the next; in order of (cups, started_on).
        """
        ...
