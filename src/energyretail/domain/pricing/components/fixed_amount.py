"""A fixed amount per month or year, apportioned by the tariff's policy."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.apportioning import Per
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_time import draft_over_time
from energyretail.domain.pricing.dated import DatedPrice
from energyretail.domain.shared import Invalid

__all__ = ["FixedAmount"]


@attrs.frozen
class FixedAmount:
    """The sum of `prices` per month or year; which of the two the contract quotes is kept.

    Raises Invalid ``pricing.per`` (a price per day is a standing charge).
    """

    name: str
    label: str
    prices: tuple[DatedPrice, ...]
    per: Per = attrs.field()
    tax_code: str
    group: str = "fixed"

    @per.validator
    def _month_or_year(self, _: object, per: Per) -> None:
        if per is Per.DAY:
            raise Invalid("pricing.per", "a price per day is a standing charge", name=self.name)

    @property
    def bases(self) -> tuple[str, ...]:
        """None: it stands on its own."""
        return ()

    def covers(self, register: str) -> bool:
        """Price no energy."""
        return False

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line: price x the share of a month or year."""
        return (draft_over_time(self, piece, self.label, self.prices, self.per),)
