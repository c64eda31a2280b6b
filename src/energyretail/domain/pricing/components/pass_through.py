"""Lines of somebody else's invoice, passed on as they stand there."""

from __future__ import annotations

from decimal import Decimal

import attrs

from energyretail.domain.pricing.components.component import Component, Draft, Piece
from energyretail.domain.pricing.derivation import given

__all__ = ["PassThrough"]


@attrs.frozen(kw_only=True)
class PassThrough(Component):
    """Each line that the usage passes on under its name, on the piece of the line's last day."""

    group: str = "network"

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line for each of the network's, its amount as it stands."""
        return tuple(
            Draft(
                component=self.name,
                label=item.label,
                group=self.group,
                tax_code=self.tax_code,
                period=item.period,
                quantity=Decimal(1),
                unit="",
                price=item.amount,
                price_unit=piece.currency,
                estimated=False,
                derivation=given(item.label, item.amount, piece.currency, item.source),
                tax_day=piece.period.start,
            )
            for item in piece.usage.passed_on
            if item.component == self.name
            and piece.period.start < item.period.until <= piece.period.until
        )
