"""Bills that surely pass every rule of plausibility, told by whole numbers alone.

What follows adds, multiplies and compares, and does nothing else: so each number may be one, or an
array of them with one place a bill, and thousands of bills are told in one go.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import and_
from typing import Any, Final

import attrs

from energyretail.domain.billing.plausibility import PlausibilityLimits

__all__ = ["PastNumbers", "UseNumbers", "Yardstick", "whole_weights"]

Numbers = Any
"""A whole number, or a column of whole numbers, none of which ever wraps."""
Truths = Any
"""A truth, or an array of them."""

_ENERGY: Final = 10**6
_COUNTED: Final = 10**3
_CENTS: Final = 100
_HOURS_A_DAY: Final = 24
_DAYS_A_YEAR: Final = 365


@attrs.frozen(eq=False)
class UseNumbers:
    """What bills of one period are for, none of whose indexes is lower than the one before.

    `energy` is in millionths of a kWh, `gross` in cents with tax, `counted` by register in the
    order of their names, in thousandths of its unit. `priced` tells whether a line by the kWh
    taken is not zero.
    """

    energy: Numbers
    gross: Numbers
    counted: Sequence[Numbers]
    priced: Truths


@attrs.frozen(eq=False)
class PastNumbers:
    """What some bills of a supply before were for in all, in the units of `UseNumbers`.

    `days` are theirs, and `weight` the weight of those days, by `PlausibilityLimits.weight` times
    a number that is the same for all, as it is of the bills that are told.
    """

    days: Numbers
    weight: Numbers
    energy: Numbers
    gross: Numbers
    counted: Sequence[Numbers]


@attrs.frozen
class Yardstick:
    """What bills of supplies with one highest power are held against, of a day.

    `power_kw` is that power and `standard_kwh` what such supplies use in a year, each None where
    it is not known.
    """

    limits: PlausibilityLimits
    power_kw: Decimal | None = None
    standard_kwh: Decimal | None = None

    def surely_passes(
        self,
        use: UseNumbers,
        past: PastNumbers,
        *,
        days: int,
        weight: int,
        unit: int,
        open_: PastNumbers | None = None,
    ) -> Truths:
        """Tell of which bills no rule finds anything; of the others one may, or may not.

        Bills are for so many `days` of one `weight`, `unit` times that of the limits. Asked only
        of bills before which all stood when they were made, are of known energy and of the same
        registers; or of supplies without any. `open_` are those of them after the last that ends
        with actual readings: they end where the bill begins, without a gap between them. They are
        told where the bill ends so, which settles them, and `past` has the others alone.
        """
        whole = use if open_ is None else _with(use, open_)
        if open_ is not None:
            days, weight = days + open_.days, weight + open_.weight
        little = _below(past.energy * weight, self._least(_ENERGY), past.weight)
        compared = (
            self._energy(whole, past, weight)
            & self._registers(whole, past, weight)
            & self._shares(use, past)
            & self._gross(whole, past, weight)
        )
        unknown = past.days < self.limits.history_days_min
        return (
            (use.energy >= 0)
            & (use.gross >= 0)
            & (_below(use.energy, Fraction(self.limits.unpriced_kwh_min) * _ENERGY) | use.priced)
            & self._power(whole, days)
            & (unknown | compared)
            & (((past.days >= self.limits.history_days_min) & (little == 0))
               | self._standard(whole, weight, unit))
            & ((past.days >= self.limits.history_days_min) | self._something(whole, weight, unit))
        )  # fmt: skip

    def _energy(self, use: UseNumbers, past: PastNumbers, weight: Numbers) -> Truths:
        spread, expected = Fraction(self.limits.spread_max), past.energy * weight
        small = _below(use.energy, self._least(_ENERGY))
        not_more = small | _at_most(use.energy * past.weight, expected, spread)
        little = _below(expected, self._expected(_ENERGY), past.weight)
        not_less = little | _above(use.energy * past.weight * 1000, expected, spread)
        return (past.energy <= 0) | (not_more & not_less)

    def _registers(self, use: UseNumbers, past: PastNumbers, weight: Numbers) -> Truths:
        least = self._expected(_COUNTED)
        pairs = zip(use.counted, past.counted, strict=True)
        return reduce(
            and_,
            ((now > 0) | _below(before * weight, least, past.weight) for now, before in pairs),
            use.energy >= 0,
        )

    def _shares(self, use: UseNumbers, past: PastNumbers) -> Truths:
        now, before, least = sum(use.counted), sum(past.counted), self._least(_COUNTED)
        pairs = zip(use.counted, past.counted, strict=True)
        apart = sum(abs(one * before - other * now) for one, other in pairs)
        near = _below(apart, Fraction(self.limits.swap_distance_min), now * before)
        return near | _below(now, least) | _below(before, least)

    def _gross(self, use: UseNumbers, past: PastNumbers, weight: Numbers) -> Truths:
        most = Fraction(self.limits.gross_max)
        return (
            _at_most(use.gross * past.weight, past.gross * weight, most)
            | _at_most(use.gross, 1, Fraction(self.limits.least_gross) * _CENTS)
            | (past.gross <= 0)
            | (past.energy <= 0)
        )

    def _power(self, use: UseNumbers, days: Numbers) -> Truths:
        if self.power_kw is None:
            return use.energy >= 0
        a_day = Fraction(self.power_kw * self.limits.power_hours_max) * _HOURS_A_DAY
        little = _at_most(use.energy, 1, self._least(_ENERGY))
        return little | _at_most(use.energy, days, a_day * _ENERGY)

    def _standard(self, use: UseNumbers, weight: Numbers, unit: int) -> Truths:
        if self.standard_kwh is None:
            return use.energy >= 0
        most = self._usual(unit) * Fraction(self.limits.standard_max)
        little = _at_most(use.energy, 1, self._least(_ENERGY))
        return little | _at_most(use.energy, weight, most * _ENERGY)

    def _something(self, use: UseNumbers, weight: Numbers, unit: int) -> Truths:
        if self.standard_kwh is None:
            return use.energy >= 0
        spread = Fraction(self.limits.spread_max)
        return _above(use.energy * 1000, weight, self._usual(unit) * spread * _ENERGY)

    def _usual(self, unit: int) -> Fraction:
        """Return what such a supply uses, in kWh, for each part of a weight."""
        return Fraction(self.standard_kwh or 0) / unit / _DAYS_A_YEAR

    def _least(self, unit: int) -> Fraction:
        return Fraction(self.limits.least_kwh) * unit

    def _expected(self, unit: int) -> Fraction:
        return Fraction(self.limits.expected_kwh_min) * unit


def _with(use: UseNumbers, open_: PastNumbers) -> UseNumbers:
    """Return what is used in all, the bills right before included."""
    return attrs.evolve(
        use,
        energy=use.energy + open_.energy,
        gross=use.gross + open_.gross,
        counted=[now + before for now, before in zip(use.counted, open_.counted, strict=True)],
    )


def whole_weights(weights: Sequence[Fraction]) -> tuple[int, tuple[int, ...]]:
    """Return the least number that makes all whole numbers, and what each becomes."""
    unit = math.lcm(*(weight.denominator for weight in weights))
    return unit, tuple(int(weight * unit) for weight in weights)


def _at_most(one: Numbers, other: Numbers, times: Fraction) -> Truths:
    return one * times.denominator <= other * times.numerator


def _above(one: Numbers, other: Numbers, times: Fraction) -> Truths:
    return one * times.denominator > other * times.numerator


def _below(one: Numbers, limit: Fraction, times: Numbers = 1) -> Truths:
    return one * limit.denominator < limit.numerator * times
