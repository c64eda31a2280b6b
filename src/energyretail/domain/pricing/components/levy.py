"""A levy by law on every kilowatt-hour."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.components.component import Draft, EnergyUnit, Piece
from energyretail.domain.pricing.components.over_energy import draft_over_energy
from energyretail.domain.pricing.dated import DatedPrice

__all__ = ["Levy"]


@attrs.frozen
class Levy:
    """An excise or contribution per kWh or MWh on all energy, quoted in the unit of its law."""

    name: str
    label: str
    prices: tuple[DatedPrice, ...]
    tax_code: str
    per: EnergyUnit = EnergyUnit.KWH
    group: str = "levy"

    @property
    def bases(self) -> tuple[str, ...]:
        """None: it stands on its own."""
        return ()

    def covers(self, register: str) -> bool:
        """Tell no: a levy comes on top of a price, it is none."""
        return False

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line over all registers; raises Invalid ``pricing.usage_gap``/``_missing``."""
        registers = piece.usage.registers
        return (draft_over_energy(self, piece, self.label, self.prices, self.per, registers),)
