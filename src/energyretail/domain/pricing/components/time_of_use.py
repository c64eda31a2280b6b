"""A price for each register that counts its own hours."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.components.component import Draft, EnergyUnit, Piece
from energyretail.domain.pricing.components.over_energy import draft_over_energy
from energyretail.domain.pricing.dated import DatedPrice

__all__ = ["TimeOfUse"]


@attrs.frozen
class TimeOfUse:
    """Prices per kWh or MWh by register; every named register must have been measured."""

    name: str
    label: str
    rates: tuple[tuple[str, tuple[DatedPrice, ...]], ...]
    tax_code: str
    per: EnergyUnit = EnergyUnit.KWH
    group: str = "energy"

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The prices of all registers."""
        return tuple(price for _, prices in self.rates for price in prices)

    @property
    def bases(self) -> tuple[str, ...]:
        """None: it stands on its own."""
        return ()

    def covers(self, register: str) -> bool:
        """Price the registers it names."""
        return any(register == name for name, _ in self.rates)

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line a register; raises Invalid ``pricing.usage_gap``."""
        return tuple(
            draft_over_energy(self, piece, f"{self.label} {name}", prices, self.per, (name,))
            for name, prices in self.rates
        )
