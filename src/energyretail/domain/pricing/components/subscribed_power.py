"""Subscribed power: a price per kW or kVA for each register."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.apportioning import Per
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_time import OverTime, draft_over_time
from energyretail.domain.pricing.dated import DatedPrice, in_force
from energyretail.domain.pricing.derivation import Derivation, given
from energyretail.domain.pricing.faults import beside, together
from energyretail.domain.shared import Invalid, Power, PowerUnit

__all__ = ["SubscribedPower", "in_unit", "power_of"]


@attrs.frozen(kw_only=True)
class SubscribedPower(OverTime):
    """Prices per `unit` by register; several dated parts of one register add up."""

    rates: tuple[tuple[str, tuple[DatedPrice, ...]], ...]
    unit: PowerUnit
    per: Per = Per.YEAR
    group: str = "power"

    @property
    def compiles(self) -> bool:
        """No amount decides anything."""
        return True

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The prices of all registers."""
        return tuple(price for _, prices in self.rates for price in prices)

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line a register.

        Raises Invalid ``pricing.power_missing`` or ``pricing.power_unit``: kW and kVA are never
        converted into each other.
        """
        return together(lambda rate: self._line(piece, *rate), self.rates)

    def _line(self, piece: Piece, register: str, prices: tuple[DatedPrice, ...]) -> Draft:
        power = beside(
            lambda: power_of(piece, register, self.unit),
            lambda: in_force(prices, piece.period.start),
        )
        label = f"{self.label} {register}".rstrip()
        return draft_over_time(self, piece, prices, label=label, power=power, unit=self.unit)


def power_of(piece: Piece, register: str, unit: PowerUnit) -> Derivation:
    """Return the power subscribed at a register in the piece.

    Raises Invalid ``pricing.power_missing``, ``pricing.power_unit``.
    """
    power = in_unit(piece.usage.power(register, piece.period.start), unit, register=register)
    return given("power", power.value, unit.value)


def in_unit(power: Power, unit: PowerUnit, **where: object) -> Power:
    """Return the power if it is in `unit`; raises Invalid ``pricing.power_unit``, of `where`."""
    if power.unit is not unit:
        raise Invalid(
            "pricing.power_unit",
            "power is not in the unit of the price",
            power=power,
            expected=unit.value,
            **where,
        )
    return power
