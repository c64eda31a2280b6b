"""A credit for energy fed into the network."""

from __future__ import annotations

from typing import ClassVar

import attrs

from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_bases import lines_of, sum_of
from energyretail.domain.pricing.components.over_energy import OverEnergy, draft_over_energy
from energyretail.domain.pricing.dated import DatedPrice, in_force
from energyretail.domain.pricing.derivation import (
    Combine,
    Derivation,
    Factor,
    given,
    product,
)
from energyretail.domain.pricing.faults import beside
from energyretail.domain.pricing.uses import Flow

__all__ = ["FeedIn"]


@attrs.frozen(kw_only=True)
class FeedIn(OverEnergy):
    """Minus the energy fed in x the sum of `price`, at most the lines of `limit_to` in a piece.

    Lines that come to less than zero limit it to zero.
    """

    flow: ClassVar[Flow] = Flow.EXPORT

    price: tuple[DatedPrice, ...]
    limit_to: tuple[str, ...] = ()
    group: str = "feed_in"

    @property
    def compiles(self) -> bool:
        """Whether its limit holds is asked of `Piece.at_least`."""
        return True

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Its price."""
        return self.price

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The components that limit it."""
        return self.limit_to

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line, none where nothing feeds in; raises Invalid ``pricing.usage_gap``."""
        if not (self.registers or piece.usage.registers_of(self.flow)):
            return ()
        use = beside(lambda: self.energy(piece), lambda: in_force(self.price, piece.period.start))
        line = draft_over_energy(self, piece, use, self.price, self.per, label=self.label)
        credit = self._limited(piece, line.derivation)
        minus = product(self.label, [Factor("credit", -1, "")], parts=[credit])
        return (attrs.evolve(line, derivation=minus),)

    def _limited(self, piece: Piece, credit: Derivation) -> Derivation:
        if not self.limit_to:
            return credit
        limit = sum_of("limit", lines_of(self.limit_to, piece.drafts), piece)
        nothing = given("nothing", 0, piece.currency)
        if not piece.at_least(limit, nothing):
            # Energy that costs less than nothing is no debt for what is fed in.
            limit = Derivation("limit", parts=(limit, nothing), combine=Combine.GREATEST)
        if piece.at_least(limit, credit):
            return credit
        return Derivation(self.label, parts=(credit, limit), combine=Combine.LEAST)
