"""A minimum for what other components come to, and the line that makes it up."""

from __future__ import annotations

from decimal import Decimal

import attrs

from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_bases import OverBases, lines_of, sum_of
from energyretail.domain.pricing.derivation import Factor, given, product
from energyretail.domain.shared import Invalid

__all__ = ["MinimumCharge"]


@attrs.frozen(kw_only=True)
class MinimumCharge(OverBases):
    """`amount` less the lines of `bases`, if more than zero.

    For a BILL on all of the bill, else in each piece pro rata. Raises Invalid
    ``pricing.amount_negative``.
    """

    amount: Decimal = attrs.field()
    group: str = "minimum"

    @amount.validator
    def _not_negative(self, _: object, amount: Decimal) -> None:
        if amount < 0:
            raise Invalid("pricing.amount_negative", "an amount is positive", name=self.name)

    @property
    def compiles(self) -> bool:
        """Whether anything is missing is asked of `Piece.at_least`."""
        return True

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line, or none where the bases reach the minimum."""
        part = self.part(piece)
        if part is None:
            return ()
        lines = lines_of(self.bases, self.lines(piece))
        there = product("less", [Factor("less", -1, "")], parts=[sum_of("there", lines, piece)])
        missing = product(self.label, (), (), (self.worth(self.amount, piece, part), there))
        if piece.at_least(given("nothing", 0, piece.currency), missing):
            return ()
        return (self.line(piece, part, missing, estimated=any(x.estimated for x in lines)),)
