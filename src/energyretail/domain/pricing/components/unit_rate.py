"""One price for all energy, or for that of some registers or hours."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_energy import OverEnergy, draft_over_energy
from energyretail.domain.pricing.dated import DatedPrice, in_force
from energyretail.domain.pricing.faults import beside

__all__ = ["UnitRate"]


@attrs.frozen(kw_only=True)
class UnitRate(OverEnergy):
    """The sum of `price` per kWh or MWh on the energy of all its registers together."""

    price: tuple[DatedPrice, ...]
    group: str = "energy"

    @property
    def compiles(self) -> bool:
        """Its line is energy x price."""
        return True

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Its price."""
        return self.price

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line; raises Invalid ``pricing.usage_gap``/``usage_missing``."""
        use = beside(lambda: self.energy(piece), lambda: in_force(self.price, piece.period.start))
        return (draft_over_energy(self, piece, use, self.price, self.per, label=self.label),)
