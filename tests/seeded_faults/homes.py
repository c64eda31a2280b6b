"""Homes as they use electricity: each of its own size, seasons, habits, and changes of habit.

Nothing here knows what the gate takes for plausible. The figures are those of Spanish homes as
they are commonly told: a median of 2,000 to 3,500 kWh a year by power, a spread of a factor of
1.6, four in ten away for part of August, one in fifteen a second home.
"""

from __future__ import annotations

from math import cos, pi
from random import Random
from typing import Final

import attrs

__all__ = ["REGISTERS", "Home", "Powers", "drawn_home"]

REGISTERS: Final = ("P1", "P2", "P3")
_SHARES: Final = (0.29, 0.25, 0.46)
_AUGUST: Final = 8
# Winter and summer peaks over the mean: mild, heated by electricity, cooled.
_SEASONS: Final = (((0.2, 0.05), 55), ((0.8, 0.1), 20), ((0.1, 0.6), 25))
# Easter, July, August and Christmas, times what a second home uses when nobody is there.
_STAYS: Final = {4: 3.0, 7: 4.0, _AUGUST: 6.0, 12: 2.0}


@attrs.frozen
class Powers:
    """A subscribed power, how many homes of a hundred have it, and their median year in kWh."""

    kw: str
    percent: int
    median_kwh: float


@attrs.define
class Home:
    """A home by what it uses; changed as the months go by."""

    chance: Random
    year_kwh: float
    shares: tuple[float, ...]
    peaks: tuple[float, float]
    is_second: bool
    empty_months: int = 0
    empty_factor: float = 1.0

    def month_kwh(self, month: int, days: int) -> tuple[float, ...]:
        """Return what each register counts in so many days of a month."""
        self._change()
        used = self.year_kwh / 365 * days * self._season(month) * self._lognormal(0.18)
        used *= self._presence(month)
        # Who heats by electricity does so at night.
        night = 1 + 0.25 * self.peaks[0] * max(0.0, cos((month - 1) * pi / 6))
        shares = [
            share * self._lognormal(0.08) * lean
            for share, lean in zip(self.shares, (1, 1, night), strict=True)
        ]
        return tuple(used * share / sum(shares) for share in shares)

    def _season(self, month: int) -> float:
        winter, summer = self.peaks
        return (1 + winter * max(0.0, cos((month - 1) * pi / 6))
                + summer * max(0.0, cos((month - 7.5) * pi / 3)) * (5 < month < 10))  # fmt: skip

    def _presence(self, month: int) -> float:
        if self.empty_months:
            self.empty_months -= 1
            return self.empty_factor
        if self.is_second:
            return 0.15 * _STAYS.get(month, 1.0) * self._lognormal(0.4)
        if month == _AUGUST and self.chance.random() < 0.4:
            return self.chance.uniform(0.4, 0.85)
        return 1.0

    def _change(self) -> None:
        """A heat pump or a car, a child gone, panels on the roof; or nobody is there for months."""
        drawn = self.chance.random()
        if drawn < 0.0015:
            self.year_kwh *= self.chance.uniform(1.5, 2.6)
        elif drawn < 0.004:
            self.year_kwh *= self.chance.uniform(0.5, 0.85)
        elif drawn < 0.006:
            self.empty_months = self.chance.randint(2, 6)
            self.empty_factor = 0.0 if self.chance.random() < 0.2 else 0.06

    def _lognormal(self, sigma: float) -> float:
        return self.chance.lognormvariate(0, sigma)


def drawn_home(chance: Random, powers: Powers) -> Home:
    """Return a home of a power."""
    own = Random(chance.getrandbits(64))
    kinds, odds = zip(*_SEASONS, strict=True)
    (peaks,) = own.choices(kinds, odds)
    return Home(
        chance=own,
        year_kwh=powers.median_kwh * own.lognormvariate(0, 0.5),
        shares=tuple(share * own.lognormvariate(0, 0.2) for share in _SHARES),
        peaks=peaks,
        is_second=own.random() < 0.07,
    )
