"""What was used: energy by register between readings, and the subscribed powers."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from itertools import pairwise

import attrs

from energyretail.domain.shared import Energy, Invalid, Period, Power

__all__ = ["Quality", "RegisterUse", "Usage"]


class Quality(enum.Enum):
    """Whether both readings behind a quantity were taken, or one was estimated."""

    ACTUAL = "actual"
    ESTIMATED = "estimated"


@attrs.frozen
class RegisterUse:
    """Energy of one register over a closed half-open period between two readings.

    `readings` are evidence as text: ``"P1 2026-03-10 1234.000 actual v1"``.

    Raises Invalid ``pricing.usage_open`` (usage lies between two readings).
    """

    register: str
    period: Period = attrs.field()
    energy: Energy
    quality: Quality
    readings: tuple[str, ...] = ()

    @period.validator
    def _closed(self, _: object, period: Period) -> None:
        if period.end is None:
            raise Invalid(
                "pricing.usage_open", "usage lies between two readings", register=self.register
            )


def _uses(uses: Iterable[RegisterUse]) -> tuple[RegisterUse, ...]:
    return tuple(uses)


def _powers(powers: Iterable[tuple[str, Power]]) -> tuple[tuple[str, Power], ...]:
    return tuple(powers)


@attrs.frozen
class Usage:
    """All uses and the powers, by register, that were subscribed in the billed period.

    Uses of one register never overlap (Invalid ``pricing.usage_overlap``); a register has
    one power at most (``pricing.power_twice``).
    """

    uses: tuple[RegisterUse, ...] = attrs.field(default=(), converter=_uses)
    powers: tuple[tuple[str, Power], ...] = attrs.field(default=(), converter=_powers)

    def __attrs_post_init__(self) -> None:
        for register in self.registers:
            for before, after in pairwise(self.of(register)):
                if after.period.start < before.period.until:
                    raise Invalid(
                        "pricing.usage_overlap",
                        "two uses of a register overlap",
                        register=register,
                        first=before.period,
                        second=after.period,
                    )
        names = [register for register, _ in self.powers]
        if len(set(names)) != len(names):
            raise Invalid("pricing.power_twice", "a register has two powers", registers=names)

    @property
    def registers(self) -> tuple[str, ...]:
        """The registers that measured something, in the order they are given."""
        return tuple(dict.fromkeys(use.register for use in self.uses))

    def of(self, register: str) -> tuple[RegisterUse, ...]:
        """Return the uses of one register in order of time."""
        uses = (use for use in self.uses if use.register == register)
        return tuple(sorted(uses, key=lambda use: use.period.start))

    def power(self, register: str) -> Power:
        """Return the subscribed power; raises Invalid when the register has none."""
        for name, power in self.powers:
            if name == register:
                return power
        raise Invalid("pricing.power_missing", "no subscribed power", register=register)
