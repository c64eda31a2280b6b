"""A rate program in whole numbers: sums of whole multiples, each divided and rounded once.

What a program computes is linear in the numbers it leaves open, between one rounding and the next.
So every amount is one sum of whole multiples of whole numbers, divided once: plain data that a
machine without fractions works out exactly, for thousands of services in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm, prod

import attrs

from energyretail.domain.pricing.bill import NO_TAX, Prices
from energyretail.domain.pricing.components import SHOWN, Draft
from energyretail.domain.pricing.derivation import (
    Combine,
    Derivation,
    Factor,
    Series,
    round_exactly,
)
from energyretail.domain.pricing.programs import RateProgram, open_place, places_of
from energyretail.domain.pricing.totals import vat_rates
from energyretail.domain.shared import Refused, Rounding, RoundingMode, RoundingScope

__all__ = [
    "Counted",
    "Extreme",
    "Kernel",
    "KernelLine",
    "KernelTax",
    "Rounded",
    "WholeSum",
    "lower",
]


@attrs.frozen
class WholeSum:
    """(`terms` + `constant`) / `divisor`; a term is the place of a number and its multiple."""

    terms: tuple[tuple[int, int], ...]
    constant: int
    divisor: int


@attrs.frozen
class Rounded:
    """A number of a kernel: a sum rounded to a whole one by `mode`."""

    sum: WholeSum
    mode: RoundingMode


@attrs.frozen
class Extreme:
    """A number of a kernel: the greatest of some sums of one divisor, or the least, times that."""

    sums: tuple[WholeSum, ...]
    greatest: bool


@attrs.frozen
class Counted:
    """A number of a kernel: the whole number that a use measured, or the sum of some intervals.

    `use` is its place in the shape, `places` are the intervals that count, None for no intervals.
    """

    use: int
    places: tuple[int, ...] | None = None


@attrs.frozen
class KernelLine:
    """Where the numbers of a line are: its amount in cents, and what is shown in millionths.

    None where the program's line tells the quantity or the price itself.
    """

    amount: int
    quantity: int | None
    price: int | None


@attrs.frozen
class KernelTax:
    """A tax at one rate: the `lines` it is on, and where its amount in cents is."""

    tax: str
    rate: Decimal
    lines: tuple[int, ...]
    amount: int


@attrs.frozen
class Kernel:
    """A rate program in whole numbers.

    The first numbers are `counted` from what is left open, each times ten to the power of
    `decimals`; `steps` make the others, in order. `choices` are differences and whether each was
    zero or more when the program was made. `energy` is in millionths of a kWh.
    """

    counted: tuple[Counted, ...]
    decimals: int
    steps: tuple[Rounded | Extreme, ...]
    choices: tuple[tuple[WholeSum, bool], ...]
    lines: tuple[KernelLine, ...]
    taxes: tuple[KernelTax, ...]
    energy: int | None

    def numbers(self, measures: Sequence[int | Sequence[int]]) -> tuple[int, ...]:
        """Return all its numbers for what the uses measured, multiples of its last decimal.

        That is one number a use, or one an interval.
        """
        found = [_count(each, measures[each.use]) for each in self.counted]
        for step in self.steps:
            found.append(_number(step, found))
        return tuple(found)

    def fits(self, numbers: Sequence[int]) -> bool:
        """Tell whether all choices come out as when the program was made."""
        return all((_above(sum_, numbers) >= 0) is holds for sum_, holds in self.choices)


def _count(counted: Counted, measured: int | Sequence[int]) -> int:
    if isinstance(measured, int):
        return measured
    return sum(measured[at] for at in counted.places or ())


def _above(whole: WholeSum, numbers: Sequence[int]) -> int:
    return whole.constant + sum(numbers[at] * times for at, times in whole.terms)


def _number(step: Rounded | Extreme, numbers: Sequence[int]) -> int:
    if isinstance(step, Rounded):
        value = Fraction(_above(step.sum, numbers), step.sum.divisor)
        return int(round_exactly(value, Rounding(step.mode, 0)))
    sums = [_above(each, numbers) for each in step.sums]
    return max(sums) if step.greatest else min(sums)


def lower(program: RateProgram, *, decimals: int = 3) -> Kernel:
    """Return the kernel of a program whose measures have at most `decimals` places.

    Raises Refused ``pricing.not_compiled`` where not every line is rounded on its own, or where
    one open number is multiplied by another.
    """
    policy = program.tariff.rounding
    if policy.scope is not RoundingScope.LINE or policy.rounding.decimals != 2:
        raise Refused("pricing.not_compiled", "amounts are not rounded line by line, to cents")
    made = _Lowering(_counted(program), decimals)
    lines = tuple(_line(line, policy.rounding, made) for line in program.lines)
    return Kernel(
        counted=made.counted,
        decimals=decimals,
        taxes=tuple(_taxes(program, lines, made)),
        choices=tuple((made.difference(c.one, c.other), c.holds) for c in program.choices),
        lines=lines,
        energy=made.rounded(made.total(program.taken), SHOWN) if program.taken else None,
        steps=tuple(made.steps),
    )


@attrs.frozen
class _Form:
    """The sum of numbers, each times a fraction, and of a fraction."""

    terms: Mapping[int, Fraction]
    constant: Fraction = Fraction(0)

    def times(self, factor: Fraction) -> _Form:
        return _Form({at: x * factor for at, x in self.terms.items()}, self.constant * factor)

    def whole(self, divisor: int | None = None) -> WholeSum:
        """Return it over its least common divisor, or over the one that is given."""
        values = [*self.terms.values(), self.constant]
        below = divisor or lcm(*(value.denominator for value in values))
        terms = ((at, int(value * below)) for at, value in sorted(self.terms.items()) if value)
        return WholeSum(tuple(terms), int(self.constant * below), below)

    @property
    def divisor(self) -> int:
        return lcm(self.constant.denominator, *(x.denominator for x in self.terms.values()))


class _Lowering:
    """Turns derivations into numbers; the same rounded derivation is one number."""

    def __init__(self, counted: tuple[Counted, ...], decimals: int):
        self.counted = counted
        self.steps: list[Rounded | Extreme] = []
        self._places = {each: place for place, each in enumerate(counted)}
        self._open = Fraction(1, 10**decimals)
        self._known: dict[Rounded | Extreme, int] = {}

    def rounded(self, form: _Form, rounding: Rounding) -> int:
        """Return the place of a form rounded, in units of its last decimal."""
        return self._step(
            Rounded(form.times(Fraction(10**rounding.decimals)).whole(), rounding.mode)
        )

    def total(self, parts: Iterable[Derivation]) -> _Form:
        return _added([self.form(part) for part in parts])

    def difference(self, one: Derivation, other: Derivation) -> WholeSum:
        return _added([self.form(one), self.form(other).times(Fraction(-1))]).whole()

    def form(self, derivation: Derivation) -> _Form:
        """Return a derivation as a form, rounded where it says so."""
        form = self._combined(derivation)
        for factor in derivation.factors:
            form = _product(form, self._factor(factor))
        below = prod((Fraction(each.value) for each in derivation.divisors), start=Fraction(1))
        form = form.times(1 / below)
        if derivation.rounding is None:
            return form
        place = self.rounded(form, derivation.rounding)
        return _Form({place: Fraction(1, 10**derivation.rounding.decimals)})

    def _factor(self, factor: Factor) -> _Form:
        counted = _of_factor(factor)
        if counted is None:
            return _Form({}, Fraction(factor.value))
        return _Form({self._places[counted]: self._open})

    def _combined(self, derivation: Derivation) -> _Form:
        parts = [self.form(part) for part in derivation.parts]
        if derivation.series:
            parts.append(_Form({self._places[_of_series(derivation.series)]: self._open}))
        if not parts:
            return _Form({}, Fraction(1))
        match derivation.combine:
            case Combine.SUM:
                return _added(parts)
            case Combine.PRODUCT:
                whole = parts[0]
                for part in parts[1:]:
                    whole = _product(whole, part)
                return whole
            case Combine.GREATEST | Combine.LEAST:
                return self._extreme(parts, greatest=derivation.combine is Combine.GREATEST)

    def _extreme(self, parts: Sequence[_Form], *, greatest: bool) -> _Form:
        divisor = lcm(*(part.divisor for part in parts))
        sums = tuple(part.whole(divisor) for part in parts)
        return _Form({self._step(Extreme(sums, greatest)): Fraction(1, divisor)})

    def _step(self, step: Rounded | Extreme) -> int:
        if step not in self._known:
            self._known[step] = len(self.counted) + len(self.steps)
            self.steps.append(step)
        return self._known[step]


def _of_factor(factor: Factor) -> Counted | None:
    place = open_place(factor.source)
    return None if place is None else Counted(place)


def _of_series(series: tuple[Series, ...]) -> Counted:
    place = open_place(series[0].source)
    if len(series) > 1 or place is None:
        raise Refused("pricing.not_compiled", "intervals at prices of their own")
    return Counted(place, places_of(series[0]))


def _counted(program: RateProgram) -> tuple[Counted, ...]:
    """Return all that the derivations of a program count, each once, in one order."""
    roots = [
        *(line.derivation for line in program.lines),
        *(n for line in program.lines for n in (line.quantity, line.price)),
        *(side for each in program.choices for side in (each.one, each.other)),
        *program.taken,
    ]
    found = (each for root in roots if isinstance(root, Derivation) for each in _counts(root))
    return tuple(dict.fromkeys(found))


def _counts(derivation: Derivation) -> Iterator[Counted]:
    yield from filter(None, map(_of_factor, derivation.factors))
    if derivation.series:
        yield _of_series(derivation.series)
    for part in derivation.parts:
        yield from _counts(part)


def _added(forms: Iterable[_Form]) -> _Form:
    terms: dict[int, Fraction] = {}
    constant = Fraction(0)
    for form in forms:
        constant += form.constant
        for at, value in form.terms.items():
            terms[at] = terms.get(at, Fraction(0)) + value
    return _Form(terms, constant)


def _product(one: _Form, other: _Form) -> _Form:
    if not one.terms:
        return other.times(one.constant)
    if not other.terms:
        return one.times(other.constant)
    raise Refused("pricing.not_compiled", "an open number is multiplied by another")


def _line(line: Draft, rounding: Rounding, made: _Lowering) -> KernelLine:
    return KernelLine(
        amount=made.rounded(made.form(line.derivation), rounding),
        quantity=_shown(line.quantity, made),
        price=_shown(line.price, made),
    )


def _shown(number: Decimal | Derivation, made: _Lowering) -> int | None:
    return None if isinstance(number, Decimal) else made.rounded(made.form(number), SHOWN)


def _taxes(
    program: RateProgram, lines: Sequence[KernelLine], made: _Lowering
) -> Iterable[KernelTax]:
    """Yield the taxes of a bill by rate, as `total_bill` groups its lines."""
    tariff = program.tariff
    rates = vat_rates(tariff, program.period, program.lines, circumstances=program.circumstances)
    groups: dict[tuple[str, Decimal], list[int]] = {}
    for at, (line, rate) in enumerate(zip(program.lines, rates, strict=True)):
        if line.tax_code != NO_TAX:
            groups.setdefault((line.tax_code, rate), []).append(at)
    for (code, rate), members in groups.items():
        whole = rate + 100 if tariff.prices is Prices.TAX_INCLUSIVE else Decimal(100)
        share = Fraction(rate) / Fraction(whole) / 100
        amounts = _added(_Form({lines[at].amount: share}) for at in members)
        yield KernelTax(code, rate, tuple(members), made.rounded(amounts, tariff.rounding.rounding))
