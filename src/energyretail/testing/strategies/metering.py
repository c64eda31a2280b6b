"""Strategies for what meters show: registers that roll over, gaps, estimates, hours of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs
from hypothesis import strategies as st

from energyretail.domain.metering import (
    INDEX_DIGITS,
    DeliveredReading,
    Delivery,
    EstimateBasis,
    MeteredSupply,
    Origin,
    PlannedReading,
    PlanState,
    Quality,
    Reading,
)
from energyretail.domain.shared import Cups, Energy
from energyretail.testing.strategies.shared import MADRID, cups, days, energies, hours_of_days

__all__ = [
    "REGISTERS",
    "delivered_readings",
    "deliveries",
    "hourly_uses",
    "metered_supplies",
    "plans",
    "readings",
    "register_series",
]

REGISTERS = ("P1", "P2", "P3")
_FULL = Decimal(10) ** INDEX_DIGITS
_BASIS = EstimateBasis("recent_use", "the days before")


def _indexes() -> st.SearchStrategy[Decimal]:
    return st.decimals(0, _FULL - 1, places=3, allow_nan=False)


@st.composite
def readings(
    draw: st.DrawFn, *, point: Cups | None = None, taken_on: date | None = None
) -> Reading:
    """Single readings: actual, estimated by us with a basis, estimated by the operator."""
    quality = draw(st.sampled_from(Quality))
    estimated = quality is Quality.ESTIMATED
    return Reading(
        cups=point or draw(cups()),
        register=draw(st.sampled_from(REGISTERS)),
        taken_on=taken_on or draw(days()),
        index_kwh=draw(_indexes()),
        quality=quality,
        source=draw(st.sampled_from(["readings_0031_20260401.csv", "estimate"])),
        version=draw(st.integers(1, 12)),
        basis=draw(st.sampled_from([None, _BASIS])) if estimated else None,
    )


@st.composite
def register_series(
    draw: st.DrawFn,
    *,
    point: Cups | None = None,
    register: str = "P1",
    length_max: int = 8,
    gaps: bool = True,
) -> tuple[Reading, ...]:
    """Readings of one register in order of days: what it counted, never more than half a turn.

    It may roll over, stand still, be estimated, be read a second time for a day (a higher
    version), and, with `gaps`, skip months. Two readings at least.
    """
    where, day = point or draw(cups()), draw(days())
    near_full = st.integers(10**INDEX_DIGITS - 500, 10**INDEX_DIGITS - 1).map(Decimal)
    index = draw(_indexes() | near_full)
    made: list[Reading] = []
    spans = st.integers(1, 31) | st.integers(60, 200) if gaps else st.integers(1, 31)
    for number in range(draw(st.integers(2, length_max))):
        if number:
            day += timedelta(days=draw(spans))
            index = (index + draw(st.sampled_from([0, 1, 250]) | st.integers(0, 9_999))) % _FULL
        made += draw(_versions(where, register, day, index))
    return tuple(made)


@st.composite
def _versions(
    draw: st.DrawFn, where: Cups, register: str, day: date, index: Decimal
) -> list[Reading]:
    """The reading of a day; sometimes an estimate before it, which it supersedes."""
    actual = Reading(where, register, day, index, Quality.ACTUAL, "file")
    how = draw(st.sampled_from(["actual", "actual", "estimated", "superseded"]))
    if how == "actual":
        return [actual]
    guess = attrs.evolve(actual, quality=Quality.ESTIMATED, source="estimate", basis=_BASIS)
    if how == "estimated":
        return [guess]
    guessed = attrs.evolve(guess, index_kwh=draw(_indexes()))
    return [guessed, attrs.evolve(actual, version=2)]


@st.composite
def hourly_uses(draw: st.DrawFn, zone: str = MADRID.zone) -> tuple[tuple[datetime, Energy], ...]:
    """The use of each real hour of one local day: 23, 24 or 25 pairs of hour and energy."""
    hours = draw(hours_of_days(zone))
    used = draw(st.lists(energies(kwh_max=50), min_size=len(hours), max_size=len(hours)))
    return tuple(zip(hours, used, strict=True))


@st.composite
def delivered_readings(
    draw: st.DrawFn,
    points: st.SearchStrategy[Cups] | None = None,
    on: st.SearchStrategy[date] | None = None,
) -> DeliveredReading:
    """Rows as an operator delivers them, with and without the next planned day."""
    taken_on = draw(on if on is not None else days())
    ahead = st.integers(1, 60).map(lambda n: taken_on + timedelta(days=n))
    return DeliveredReading(
        cups=draw(points if points is not None else cups()),
        register=draw(st.sampled_from(REGISTERS)),
        taken_on=taken_on,
        index_kwh=draw(_indexes()),
        origin=draw(st.sampled_from(Origin)),
        next_on=draw(st.none() | ahead),
    )


@st.composite
def deliveries(draw: st.DrawFn, *, rows_max: int = 6) -> Delivery:
    """Whole files without faulty rows, from none to `rows_max` rows; lines count from 2."""
    rows = draw(st.lists(delivered_readings(), max_size=rows_max))
    numbered = tuple(attrs.evolve(row, line=line) for line, row in enumerate(rows, start=2))
    return Delivery("0021", draw(days()), numbered)


@st.composite
def metered_supplies(
    draw: st.DrawFn, products: Sequence[str] = ("2.0TD-FIJO", "2.0TD-HORAS")
) -> MeteredSupply:
    """Supplies not yet ours, ours, and ours no more."""
    started_on = draw(st.none() | days())
    ended_on = None
    if started_on is not None and draw(st.booleans()):
        ended_on = started_on + timedelta(days=draw(st.integers(1, 800)))
    power_kw = draw(st.decimals("0.1", "50", places=2))
    return MeteredSupply(
        draw(cups()), draw(st.sampled_from(list(products))), power_kw, started_on, ended_on
    )


@st.composite
def plans(draw: st.DrawFn, *, point: Cups | None = None) -> PlannedReading:
    """Planned days in every state, told with an earlier reading."""
    told_with = draw(days())
    planned_on = told_with + timedelta(days=draw(st.integers(1, 62)))
    state = draw(st.sampled_from(PlanState))
    return PlannedReading(point or draw(cups()), planned_on, told_with, state)
