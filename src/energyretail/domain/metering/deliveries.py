"""What the grid operator delivers: rows of indexes, and the rows that make no sense."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain.metering.readings import Quality
from energyretail.domain.shared import Cups, Invalid, decimal_of

__all__ = ["DeliveredReading", "Delivery", "Origin", "RowFault"]


class Origin(enum.Enum):
    """How the operator came by an index: the codes of TABLA_44 (CNMC switching formats)."""

    TELEMETERED = "10"
    HAND_TERMINAL = "20"
    VISUAL = "30"
    ESTIMATED = "40"
    SELF_READ = "50"
    REMOTE_MANAGED = "60"
    CALCULATED = "70"

    @property
    def quality(self) -> Quality:
        """Whether the meter was looked at."""
        guessed = self in (Origin.ESTIMATED, Origin.CALCULATED)
        return Quality.ESTIMATED if guessed else Quality.ACTUAL


@attrs.frozen
class DeliveredReading:
    """One row: an index as the operator gives it, not yet believed.

    `next_on` is the day the operator plans to read the meter next; None when it does not say,
    as for a last reading. `line` is its place in the file, counted from 1.

    Raises Invalid ``metering.reading.negative`` (an index is zero or more);
    ``metering.reading.next`` (the next one is later).
    """

    cups: Cups
    register: str
    taken_on: date
    index_kwh: Decimal = attrs.field(converter=decimal_of)
    origin: Origin
    next_on: date | None
    line: int = 0

    def __attrs_post_init__(self) -> None:
        if self.index_kwh < 0:
            raise Invalid("metering.reading.negative", "an index is zero or more", cups=self.cups)
        if self.next_on is not None and self.next_on <= self.taken_on:
            raise Invalid("metering.reading.next", "the next one is later", cups=self.cups)


@attrs.frozen
class RowFault:
    """A row that cannot be read: where, which field, and why."""

    line: int
    field: str
    code: str
    text: str


@attrs.frozen
class Delivery:
    """A whole file: who delivered it and for which day, its rows in order, its faulty rows."""

    operator: str
    delivered_on: date
    rows: tuple[DeliveredReading, ...]
    faults: tuple[RowFault, ...] = ()
