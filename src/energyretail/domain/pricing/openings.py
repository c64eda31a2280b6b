"""What a usage leaves open in its shape, and what fills it again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import attrs

from energyretail.domain.pricing.derivation import Derivation, Factor, Series
from energyretail.domain.pricing.usage import Usage, Use
from energyretail.domain.pricing.uses import BOTH_ENDS, IntervalUse, RegisterUse, VolumeUse
from energyretail.domain.shared import Energy, Invalid, Refused

__all__ = [
    "Filling", "Measure", "MeasuredSeries", "filled", "filled_usage", "fitting",
    "has_series", "interval_counts", "is_open", "marked", "measures_of", "not_compiled",
    "open_place", "open_text", "open_usage", "places_of",
]  # fmt: skip

_MARK: Final = "\x00"
"""Stands before and after the place of what is left open: no reading is named so."""


@attrs.frozen
class Measure:
    """What fills an open number: kWh, or the volume of gas, and the readings it comes from."""

    value: Decimal
    source: str = ""


@attrs.frozen
class MeasuredSeries:
    """What fills open intervals: the kWh of each, in order, and where they come from."""

    values: tuple[Decimal, ...]
    source: str = ""


Filling = Measure | MeasuredSeries
"""What fills what one use leaves open."""


def open_usage(usage: Usage) -> Usage:
    """Return a usage with its measured numbers and readings left open: its shape.

    Shapes compare numbers by value: those of 3.45 and 3.450 kW are equal and their amounts are, but
    an explanation prints the one that its program was made with. Raises Refused
    ``pricing.not_compiled`` for a sort of use that no program prices.
    """
    return attrs.evolve(
        usage, uses=tuple(_opened(use, place) for place, use in enumerate(usage.uses))
    )


def measures_of(usage: Usage) -> tuple[Filling, ...]:
    """Return what fills what `open_usage` leaves open, in the order of the uses.

    Raises Refused ``pricing.not_compiled`` for a use that no program prices.
    """
    return tuple(_measured(use) for use in usage.uses)


def interval_counts(shape: Usage) -> tuple[int | None, ...]:
    """Return how many intervals each use has, None where what it measured is one number."""
    return tuple(len(use.kwh) if isinstance(use, IntervalUse) else None for use in shape.uses)


def fitting(shape: Usage, measures: Sequence[Filling]) -> Sequence[Filling]:
    """Return measures that fill a shape.

    Raises Invalid ``pricing.measure_count`` (one a use), ``pricing.measure_sort`` (a number for a
    series, or the reverse), ``pricing.measure_length`` (a series has a number an interval).
    """
    if len(measures) != len(shape.uses):
        raise Invalid(
            "pricing.measure_count",
            "there is one measure a use",
            uses=len(shape.uses),
            measures=len(measures),
        )
    for use, count, measured in zip(shape.uses, interval_counts(shape), measures, strict=True):
        if isinstance(measured, MeasuredSeries) is (count is None):
            raise Invalid(
                "pricing.measure_sort",
                "intervals are filled by a series, what else is measured by a number",
                register=use.register,
            )
        if isinstance(measured, MeasuredSeries) and len(measured.values) != count:
            raise Invalid(
                "pricing.measure_length",
                "a series has a number an interval",
                register=use.register,
                intervals=count,
                given=len(measured.values),
            )
    return measures


def filled_usage(shape: Usage, measures: Sequence[Filling]) -> Usage:
    """Return the usage of a shape that has these measures.

    Its readings are one text, as they stand in an explanation. Raises Invalid as `fitting`.
    """
    pairs = zip(shape.uses, fitting(shape, measures), strict=True)
    return attrs.evolve(shape, uses=tuple(_closed(use, measured) for use, measured in pairs))


def filled(derivation: Derivation, measures: Sequence[Filling]) -> Derivation:
    """Return a derivation with its open numbers filled."""
    factors = tuple(_filled_factor(factor, measures) for factor in derivation.factors)
    parts = tuple(filled(part, measures) for part in derivation.parts)
    series = tuple(_filled_series(each, measures) for each in derivation.series)
    pairs = zip(
        (*factors, *parts, *series),
        (*derivation.factors, *derivation.parts, *derivation.series),
        strict=True,
    )
    if all(one is other for one, other in pairs):
        return derivation  # nothing was open: what it came to need not be computed again
    return attrs.evolve(derivation, factors=factors, parts=parts, series=series)


def is_open(derivation: Derivation) -> bool:
    """Tell whether a number of a derivation is left open."""
    sources = [*(f.source for f in derivation.factors), *(s.source for s in derivation.series)]
    return any(open_place(source) is not None for source in sources) or any(
        is_open(part) for part in derivation.parts
    )


def has_series(derivation: Derivation) -> bool:
    """Tell whether a derivation counts open intervals."""
    return any(open_place(each.source) is not None for each in derivation.series) or any(
        has_series(part) for part in derivation.parts
    )


def open_place(source: str) -> int | None:
    """Return the place of the use that fills what has this source, None where nothing is open."""
    if not source.startswith(_MARK):
        return None
    return int(source.split(_MARK)[1])


def open_text(source: str) -> str:
    """Return what the source of something open says beside the place of its use."""
    return source.split(_MARK)[2].lstrip()


def marked(place: int) -> str:
    """Return the source of what the use at a place fills."""
    return f"{_MARK}{place}{_MARK}"


def places_of(series: Series) -> tuple[int, ...]:
    """Return which intervals of its use an open series counts."""
    return tuple(map(int, series.values))


def not_compiled(what: str, **facts: object) -> Refused:
    """Return what is told of what no program prices."""
    return Refused("pricing.not_compiled", f"{what} is rated bill by bill", **facts)


def _opened(use: Use, place: int) -> Use:
    mark = marked(place)
    if isinstance(use, RegisterUse):
        return attrs.evolve(use, energy=Energy(Decimal(0)), readings=(mark,))
    if isinstance(use, VolumeUse):
        return attrs.evolve(use, volume=Decimal(0), readings=(mark,))
    if isinstance(use, IntervalUse):
        # Each interval names its own place, and a line those that it counts.
        return attrs.evolve(use, kwh=tuple(map(Decimal, range(len(use.kwh)))), source=mark)
    raise not_compiled("a sort of use", register=use.register)


def _closed(use: Use, measured: Filling) -> Use:
    match use, measured:
        case RegisterUse(), Measure(value, source):
            return attrs.evolve(use, energy=Energy(value), readings=_as_readings(source))
        case VolumeUse(), Measure(value, source):
            return attrs.evolve(use, volume=value, readings=_as_readings(source))
        case IntervalUse(), MeasuredSeries(values, source):
            return attrs.evolve(use, kwh=values, source=source)
    raise AssertionError(use)  # `fitting` has looked at both


def _as_readings(source: str) -> tuple[str, ...]:
    return (source,) if source else ()


def _measured(use: Use) -> Filling:
    if isinstance(use, RegisterUse):
        return Measure(use.energy.kwh, BOTH_ENDS.join(use.readings))
    if isinstance(use, VolumeUse):
        return Measure(use.volume, BOTH_ENDS.join(use.readings))
    if isinstance(use, IntervalUse):
        known = tuple(value for value in use.kwh if value is not None)
        if len(known) == len(use.kwh):
            return MeasuredSeries(known, use.source)
    raise not_compiled("a use with missing intervals", register=use.register)


def _filled_factor(factor: Factor, measures: Sequence[Filling]) -> Factor:
    place = open_place(factor.source)
    if place is None:
        return factor
    measure = measures[place]
    assert isinstance(measure, Measure)  # as the use that the place is of
    return attrs.evolve(factor, value=measure.value, source=measure.source)


def _filled_series(series: Series, measures: Sequence[Filling]) -> Series:
    place = open_place(series.source)
    if place is None:
        return series
    measure = measures[place]
    assert isinstance(measure, MeasuredSeries)  # as the use that the place is of
    values = tuple(measure.values[at] for at in places_of(series))
    source = " ".join(filter(None, (measure.source, open_text(series.source))))
    return attrs.evolve(series, values=values, source=source)
