"""One price for all energy, whatever the register."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.components.component import Draft, EnergyUnit, Piece
from energyretail.domain.pricing.components.over_energy import draft_over_energy
from energyretail.domain.pricing.dated import DatedPrice

__all__ = ["UnitRate"]


@attrs.frozen
class UnitRate:
    """The sum of `prices` per kWh or MWh on the energy of all registers together."""

    name: str
    label: str
    prices: tuple[DatedPrice, ...]
    tax_code: str
    per: EnergyUnit = EnergyUnit.KWH
    group: str = "energy"

    @property
    def bases(self) -> tuple[str, ...]:
        """None: it stands on its own."""
        return ()

    def covers(self, register: str) -> bool:
        """Price every register."""
        return True

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line over all registers; raises Invalid ``pricing.usage_gap``/``_missing``."""
        registers = piece.usage.registers
        return (draft_over_energy(self, piece, self.label, self.prices, self.per, registers),)
