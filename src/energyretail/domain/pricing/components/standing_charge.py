"""A price per day, month or year, billed whether or not energy is used."""

from __future__ import annotations

import enum

import attrs

from energyretail.domain.pricing.circumstances import Circumstances
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_time import OverTime, draft_over_time
from energyretail.domain.pricing.dated import DatedPrice, cuts_of
from energyretail.domain.pricing.faults import together
from energyretail.domain.shared import Invalid, Period

__all__ = ["StandingCharge", "Timing"]


class Timing(enum.Enum):
    """Whether a bill charges the days it bills energy for, or days to come."""

    ARREARS = "arrears"
    ADVANCE = "advance"


@attrs.frozen(kw_only=True)
class StandingCharge(OverTime):
    """The sum of `price` per day, month or year, for each day of the period.

    With `timing` ADVANCE it is charged for the days the circumstances name, on the last piece.
    """

    price: tuple[DatedPrice, ...]
    timing: Timing = Timing.ARREARS
    group: str = "fixed"

    @property
    def compiles(self) -> bool:
        """No amount decides anything."""
        return True

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Its price."""
        return self.price

    @property
    def in_advance(self) -> bool:
        """As its timing says."""
        return self.timing is Timing.ADVANCE

    def span(self, whole: Period, circumstances: Circumstances) -> Period | None:
        """Return the days of the bill it is charged; in advance those of the bill itself."""
        if self.timing is Timing.ADVANCE:
            return whole
        return whole.meets(self.valid)

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line: price x share of the piece; in advance one for each change of price.

        Raises Invalid ``pricing.advance_missing``.
        """
        return together(
            lambda part: draft_over_time(self, piece, self.price, label=self.label, period=part),
            self._billed(piece),
        )

    def _billed(self, piece: Piece) -> tuple[Period, ...]:
        if self.timing is Timing.ARREARS:
            return (piece.period,)
        if piece.period.until != piece.whole.until:
            return ()
        advance = piece.circumstances.advance
        if advance is None:
            raise Invalid(
                "pricing.advance_missing", "days charged in advance are needed", name=self.name
            )
        charged = advance.meets(self.valid)
        cuts = cuts_of(self.price) | piece.vat_cuts
        return charged.split(cuts) if charged else ()
