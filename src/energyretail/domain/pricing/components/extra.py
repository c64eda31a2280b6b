"""Something sold beside energy on the energy bill: goods of the shop, a visit of the fitter."""

from __future__ import annotations

from datetime import timedelta

import attrs

from energyretail.domain.pricing.components.component import Component, Draft, Piece
from energyretail.domain.pricing.derivation import Factor, product
from energyretail.domain.shared import Period

__all__ = ["Extra"]


@attrs.frozen(kw_only=True)
class Extra(Component):
    """Each extra of the usage under its name: quantity x price, on the day it is for."""

    group: str = "extra"

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line for each extra of the piece's days."""
        last = piece.whole.last
        return tuple(
            Draft(
                component=self.name,
                label=item.label,
                group=self.group,
                tax_code=self.tax_code,
                period=Period(item.on or last, (item.on or last) + timedelta(days=1)),
                quantity=item.quantity,
                unit=item.unit,
                price=item.price,
                price_unit=f"{piece.currency}/{item.unit}" if item.unit else piece.currency,
                estimated=False,
                derivation=product(
                    item.label,
                    [
                        Factor("quantity", item.quantity, item.unit),
                        Factor("price", item.price, piece.currency),
                    ],
                ),
            )
            for item in piece.usage.extras
            if item.component == self.name and (item.on or last) in piece.period
        )
