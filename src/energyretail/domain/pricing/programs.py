"""A bill with its numbers left open: rated once, filled for every service of its shape."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

import attrs

from energyretail.domain.pricing.bill import PricedBill
from energyretail.domain.pricing.by_use import dividing_profile
from energyretail.domain.pricing.circumstances import (
    NOTHING_CARRIED,
    PLAIN,
    CarriedOver,
    Circumstances,
)
from energyretail.domain.pricing.components import at_least, shown
from energyretail.domain.pricing.derivation import Derivation, Factor, Series, exact
from energyretail.domain.pricing.rating import drafted
from energyretail.domain.pricing.tariff import Tariff
from energyretail.domain.pricing.taxing import taxed_lines, terms_of
from energyretail.domain.pricing.totals import BillTerms, TaxedLine, total_lines
from energyretail.domain.pricing.usage import Usage, Use
from energyretail.domain.pricing.uses import BOTH_ENDS, Flow, IntervalUse, RegisterUse, VolumeUse
from energyretail.domain.shared import Energy, Invalid, Period, Refused

__all__ = [
    "BillForm",
    "Choice",
    "Measure",
    "MeasuredSeries",
    "RateProgram",
    "compile_program",
    "filled_usage",
    "measures_of",
    "open_usage",
]

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


Measured = Measure | MeasuredSeries
"""What fills what one use leaves open."""


@attrs.frozen
class Choice:
    """A decision that was made while lines were drafted: `one` came to as much as `other`, or not.

    A program holds for what decides alike.
    """

    one: Derivation
    other: Derivation
    holds: bool


@attrs.frozen
class BillForm:
    """A bill over `period` whose measured numbers are left open in its `lines`.

    `taken` are the parts of the energy taken in the period. It is plain data and all that is
    needed to make the bill again, years later, whatever became of the tariff.
    """

    terms: BillTerms
    period: Period
    lines: tuple[TaxedLine, ...]
    taken: tuple[Derivation, ...]
    carried_from: CarriedOver = NOTHING_CARRIED

    def bill(self, measures: Sequence[Measured]) -> PricedBill:
        """Return the bill with its numbers filled in."""
        taken = [exact(filled(part, measures)) for part in self.taken]
        return total_lines(
            self.terms,
            self.period,
            tuple(_filled_line(line, measures) for line in self.lines),
            carried_from=self.carried_from,
            energy=shown(sum(taken, start=Fraction(0))) if taken else None,
        )


@attrs.frozen
class RateProgram:
    """The bill of a usage with its measured numbers left open.

    It prices every usage that opens to `shape` (`open_usage`) and for which all `choices` come out
    as they did: the bill that `form` makes of it is the very one that `rate` makes.
    """

    form: BillForm
    shape: Usage
    choices: tuple[Choice, ...]

    def fits(self, measures: Sequence[Measured]) -> bool:
        """Tell whether every choice comes out for these numbers as it did for the program's own."""
        return all(
            at_least(filled(each.one, measures), filled(each.other, measures)) is each.holds
            for each in self.choices
        )

    def bill(self, measures: Sequence[Measured]) -> PricedBill:
        """Return the bill of a usage that fits, the very one that `rate` makes of it."""
        return self.form.bill(measures)


def compile_program(
    tariff: Tariff, usage: Usage, *, period: Period, circumstances: Circumstances = PLAIN
) -> RateProgram:
    """Return the program that prices `usage`, and every other of its shape that decides alike.

    Raises Refused ``pricing.not_compiled`` for what is to be rated bill by bill, with the
    `component` or the `register` that asks for it; and what `rate` raises.
    """
    _refuse(tariff)
    shape, measures = open_usage(usage), measures_of(usage)
    choices: list[Choice] = []

    def decide(one: Derivation, other: Derivation) -> bool:
        holds = at_least(filled(one, measures), filled(other, measures))
        if is_open(one) or is_open(other):
            choices.append(Choice(one, other, holds))
        return holds

    lines = drafted(tariff, shape, period=period, circumstances=circumstances, at_least=decide)
    form = BillForm(
        terms=terms_of(tariff),
        period=period,
        lines=taxed_lines(tariff, period, lines, circumstances=circumstances),
        taken=_taken(tariff, shape, period),
        carried_from=circumstances.carried_over,
    )
    return RateProgram(form, shape, tuple(dict.fromkeys(choices)))


def filled_usage(shape: Usage, measures: Sequence[Measured]) -> Usage:
    """Return the usage of a shape that has these measures.

    Its readings are one text, as they stand in an explanation.
    """
    pairs = zip(shape.uses, measures, strict=True)
    return attrs.evolve(shape, uses=tuple(_closed(use, measured) for use, measured in pairs))


def open_usage(usage: Usage) -> Usage:
    """Return a usage with its measured numbers and readings left open: its shape."""
    return attrs.evolve(
        usage, uses=tuple(_opened(use, place) for place, use in enumerate(usage.uses))
    )


def measures_of(usage: Usage) -> tuple[Measured, ...]:
    """Return what fills what `open_usage` leaves open, in the order of the uses.

    Raises Refused ``pricing.not_compiled`` for a use that no program prices.
    """
    return tuple(_measured(use) for use in usage.uses)


def open_place(source: str) -> int | None:
    """Return the place of the use that fills what has this source, None where nothing is open."""
    if not source.startswith(_MARK):
        return None
    return int(source.split(_MARK)[1])


def filled(derivation: Derivation, measures: Sequence[Measured]) -> Derivation:
    """Return a derivation with its open numbers filled."""
    return attrs.evolve(
        derivation,
        factors=tuple(_filled_factor(factor, measures) for factor in derivation.factors),
        parts=tuple(filled(part, measures) for part in derivation.parts),
        series=tuple(_filled_series(series, measures) for series in derivation.series),
    )


def is_open(derivation: Derivation) -> bool:
    """Tell whether a number of a derivation is left open."""
    sources = [*(f.source for f in derivation.factors), *(s.source for s in derivation.series)]
    return any(open_place(source) is not None for source in sources) or any(
        is_open(part) for part in derivation.parts
    )


def _refuse(tariff: Tariff) -> None:
    for component in tariff.components:
        if not component.compiles:
            raise _not_compiled("a component", component=component.name)


def _opened(use: Use, place: int) -> Use:
    mark = f"{_MARK}{place}{_MARK}"
    if isinstance(use, RegisterUse):
        return attrs.evolve(use, energy=Energy(Decimal(0)), readings=(mark,))
    if isinstance(use, VolumeUse):
        return attrs.evolve(use, volume=Decimal(0), readings=(mark,))
    if isinstance(use, IntervalUse):
        # Each interval names its own place, and a line those that it counts.
        return attrs.evolve(use, kwh=tuple(map(Decimal, range(len(use.kwh)))), source=mark)
    raise _not_compiled("a sort of use", register=use.register)


def _closed(use: Use, measured: Measured) -> Use:
    match use, measured:
        case RegisterUse(), Measure(value, source):
            return attrs.evolve(use, energy=Energy(value), readings=_as_readings(source))
        case VolumeUse(), Measure(value, source):
            return attrs.evolve(use, volume=value, readings=_as_readings(source))
        case IntervalUse(), MeasuredSeries(values, source):
            return attrs.evolve(use, kwh=values, source=source)
    raise _not_compiled("another sort of measure", register=use.register)


def _as_readings(source: str) -> tuple[str, ...]:
    return (source,) if source else ()


def _measured(use: Use) -> Measured:
    if isinstance(use, RegisterUse):
        return Measure(use.energy.kwh, BOTH_ENDS.join(use.readings))
    if isinstance(use, VolumeUse):
        return Measure(use.volume, BOTH_ENDS.join(use.readings))
    if isinstance(use, IntervalUse):
        known = tuple(value for value in use.kwh if value is not None)
        if len(known) == len(use.kwh):
            return MeasuredSeries(known, use.source)
    raise _not_compiled("a use with missing intervals", register=use.register)


def _not_compiled(what: str, **facts: object) -> Refused:
    return Refused("pricing.not_compiled", f"{what} is rated bill by bill", **facts)


def _taken(tariff: Tariff, usage: Usage, period: Period) -> tuple[Derivation, ...]:
    profile = dividing_profile(tariff, usage)
    taken = [use for use in usage.uses if use.flow is Flow.IMPORT]
    parts = [(use, part) for use in taken if (part := use.period.meets(period)) is not None]
    try:
        return tuple(use.energy_in(part, profile) for use, part in parts)
    except Invalid:
        return ()  # as `rate` has it: a component that prices it says why


def _filled_factor(factor: Factor, measures: Sequence[Measured]) -> Factor:
    place = open_place(factor.source)
    if place is None:
        return factor
    measure = measures[place]
    assert isinstance(measure, Measure)  # as the use that the place is of
    return attrs.evolve(factor, value=measure.value, source=measure.source)


def _filled_series(series: Series, measures: Sequence[Measured]) -> Series:
    place = open_place(series.source)
    if place is None:
        return series
    measure = measures[place]
    assert isinstance(measure, MeasuredSeries)  # as the use that the place is of
    values = tuple(measure.values[at] for at in places_of(series))
    which = series.source.split(_MARK)[2].lstrip()
    source = " ".join(filter(None, (measure.source, which)))
    return attrs.evolve(series, values=values, source=source)


def places_of(series: Series) -> tuple[int, ...]:
    """Return which intervals of its use an open series counts."""
    return tuple(int(place) for place in series.values)


def _filled_line(line: TaxedLine, measures: Sequence[Measured]) -> TaxedLine:
    draft = attrs.evolve(
        line.draft,
        derivation=filled(line.draft.derivation, measures),
        quantity=_filled_number(line.draft.quantity, measures),
        price=_filled_number(line.draft.price, measures),
    )
    return TaxedLine(draft, line.rate)


def _filled_number(
    number: Decimal | Derivation, measures: Sequence[Measured]
) -> Decimal | Derivation:
    return number if isinstance(number, Decimal) else filled(number, measures)
