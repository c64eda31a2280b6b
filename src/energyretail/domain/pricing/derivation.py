"""How an amount came about: data that can be computed again and read by a person."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from math import prod

import attrs

from energyretail.domain.shared import Invalid, Rounding, RoundingMode, decimal_of

__all__ = [
    "Combine",
    "Derivation",
    "Factor",
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


@attrs.frozen
class Derivation:
    """(parts combined) x factors / divisors, then rounded when `rounding` is given.

    Without parts the combined value is one. Everything but `rounding` is exact: no digit is
    lost between the readings and the one rounding of the amount.

    Raises Invalid ``pricing.divisor`` (a divisor is zero).
    """

    name: str
    factors: tuple[Factor, ...] = ()
    divisors: tuple[Factor, ...] = attrs.field(default=())
    parts: tuple[Derivation, ...] = ()
    combine: Combine = Combine.SUM
    rounding: Rounding | None = None

    @divisors.validator
    def _not_zero(self, _: object, divisors: tuple[Factor, ...]) -> None:
        for divisor in divisors:
            if divisor.value == 0:
                raise Invalid("pricing.divisor", "a divisor is zero", divisor=divisor.name)

    def rounded(self, rounding: Rounding | None) -> Derivation:
        """Return the same calculation, rounded once at its end (or not at all for None)."""
        return attrs.evolve(self, rounding=rounding)


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
    plain = [term for term in terms if not term.parts and term.rounding is None]
    return Derivation(
        name,
        tuple(factor for term in plain for factor in term.factors),
        tuple(divisor for term in plain for divisor in term.divisors),
        tuple(term for term in terms if term not in plain),
        Combine.PRODUCT,
    )


def exact(derivation: Derivation) -> Fraction:
    """Compute the value as an exact fraction, roundings of `derivation` and its parts included."""
    combined = _combined(derivation)
    above, below = combined.numerator, combined.denominator
    # Whole numbers until the end: one cancelling of the fraction instead of one a factor.
    for factor in derivation.factors:
        numerator, denominator = factor.value.as_integer_ratio()
        above, below = above * numerator, below * denominator
    for divisor in derivation.divisors:
        numerator, denominator = divisor.value.as_integer_ratio()
        above, below = above * denominator, below * numerator
    value = Fraction(above, below)
    if derivation.rounding is not None:
        return Fraction(round_exactly(value, derivation.rounding))
    return value


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
    twice = 2 * rest
    up = {
        RoundingMode.HALF_UP: twice >= scaled.denominator,
        RoundingMode.HALF_EVEN: twice > scaled.denominator
        or (twice == scaled.denominator and whole % 2 == 1),
        RoundingMode.DOWN: False,
    }[rounding.mode]
    units = whole + up
    return Decimal(-units if value < 0 else units).scaleb(-rounding.decimals)


def explain(derivation: Derivation) -> tuple[str, ...]:
    """Print the calculation for a person, one step a line, parts indented below their use."""
    return tuple(_lines(derivation, 0))


_ONE = Fraction(1)


def _combined(derivation: Derivation) -> Fraction:
    if not derivation.parts:
        return _ONE
    values = [exact(part) for part in derivation.parts]
    if derivation.combine is Combine.GREATEST:
        return max(values)
    if derivation.combine is Combine.PRODUCT:
        return prod(values, start=_ONE)
    return sum(values, start=Fraction(0))


def _lines(derivation: Derivation, depth: int) -> Iterator[str]:
    words = []
    if derivation.parts:
        words.append(
            f"{derivation.combine.value} of {len(derivation.parts)}"
            if len(derivation.parts) > 1
            else "the amount below"
        )
    if not derivation.parts and not derivation.factors:
        words.append("1")
    words += [_factor(factor, derivation.name) for factor in derivation.factors]
    text = " x ".join(words) + "".join(
        f" / {_factor(d, derivation.name)}" for d in derivation.divisors
    )
    value = recompute(derivation)
    end = "" if derivation.rounding is None else f", {_rounding(derivation.rounding)}"
    shown = f"{value:f}" if derivation.rounding else f"{round_exactly(exact(derivation), _SHOWN):f}"
    yield f"{'  ' * depth}{derivation.name}: {text} = {shown}{end}"
    for part in derivation.parts:
        yield from _lines(part, depth + 1)


_SHOWN = Rounding(RoundingMode.HALF_UP, 6)


def _factor(factor: Factor, whole: str) -> str:
    source = f" [{factor.source}]" if factor.source else ""
    name = "" if factor.name in ("", whole) else f"{factor.name} "
    return f"{name}{factor}{source}"


def _rounding(rounding: Rounding) -> str:
    return f"rounded {rounding.mode.name.lower().replace('_', ' ')} to {rounding.decimals} places"
