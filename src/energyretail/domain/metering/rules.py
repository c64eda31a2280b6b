"""The retailer's rules about readings, as data a market gives."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain.metering.readings import INDEX_DIGITS
from energyretail.domain.shared import Cups

__all__ = ["MeteredSupply", "ReadingRules", "StandardUse"]


@attrs.frozen
class StandardUse:
    """What a supply of up to `power_kw_max` uses in a year by register, for want of its own past.

    `source` says where the figures are from.
    """

    power_kw_max: Decimal
    annual_kwh: tuple[tuple[str, Decimal], ...]
    source: str


@attrs.frozen
class ReadingRules:
    """What is plausible, how long we wait, what stands in for a missing past.

    `registers` names the registers of each access tariff; a product's code begins with that of
    its access tariff (``2.0TD-FIJO``). Energy above `overuse` times the highest
    subscribed power through every hour is not believed. A planned reading is waited for
    `grace_days`. An estimate looks back at most `history_days`. No meter is left unread for
    more than `cycle_days_max`.
    """

    registers: tuple[tuple[str, tuple[str, ...]], ...]
    standard_uses: tuple[StandardUse, ...]
    digits: int = INDEX_DIGITS
    overuse: Decimal = Decimal("1.5")
    grace_days: int = 3
    history_days: int = 62
    cycle_days_max: int = 400

    def registers_of(self, tariff: str) -> tuple[str, ...]:
        """Return the registers of a product's access tariff; an unknown one has none."""
        access = (names for code, names in self.registers if tariff.startswith(code))
        return next(access, ())

    def standard_use(self, power_kw: Decimal) -> StandardUse:
        """Return the first standard use that covers the power, else the largest."""
        ordered = sorted(self.standard_uses, key=lambda use: use.power_kw_max)
        return next((use for use in ordered if power_kw <= use.power_kw_max), ordered[-1])


@attrs.frozen
class MeteredSupply:
    """A supply point that is ours, or will be: its tariff and its highest subscribed power.

    `started_on` is None while we wait for the registry; `ended_on` is the first day after us.
    """

    cups: Cups
    tariff: str
    power_kw: Decimal
    started_on: date | None
    ended_on: date | None = None

    def takes(self, day: date) -> bool:
        """Tell whether a reading of `day` may concern us: from our first day to our end's."""
        return (self.started_on is None or self.started_on <= day) and (
            self.ended_on is None or day <= self.ended_on
        )

    def serves(self, day: date) -> bool:
        """Tell whether we supply on `day`."""
        return (
            self.started_on is not None
            and self.started_on <= day
            and (self.ended_on is None or day < self.ended_on)
        )
