"""How an amount came about: data that can be computed again and read by a person."""

from __future__ import annotations

import decimal
import enum
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import prod

import attrs

from energyretail.domain.shared import Invalid, Rounding, RoundingMode, decimal_of

__all__ = [
    "Combine",
    "Derivation",
    "Factor",
    "Series",
    "exact",
    "explain",
    "given",
    "multiply",
    "product",
    "recompute",
    "round_exactly",
]


@attrs.frozen
class Factor:
    """One number of a calculation: what it is, its value, its unit and where it is from.

    `source` is the law, the price list, or the readings with their versions.
    """

    name: str
    value: Decimal = attrs.field(converter=decimal_of)
    unit: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}".rstrip()


class Combine(enum.Enum):
    """What happens to the parts of a derivation before its factors are applied."""

    SUM = "sum"
    PRODUCT = "product"
    GREATEST = "greatest"
    LEAST = "least"
    QUOTIENT = "quotient"
    """The first of two by the second, nothing where that is nothing: an average price."""


@attrs.frozen
class Series:
    """Many numbers of one sort in order of time, as they were given.

    `source` says what they are: which register or index, which intervals, which band.
    """

    name: str
    values: tuple[Decimal, ...]
    unit: str
    source: str = ""


@attrs.frozen
class Derivation:
    """(parts combined) x factors / divisors, then rounded when `rounding` is given.

    `series` are lists of one length: the sum over all places of the product of their numbers is
    one more part. Without parts the combined value is one. Everything but `rounding` is exact: no
    digit is lost between the readings and the one rounding of the amount.

    Raises Invalid ``pricing.divisor`` (a divisor is zero), ``pricing.series`` (lengths differ),
    ``pricing.quotient`` (a quotient is not of two parts).
    """

    name: str
    factors: tuple[Factor, ...] = ()
    divisors: tuple[Factor, ...] = attrs.field(default=())
    parts: tuple[Derivation, ...] = ()
    combine: Combine = attrs.field(default=Combine.SUM)
    rounding: Rounding | None = None
    series: tuple[Series, ...] = attrs.field(default=())

    @series.validator
    def _one_length(self, _: object, series: tuple[Series, ...]) -> None:
        if len({len(each.values) for each in series}) > 1:
            raise Invalid("pricing.series", "series of one sum have one length", name=self.name)

    @divisors.validator
    def _not_zero(self, _: object, divisors: tuple[Factor, ...]) -> None:
        for divisor in divisors:
            if divisor.value == 0:
                raise Invalid("pricing.divisor", "a divisor is zero", divisor=divisor.name)

    @combine.validator
    def _of_two(self, _: object, combine: Combine) -> None:
        if combine is Combine.QUOTIENT and (len(self.parts) != 2 or self.series):
            raise Invalid("pricing.quotient", "a quotient is of two parts", name=self.name)

    def rounded(self, rounding: Rounding | None) -> Derivation:
        """Return the same calculation, rounded once at its end (or not at all for None)."""
        return self if rounding == self.rounding else attrs.evolve(self, rounding=rounding)

    @cached_property
    def exactly(self) -> Fraction:
        """The exact value, roundings of it and of its parts included: see `exact`.

        Computed once: a line, the total of its tax and the tax itself all stand on it.
        """
        combined = _combined(self)
        above, below = combined.numerator, combined.denominator
        # Whole numbers until the end: one cancelling of the fraction instead of one a factor.
        for factor in self.factors:
            numerator, denominator = factor.value.as_integer_ratio()
            above, below = above * numerator, below * denominator
        for divisor in self.divisors:
            numerator, denominator = divisor.value.as_integer_ratio()
            above, below = above * denominator, below * numerator
        value = Fraction(above, below)
        if self.rounding is not None:
            return Fraction(round_exactly(value, self.rounding))
        return value


def product(
    name: str,
    factors: Iterable[Factor],
    divisors: Iterable[Factor] = (),
    parts: Iterable[Derivation] = (),
) -> Derivation:
    """Return (sum of `parts`, or one) x `factors` / `divisors`."""
    return Derivation(name, tuple(factors), tuple(divisors), tuple(parts))


def given(name: str, value: Decimal | int | str, unit: str, source: str = "") -> Derivation:
    """Return a derivation that is one number as it stands."""
    return Derivation(name, (Factor(name, decimal_of(value), unit, source),))


def multiply(name: str, *terms: Derivation) -> Derivation:
    """Return the product of `terms`; those that are mere factors show as factors of the whole."""
    plain = [t for t in terms if not t.parts and not t.series and t.rounding is None]
    return Derivation(
        name,
        tuple(factor for term in plain for factor in term.factors),
        tuple(divisor for term in plain for divisor in term.divisors),
        tuple(term for term in terms if term not in plain),
        Combine.PRODUCT,
    )


def exact(derivation: Derivation) -> Fraction:
    """Compute the value as an exact fraction, roundings of `derivation` and its parts included."""
    return derivation.exactly


def recompute(derivation: Derivation) -> Decimal:
    """Compute the amount again from its derivation alone.

    A rounded derivation gives exactly the amount shown. An unrounded one gives the value to
    28 significant digits: use `exact` to go on calculating.
    """
    value = exact(derivation)
    if derivation.rounding is not None:
        return round_exactly(value, derivation.rounding)
    return Decimal(value.numerator) / Decimal(value.denominator)


def round_exactly(value: Fraction, rounding: Rounding) -> Decimal:
    """Round a fraction once; no decimal expansion is cut before."""
    scaled = abs(value) * 10**rounding.decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    units = whole + _goes_up(rounding.mode, whole, 2 * rest, scaled.denominator, rest > 0)
    return Decimal(-units if value < 0 else units).scaleb(-rounding.decimals, _WIDE)


# The significant digits of an amount are never cut by the context of the thread.
_WIDE = decimal.Context(prec=999)


def _goes_up(mode: RoundingMode, whole: int, twice: int, one: int, rest: bool) -> bool:
    match mode:
        case RoundingMode.HALF_UP:
            return twice >= one
        case RoundingMode.HALF_DOWN:
            return twice > one
        case RoundingMode.HALF_EVEN:
            return twice > one or (twice == one and whole % 2 == 1)
        case RoundingMode.UP:
            return rest
        case RoundingMode.DOWN:
            return False


def explain(derivation: Derivation) -> tuple[str, ...]:
    """Print the calculation for a person, one step a line, parts indented below their use."""
    return tuple(_lines(derivation, 0))


_ONE = Fraction(1)


def _combined(derivation: Derivation) -> Fraction:
    if not derivation.parts and not derivation.series:
        return _ONE
    values = [exact(part) for part in derivation.parts]
    if derivation.series:
        values.append(_sum_of_products(derivation.series))
    match derivation.combine:
        case Combine.GREATEST:
            return max(values)
        case Combine.LEAST:
            return min(values)
        case Combine.PRODUCT:
            return prod(values, start=_ONE)
        case Combine.QUOTIENT:
            one, other = values
            return one / other if other else Fraction(0)
        case Combine.SUM:
            return sum(values, start=Fraction(0))


def _sum_of_products(series: tuple[Series, ...]) -> Fraction:
    rows = zip(*(each.values for each in series), strict=True)
    try:
        with decimal.localcontext(_EXACT):
            products = series[0].values if len(series) == 1 else map(prod, rows)
            return Fraction(sum(products, start=Decimal(0)))
    except decimal.Inexact:
        rows = zip(*(each.values for each in series), strict=True)
        return sum((prod(map(Fraction, row), start=_ONE) for row in rows), start=Fraction(0))


_EXACT = decimal.Context(prec=60, traps=[decimal.Inexact])


def _lines(derivation: Derivation, depth: int) -> Iterator[str]:
    words = [_series(derivation.series)] if derivation.series else []
    if derivation.parts:
        words.append(
            f"{derivation.combine.value} of {len(derivation.parts)}"
            if len(derivation.parts) > 1
            else "the amount below"
        )
    if not words and not derivation.factors:
        words.append("1")
    words += [_factor(factor, derivation.name) for factor in derivation.factors]
    text = " x ".join(words) + "".join(
        f" / {_factor(d, derivation.name)}" for d in derivation.divisors
    )
    value = recompute(derivation)
    end = "" if derivation.rounding is None else f", {derivation.rounding}"
    shown = f"{value:f}" if derivation.rounding else f"{round_exactly(exact(derivation), _SHOWN):f}"
    yield f"{'  ' * depth}{derivation.name}: {text} = {shown}{end}"
    for part in derivation.parts:
        yield from _lines(part, depth + 1)


_SHOWN = Rounding(RoundingMode.HALF_UP, 6)


def _series(series: tuple[Series, ...]) -> str:
    names = " x ".join(
        f"{each.name} in {each.unit}{f' [{each.source}]' if each.source else ''}" for each in series
    )
    return f"sum of {len(series[0].values)} of {names}"


def _factor(factor: Factor, whole: str) -> str:
    source = f" [{factor.source}]" if factor.source else ""
    name = "" if factor.name in ("", whole) else f"{factor.name} "
    return f"{name}{factor}{source}"
