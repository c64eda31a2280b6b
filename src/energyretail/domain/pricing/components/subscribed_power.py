"""Subscribed power: a price per kW or kVA and year for each register."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.apportioning import Per
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_time import draft_over_time
from energyretail.domain.pricing.dated import DatedPrice
from energyretail.domain.shared import Invalid, PowerUnit

__all__ = ["SubscribedPower"]


@attrs.frozen
class SubscribedPower:
    """Prices per `unit` and year by register; several dated parts of one register add up."""

    name: str
    label: str
    rates: tuple[tuple[str, tuple[DatedPrice, ...]], ...]
    unit: PowerUnit
    tax_code: str
    group: str = "power"

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The prices of all registers."""
        return tuple(price for _, prices in self.rates for price in prices)

    @property
    def bases(self) -> tuple[str, ...]:
        """None: it stands on its own."""
        return ()

    def covers(self, register: str) -> bool:
        """Price no energy."""
        return False

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line a register.

        Raises Invalid ``pricing.power_missing`` or ``pricing.power_unit``: kW and kVA are never
        converted into each other.
        """
        return tuple(self._line(piece, register, prices) for register, prices in self.rates)

    def _line(self, piece: Piece, register: str, prices: tuple[DatedPrice, ...]) -> Draft:
        power = piece.usage.power(register)
        if power.unit is not self.unit:
            raise Invalid(
                "pricing.power_unit",
                "power is not in the unit of the price",
                power=power,
                expected=self.unit.value,
            )
        label = f"{self.label} {register}".rstrip()
        return draft_over_time(self, piece, label, prices, Per.YEAR, power)
