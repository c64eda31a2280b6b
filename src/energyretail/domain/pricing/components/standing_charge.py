"""A price per day, billed for every day whether or not energy is used."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.apportioning import Per
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_time import draft_over_time
from energyretail.domain.pricing.dated import DatedPrice

__all__ = ["StandingCharge"]


@attrs.frozen
class StandingCharge:
    """The sum of `prices` per day, for each day of the period."""

    name: str
    label: str
    prices: tuple[DatedPrice, ...]
    tax_code: str
    group: str = "fixed"

    @property
    def bases(self) -> tuple[str, ...]:
        """None: it stands on its own."""
        return ()

    def covers(self, register: str) -> bool:
        """Price no energy."""
        return False

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line: days x price per day."""
        return (draft_over_time(self, piece, self.label, self.prices, Per.DAY),)
