"""The faults that are seeded: what a meter, a reader or a file does to the indexes of a month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

import attrs

__all__ = ["FAULTS", "PRICE_MISSING", "WITHOUT_TRACE", "Meter"]

_MODULUS: Final = 1_000_000
PRICE_MISSING: Final = "price missing"
"""Nothing is wrong with the indexes: the supply has a tariff whose prices were not filled in."""


@attrs.frozen
class Meter:
    """What a meter counted in a month: indexes before and after by register, in kWh.

    `other` are the indexes of the meter next door on the same day.
    """

    before: tuple[float, ...]
    after: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def used(self) -> tuple[float, ...]:
        """What each register counted."""
        return tuple((b - a) % _MODULUS for a, b in zip(self.before, self.after, strict=True))

    def times(self, factor: float) -> tuple[float, ...]:
        """Return the indexes had it counted so many times as much."""
        return self.counting(*(used * factor for used in self.used))

    def counting(self, *used: float) -> tuple[float, ...]:
        """Return the indexes had its registers counted this instead."""
        return tuple((a + kwh) % _MODULUS for a, kwh in zip(self.before, used, strict=True))


_Wrong = Callable[[Meter, Random], tuple[float, ...]]


def _columns_exchanged(meter: Meter, _: Random) -> tuple[float, ...]:
    one, two, three = meter.after
    return three, two, one


def _counters_exchanged(meter: Meter, _: Random) -> tuple[float, ...]:
    one, two, three = meter.used
    return meter.counting(three, two, one)


def _turned_back(meter: Meter, chance: Random) -> tuple[float, ...]:
    back = [-chance.uniform(1, 300) for _ in meter.before]
    return meter.counting(*back)


FAULTS: Final[Mapping[str, _Wrong]] = {
    "x10": lambda meter, _: meter.times(10),
    "x100": lambda meter, _: meter.times(100),
    "x1000": lambda meter, _: meter.times(1000),
    "x0.001": lambda meter, _: meter.times(0.001),
    "rollover": lambda meter, _: meter.used,
    "columns exchanged": _columns_exchanged,
    "meters exchanged": lambda meter, _: meter.other,
    "negative": _turned_back,
    "stuck": lambda meter, _: meter.before,
    PRICE_MISSING: lambda meter, _: meter.after,
}
"""By name, the indexes told instead. A meter changed without a word begins at zero: a rollover."""

WITHOUT_TRACE: Final[Mapping[str, _Wrong]] = {"counters exchanged": _counters_exchanged}
"""What leaves the energy as it is and every index credible, so that nobody can promise to find it.

A meter may count the hours of one period in the register of another for a month. Where both used
to count as much it changes nothing anyone could see, and next to nothing of what is asked.
"""
