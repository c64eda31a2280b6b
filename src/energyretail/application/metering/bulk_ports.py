"""What taking in a whole file at once needs of the world.

Numbers go from port to port as columns that the application does not look into, as the buffer
protocol hands them over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

import attrs

from energyretail.domain.metering import Delivery, ReadingRules
from energyretail.domain.shared import Cups

__all__ = [
    "BulkReadings",
    "Column",
    "MeterFile",
    "MeterFileColumns",
    "ReadAlike",
    "ReadingsInBulk",
    "TakenAlike",
]

Column = Any
"""One value a point or a row, as the adapters hand them to each other."""


@attrs.frozen(eq=False)
class ReadAlike:
    """Points that were read on one day each, every register once, and what they showed.

    In order of point, once each: `cups` as it is spelt (ASCII), `taken_on` the day and `next_on`
    the one that was named as the next (`date.toordinal`, 0 for none), a later one. In order of
    (point, register): `owner` is the place of a row's point, `registers` its register (ASCII),
    `indexes` what it showed, in thousandths of a kWh. All of them are actual readings.
    """

    cups: Column
    taken_on: Column
    next_on: Column
    owner: Column
    registers: Column
    indexes: Column


@attrs.frozen
class TakenAlike:
    """So many `rows` became readings; the points at the places of `left` were not touched."""

    rows: int
    left: Sequence[int]


class MeterFile(Protocol):
    """A file that can be read: most of its rows in columns, whatever is unusual beside."""

    @property
    def read(self) -> ReadAlike:
        """The rows that are in columns."""
        ...

    @property
    def beside(self) -> Sequence[Cups]:
        """The points of the rows in no column: of none of them a row is in `read`."""
        ...

    def delivery(self, left: Sequence[int]) -> Delivery:
        """Return what is in no column, and the rows of the points of `read` at these places."""
        ...


class MeterFileColumns(Protocol):
    """Understands the operator's format, as `MeterFileReader` does, by columns."""

    def __call__(self, content: bytes, /) -> MeterFile:
        """Return what the file holds; raises Invalid as `MeterFileReader` does."""
        ...


class BulkReadings(Protocol):
    """Takes in readings that surely nobody doubts."""

    def take(
        self,
        read: ReadAlike,
        *,
        beside: Sequence[Cups],
        source: str,
        today: date,
        rules: ReadingRules,
    ) -> TakenAlike:
        """Lock all points, those `beside` too, as `Readings.lock` does, and keep what is plain.

        A point's rows become readings, and its next day a plan, only where `take_in` would do
        just that with them: no row is doubted or known, none supersedes another or mends an
        estimate, no standing plan moves. Any point may be left, and whatever is not so is left.
        """
        ...


@attrs.frozen
class ReadingsInBulk:
    """Both halves of taking in a file at once."""

    columns: MeterFileColumns
    readings: BulkReadings
