"""A rate program in whole numbers: sums of whole multiples, each divided and rounded once.

What a program computes is linear in the numbers it leaves open, between one rounding and the next.
So every amount is one sum of whole multiples of whole numbers, divided once: plain data that a
machine without fractions works out exactly, for thousands of services in one go. Only an average
that is shown is one sum by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import index, mul

import attrs

from energyretail.domain.pricing.derivation import round_exactly
from energyretail.domain.shared import Invalid, Rounding, RoundingMode

__all__ = [
    "Counted",
    "Extreme",
    "Kernel",
    "KernelLine",
    "KernelRounding",
    "KernelTax",
    "Quotient",
    "Rounded",
    "Step",
    "WholeSum",
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
class Quotient:
    """A number of a kernel: a sum by another of its divisor, rounded to a whole one by `mode`.

    Nothing where the other is nothing.
    """

    above: WholeSum
    below: WholeSum
    mode: RoundingMode


Step = Rounded | Extreme | Quotient
"""How a number of a kernel is made of those before it."""


@attrs.frozen
class Counted:
    """A number of a kernel: the whole number that a use measured, or the sum of some intervals.

    `use` is its place in the shape, `places` are the intervals that count, None for no intervals.
    Each counts `times` what is told of it, once unless it is told: its price, in whole units of the
    last decimal that any of them has.
    """

    use: int
    places: tuple[int, ...] | None = None
    times: tuple[int, ...] | None = None


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
    """A tax at one rate, and where its base and its amount are, in cents."""

    tax: str
    rate: Decimal
    base: int
    amount: int


@attrs.frozen
class KernelRounding:
    """Where the cents are by which shown lines miss a total; of zero there is no line."""

    tax_code: str
    rate: Decimal
    amount: int


@attrs.frozen
class Kernel:
    """A rate program in whole numbers.

    `intervals` are how many each use of the shape has, None where it measured one number. The first
    numbers are `counted` from what is left open, in units of the last of `decimals`; `steps` make
    the others, in order. `choices` are differences and whether each was zero or more when the
    program was made. `energy` is in millionths of a kWh, `tax` and `gross` are in cents.
    """

    intervals: tuple[int | None, ...]
    counted: tuple[Counted, ...]
    decimals: int
    steps: tuple[Step, ...]
    choices: tuple[tuple[WholeSum, bool], ...]
    lines: tuple[KernelLine, ...]
    taxes: tuple[KernelTax, ...]
    roundings: tuple[KernelRounding, ...]
    tax: int
    gross: int
    energy: int | None

    def numbers(self, measures: Sequence[int | Sequence[int]]) -> tuple[int, ...]:
        """Return all its numbers for what the uses measured, multiples of its last decimal.

        That is one number a use, or one an interval. Raises Invalid ``pricing.measure_count`` (one
        measure a use), ``measure_sort`` (a number for intervals, or the reverse),
        ``measure_length`` (one number an interval), ``measure_whole``.
        """
        if len(measures) != len(self.intervals):
            raise Invalid(
                "pricing.measure_count",
                "there is one measure a use",
                uses=len(self.intervals),
                measures=len(measures),
            )
        pairs = zip(self.intervals, measures, strict=True)
        whole = [_whole_of(use, *pair) for use, pair in enumerate(pairs)]
        found = [_count(each, whole[each.use]) for each in self.counted]
        for step in self.steps:
            found.append(_number(step, found))
        return tuple(found)

    def fits(self, numbers: Sequence[int]) -> bool:
        """Tell whether all choices come out as when the program was made."""
        return all((_above(sum_, numbers) >= 0) is holds for sum_, holds in self.choices)


def _whole_of(use: int, count: int | None, measured: int | Sequence[int]) -> tuple[int, ...]:
    """Return what a use measured, refused where it is not what the kernel counts."""
    if isinstance(measured, Iterable) is (count is None):
        raise Invalid(
            "pricing.measure_sort",
            "intervals are measured by a number each, what else is measured by one",
            use=use,
        )
    given = tuple(measured) if isinstance(measured, Iterable) else (measured,)
    if len(given) != (1 if count is None else count):
        raise Invalid(
            "pricing.measure_length",
            "there is a number an interval",
            use=use,
            intervals=count,
            given=len(given),
        )
    try:
        return tuple(map(index, given))
    except TypeError:
        raise Invalid("pricing.measure_whole", "a kernel counts whole numbers", use=use) from None


def _count(counted: Counted, measured: Sequence[int]) -> int:
    if counted.places is None:
        return measured[0]
    chosen = (measured[at] for at in counted.places)
    return sum(chosen) if counted.times is None else sum(map(mul, chosen, counted.times))


def _above(whole: WholeSum, numbers: Sequence[int]) -> int:
    return whole.constant + sum(numbers[at] * times for at, times in whole.terms)


def _number(step: Step, numbers: Sequence[int]) -> int:
    match step:
        case Rounded(whole, mode):
            return _rounded(Fraction(_above(whole, numbers), whole.divisor), mode)
        case Quotient(above, below, mode):
            by = _above(below, numbers)
            return _rounded(Fraction(_above(above, numbers), by), mode) if by else 0
        case Extreme(sums, greatest):
            found = [_above(each, numbers) for each in sums]
            return max(found) if greatest else min(found)


def _rounded(value: Fraction, mode: RoundingMode) -> int:
    return int(round_exactly(value, Rounding(mode, 0)))
