"""A bill with its numbers left open: rated once, filled for every service of its shape."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

import attrs

from energyretail.domain.pricing.bill import PricedBill
from energyretail.domain.pricing.by_use import dividing_profile
from energyretail.domain.pricing.circumstances import PLAIN, Circumstances
from energyretail.domain.pricing.components import Draft, at_least, shown
from energyretail.domain.pricing.derivation import Derivation, Factor, exact
from energyretail.domain.pricing.rating import drafted
from energyretail.domain.pricing.tariff import Tariff
from energyretail.domain.pricing.totals import total_bill
from energyretail.domain.pricing.usage import Usage, Use
from energyretail.domain.pricing.uses import BOTH_ENDS, Flow, RegisterUse, VolumeUse
from energyretail.domain.shared import Energy, Invalid, Period, Refused

__all__ = ["Choice", "Measure", "RateProgram", "compile_program", "measures_of", "open_usage"]

_MARK: Final = "\x00open "
"""Begins the source of a number that is left open: no reading is named so."""


@attrs.frozen
class Measure:
    """What fills an open number: kWh, or the volume of gas, and the readings it comes from."""

    value: Decimal
    source: str = ""


@attrs.frozen
class Choice:
    """A decision that was made while lines were drafted: `one` came to as much as `other`, or not.

    A program holds for what decides alike.
    """

    one: Derivation
    other: Derivation
    holds: bool


@attrs.frozen
class RateProgram:
    """The lines of a bill of `tariff` over `period`, their measured numbers left open.

    It prices every usage that opens to `shape` (`open_usage`) and for which all `choices` come out
    as they did. `taken` are the parts of the energy taken in the period.
    """

    tariff: Tariff
    period: Period
    circumstances: Circumstances
    shape: Usage
    lines: tuple[Draft, ...]
    choices: tuple[Choice, ...]
    taken: tuple[Derivation, ...]

    def fits(self, measures: Sequence[Measure]) -> bool:
        """Tell whether every choice comes out for these numbers as it did for the program's own."""
        return all(
            at_least(filled(each.one, measures), filled(each.other, measures)) is each.holds
            for each in self.choices
        )

    def bill(self, measures: Sequence[Measure]) -> PricedBill:
        """Return the bill of a usage that fits, the very one that `rate` makes of it."""
        taken = [exact(filled(part, measures)) for part in self.taken]
        return total_bill(
            self.tariff,
            self.period,
            tuple(_filled_line(line, measures) for line in self.lines),
            circumstances=self.circumstances,
            energy=shown(sum(taken, start=Fraction(0))) if taken else None,
        )


def compile_program(
    tariff: Tariff, usage: Usage, *, period: Period, circumstances: Circumstances = PLAIN
) -> RateProgram:
    """Return the program that prices `usage`, and every other of its shape that decides alike.

    Raises Refused ``pricing.not_compiled`` for what is to be rated bill by bill, with the
    `component` or the `register` that asks for it; and what `rate` raises.
    """
    _refuse(tariff, usage)
    shape, measures = open_usage(usage), measures_of(usage)
    choices: list[Choice] = []

    def decide(one: Derivation, other: Derivation) -> bool:
        holds = at_least(filled(one, measures), filled(other, measures))
        if is_open(one) or is_open(other):
            choices.append(Choice(one, other, holds))
        return holds

    lines = drafted(tariff, shape, period=period, circumstances=circumstances, at_least=decide)
    return RateProgram(
        tariff=tariff,
        period=period,
        circumstances=circumstances,
        shape=shape,
        lines=lines,
        choices=tuple(dict.fromkeys(choices)),
        taken=_taken(tariff, shape, period),
    )


def open_usage(usage: Usage) -> Usage:
    """Return a usage with its measured numbers and readings left open: its shape."""
    return attrs.evolve(
        usage, uses=tuple(_opened(use, place) for place, use in enumerate(usage.uses))
    )


def measures_of(usage: Usage) -> tuple[Measure, ...]:
    """Return the numbers that `open_usage` leaves open, in the order of the uses."""
    return tuple(
        Measure(_number(use), BOTH_ENDS.join(use.readings))
        for use in usage.uses
        if isinstance(use, RegisterUse | VolumeUse)
    )


def open_place(factor: Factor) -> int | None:
    """Return which measure fills a factor, None where it stands as it is."""
    if not factor.source.startswith(_MARK):
        return None
    return int(factor.source.removeprefix(_MARK))


def filled(derivation: Derivation, measures: Sequence[Measure]) -> Derivation:
    """Return a derivation with its open numbers filled."""
    return attrs.evolve(
        derivation,
        factors=tuple(_filled_factor(factor, measures) for factor in derivation.factors),
        parts=tuple(filled(part, measures) for part in derivation.parts),
    )


def is_open(derivation: Derivation) -> bool:
    """Tell whether a number of a derivation is left open."""
    return any(open_place(factor) is not None for factor in derivation.factors) or any(
        is_open(part) for part in derivation.parts
    )


def _refuse(tariff: Tariff, usage: Usage) -> None:
    for component in tariff.components:
        if not component.compiles:
            raise Refused(
                "pricing.not_compiled",
                "a component is rated bill by bill",
                component=component.name,
            )
    for use in usage.uses:
        if not isinstance(use, RegisterUse | VolumeUse):
            raise Refused(
                "pricing.not_compiled", "intervals are rated bill by bill", register=use.register
            )


def _opened(use: Use, place: int) -> Use:
    mark = (f"{_MARK}{place}",)
    if isinstance(use, RegisterUse):
        return attrs.evolve(use, energy=Energy(Decimal(0)), readings=mark)
    if isinstance(use, VolumeUse):
        return attrs.evolve(use, volume=Decimal(0), readings=mark)
    return use


def _number(use: RegisterUse | VolumeUse) -> Decimal:
    return use.energy.kwh if isinstance(use, RegisterUse) else use.volume


def _taken(tariff: Tariff, usage: Usage, period: Period) -> tuple[Derivation, ...]:
    profile = dividing_profile(tariff, usage)
    taken = [use for use in usage.uses if use.flow is Flow.IMPORT]
    parts = [(use, part) for use in taken if (part := use.period.meets(period)) is not None]
    try:
        return tuple(use.energy_in(part, profile) for use, part in parts)
    except Invalid:
        return ()  # as `rate` has it: a component that prices it says why


def _filled_factor(factor: Factor, measures: Sequence[Measure]) -> Factor:
    place = open_place(factor)
    if place is None:
        return factor
    measure = measures[place]
    return attrs.evolve(factor, value=measure.value, source=measure.source)


def _filled_line(line: Draft, measures: Sequence[Measure]) -> Draft:
    return attrs.evolve(
        line,
        derivation=filled(line.derivation, measures),
        quantity=_filled_number(line.quantity, measures),
        price=_filled_number(line.price, measures),
    )


def _filled_number(
    number: Decimal | Derivation, measures: Sequence[Measure]
) -> Decimal | Derivation:
    return number if isinstance(number, Decimal) else filled(number, measures)
