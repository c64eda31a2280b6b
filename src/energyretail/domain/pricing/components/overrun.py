"""Power above what is subscribed: a price per kW or kVA of the excess of a month's peak."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain.pricing.apportioning import Per
from energyretail.domain.pricing.circumstances import Circumstances
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.demand import peak_missing, peak_of
from energyretail.domain.pricing.components.over_time import (
    OverTime,
    draft_over_time,
    month_starts,
)
from energyretail.domain.pricing.components.subscribed_power import power_of
from energyretail.domain.pricing.dated import DatedPrice, cuts_of
from energyretail.domain.pricing.derivation import Derivation, Factor, exact, product
from energyretail.domain.pricing.faults import both, together
from energyretail.domain.shared import Period, PowerUnit

__all__ = ["Overrun"]


@attrs.frozen(kw_only=True)
class Overrun(OverTime):
    """`multiplier` x (peak - power x (100 + `tolerance_percent`) %) x price, by register."""

    rates: tuple[tuple[str, tuple[DatedPrice, ...]], ...]
    unit: PowerUnit
    per: Per = Per.MONTH
    tolerance_percent: Decimal = Decimal(0)
    multiplier: Decimal = Decimal(1)
    group: str = "power"

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The prices of all registers."""
        return tuple(price for _, prices in self.rates for price in prices)

    def cuts(self, whole: Period, circumstances: Circumstances) -> Iterable[date]:
        """Return the changes of price and the first days of months."""
        return {*cuts_of(self.prices), *month_starts(whole)}

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line a register whose peak is above its power.

        Raises Invalid ``pricing.peak_missing``, ``power_missing``, ``power_unit``.
        """
        lines = together(lambda rate: self._line(piece, *rate), self.rates)
        return tuple(line for line in lines if line is not None)

    def _line(self, piece: Piece, register: str, prices: tuple[DatedPrice, ...]) -> Draft | None:
        excess = self._excess(piece, register)
        if excess is None:
            return None
        label = f"{self.label} {register}"
        return draft_over_time(self, piece, prices, label=label, power=excess, unit=self.unit)

    def _excess(self, piece: Piece, register: str) -> Derivation | None:
        peak, power = both(
            lambda: self._peak(piece, register), lambda: power_of(piece, register, self.unit)
        )
        allowed = product(
            "power allowed",
            [Factor("tolerance", -(100 + self.tolerance_percent), "%")],
            [Factor("", 100, "%")],
            [power],
        )
        excess = product(
            "excess", [Factor("multiplier", self.multiplier, "")], parts=[peak, allowed]
        )
        return excess if exact(excess) > 0 else None

    def _peak(self, piece: Piece, register: str) -> Derivation:
        month = piece.period.start.replace(day=1)
        peak = peak_of(piece, register, month, self.unit)
        if peak is None:
            raise peak_missing(self.name, month, register=register)
        return peak
