"""A levy by law on every kilowatt-hour."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_energy import OverEnergy, draft_over_energy
from energyretail.domain.pricing.dated import DatedPrice, in_force
from energyretail.domain.pricing.faults import beside
from energyretail.domain.pricing.uses import Flow

__all__ = ["Levy"]


@attrs.frozen(kw_only=True)
class Levy(OverEnergy):
    """An excise or contribution per kWh or MWh, quoted in the unit of its law."""

    price: tuple[DatedPrice, ...]
    group: str = "levy"

    @property
    def compiles(self) -> bool:
        """Its line is energy x price."""
        return True

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Its price."""
        return self.price

    def covers(self, register: str, flow: Flow) -> bool:
        """Tell no: a levy comes on top of a price, it is none."""
        return False

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line; raises Invalid ``pricing.usage_gap``/``usage_missing``."""
        use = beside(lambda: self.energy(piece), lambda: in_force(self.price, piece.period.start))
        return (draft_over_energy(self, piece, use, self.price, self.per, label=self.label),)
