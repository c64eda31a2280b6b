"""Index readings of a meter's registers, and the energy between two of them."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain.shared import Cups, Energy, Invalid, decimal_of

__all__ = [
    "INDEX_DIGITS",
    "EstimateBasis",
    "Quality",
    "Reading",
    "RegisterUse",
    "consumption",
    "current",
    "uses",
]

INDEX_DIGITS = 6
"""Whole digits a meter shows before it starts again at nothing."""


class Quality(enum.Enum):
    """Whether somebody or something looked at the meter."""

    ACTUAL = "actual"
    ESTIMATED = "estimated"


@attrs.frozen
class EstimateBasis:
    """How an estimate was made (`method`) and from what (`text`, for the customer's bill)."""

    method: str
    text: str


@attrs.frozen
class Reading:
    """What a register showed at 00:00 local of `taken_on`, in kWh; the day itself comes after.

    (point, register, taken_on, version) is the natural key and the highest version counts: a
    reading is superseded, never edited. `source` is the operator's file or ``estimate``. An
    estimate of ours carries its `basis`; one the operator made has none to give.
    """

    cups: Cups
    register: str
    taken_on: date
    index_kwh: Decimal = attrs.field(converter=decimal_of)
    quality: Quality
    source: str
    version: int = 1
    basis: EstimateBasis | None = None

    def __attrs_post_init__(self) -> None:
        if self.index_kwh < 0:
            raise Invalid("metering.reading.negative", "an index is zero or more", cups=self.cups)
        if self.version < 1:
            raise Invalid("metering.reading.version", "versions count from 1", cups=self.cups)
        if self.basis is not None and self.quality is Quality.ACTUAL:
            raise Invalid("metering.reading.basis", "an actual one has no basis", cups=self.cups)

    @property
    def key(self) -> tuple[str, str, date, int]:
        """The natural key; sorting by it puts readings in order."""
        return self.cups.point, self.register, self.taken_on, self.version


@attrs.frozen
class RegisterUse:
    """The energy one register counted from `start` (included) to `end` (excluded)."""

    cups: Cups
    register: str
    start: date
    end: date
    energy: Energy
    estimated: bool


def consumption(earlier: Decimal, later: Decimal, *, digits: int = INDEX_DIGITS) -> Energy:
    """Return the kWh between two indexes of one register, never negative.

    A `later` index below the `earlier` means that the register passed its last figure and
    began again at zero: once, for twice is not to be told from never. Raises Invalid
    ``metering.index.range`` for an index a register of `digits` digits cannot show.
    """
    full = Decimal(10) ** digits
    for index in (earlier, later):
        if not 0 <= index < full:
            raise Invalid("metering.index.range", "the register cannot show it", index=index)
    return Energy(later - earlier if later >= earlier else full + later - earlier)


def current(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Return the highest version of each (cups, register, taken_on), in natural-key order."""
    newest: dict[tuple[str, str, date], Reading] = {}
    for reading in sorted(readings, key=lambda each: each.key):
        newest[(reading.cups.point, reading.register, reading.taken_on)] = reading
    return tuple(newest.values())


def uses(readings: Iterable[Reading], *, digits: int = INDEX_DIGITS) -> tuple[RegisterUse, ...]:
    """Return the energy between every two neighbouring current readings of each register.

    Ordered by (cups, register, start); estimated when either end is.
    """
    ordered = current(readings)
    return tuple(
        RegisterUse(
            one.cups,
            one.register,
            one.taken_on,
            two.taken_on,
            consumption(one.index_kwh, two.index_kwh, digits=digits),
            Quality.ESTIMATED in (one.quality, two.quality),
        )
        for one, two in itertools.pairwise(ordered)
        if (one.cups, one.register) == (two.cups, two.register)
    )
