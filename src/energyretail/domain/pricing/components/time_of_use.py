"""A price for each register that counts its own hours, or for each band of a calendar."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.components.component import Component, Draft, EnergyUnit, Piece
from energyretail.domain.pricing.components.over_energy import (
    banding,
    draft_over_energy,
    measured,
)
from energyretail.domain.pricing.dated import DatedPrice, in_force
from energyretail.domain.pricing.faults import beside, together
from energyretail.domain.pricing.metered import Metered
from energyretail.domain.pricing.uses import Flow

__all__ = ["TimeOfUse"]


@attrs.frozen(kw_only=True)
class TimeOfUse(Component):
    """Prices per kWh or MWh by band: a register, or with `calendar` the hours of a band.

    Every named register must have been measured; the hours are those of `registers`, or of all
    that take energy.
    """

    rates: tuple[tuple[str, tuple[DatedPrice, ...]], ...]
    calendar: str = ""
    registers: tuple[str, ...] = ()
    per: EnergyUnit = EnergyUnit.KWH
    group: str = "energy"

    @property
    def compiles(self) -> bool:
        """Its lines are energy x price."""
        return True

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The prices of all bands."""
        return tuple(price for _, prices in self.rates for price in prices)

    @property
    def by_interval(self) -> bool:
        """The hours of a calendar need intervals."""
        return bool(self.calendar)

    def covers(self, register: str, flow: Flow) -> bool:
        """Price the registers it names; with a calendar all it is for."""
        if flow is not Flow.IMPORT:
            return False
        if self.calendar:
            return not self.registers or register in self.registers
        return any(register == name for name, _ in self.rates)

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line a band; raises Invalid ``pricing.usage_gap``, ``intervals_needed``."""
        return together(lambda rate: self._line(piece, *rate), self.rates)

    def _line(self, piece: Piece, band: str, prices: tuple[DatedPrice, ...]) -> Draft:
        use = beside(
            lambda: self._energy(piece, band), lambda: in_force(prices, piece.period.start)
        )
        return draft_over_energy(self, piece, use, prices, self.per, label=f"{self.label} {band}")

    def _energy(self, piece: Piece, band: str) -> Metered:
        if not self.calendar:
            return measured(piece, (band,))
        registers = self.registers or piece.usage.registers_of(Flow.IMPORT)
        return measured(piece, registers, chosen=banding(piece, self.calendar, (band,)))
