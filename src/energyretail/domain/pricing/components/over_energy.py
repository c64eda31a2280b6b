"""The prices that run with the energy, and the line of one."""

from __future__ import annotations

from typing import ClassVar

import attrs

from energyretail.domain.pricing.components.component import (
    Component,
    Draft,
    EnergyUnit,
    Piece,
)
from energyretail.domain.pricing.dated import DatedPrice, price_derivation, price_on
from energyretail.domain.pricing.derivation import Derivation, Factor, multiply, product
from energyretail.domain.pricing.metered import Banding, Metered, metered
from energyretail.domain.pricing.uses import Flow
from energyretail.domain.shared import Invalid, Period

__all__ = ["OverEnergy", "banding", "draft_over_energy", "energy_amount", "measured"]


@attrs.frozen(kw_only=True)
class OverEnergy(Component):
    """A price per kWh or MWh of `registers`, and of `bands` of `calendar` where it names them.

    Without `registers` it is for all that take energy (a feed-in: all that feed in).

    Raises Invalid ``pricing.band_unknown`` (bands need a calendar, a calendar its bands).
    """

    flow: ClassVar[Flow] = Flow.IMPORT

    per: EnergyUnit = EnergyUnit.KWH
    registers: tuple[str, ...] = ()
    calendar: str = ""
    bands: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if bool(self.calendar) != bool(self.bands):
            raise Invalid(
                "pricing.band_unknown", "bands need a calendar and it them", component=self.name
            )

    @property
    def by_interval(self) -> bool:
        """Hours of energy taken need intervals."""
        return bool(self.calendar) and self.flow is Flow.IMPORT

    def covers(self, register: str, flow: Flow) -> bool:
        """Price the registers it is for."""
        return flow is self.flow and (not self.registers or register in self.registers)

    def energy(self, piece: Piece, period: Period | None = None) -> Metered:
        """Return the energy it is for, in the piece or another part of the billed period.

        Raises Invalid ``pricing.usage_gap``, ``usage_missing``, ``intervals_needed``.
        """
        chosen = banding(piece, self.calendar, self.bands) if self.calendar else None
        registers = self.registers or piece.usage.registers_of(self.flow)
        return measured(piece, registers, period=period, chosen=chosen)


def measured(
    piece: Piece,
    registers: tuple[str, ...],
    *,
    period: Period | None = None,
    chosen: Banding | None = None,
) -> Metered:
    """Return the energy of registers, divided as the tariff says."""
    return metered(
        piece.usage, registers, period or piece.period, banding=chosen, profile=piece.profile
    )


def banding(piece: Piece, calendar: str, bands: tuple[str, ...]) -> Banding:
    """Return the bands of a calendar of the tariff."""
    return Banding(tuple(c for c in piece.calendars if c.name == calendar), bands)


def draft_over_energy(
    component: Component,
    piece: Piece,
    use: Metered,
    prices: tuple[DatedPrice, ...],
    per: EnergyUnit,
    *,
    label: str,
) -> Draft:
    """Return energy x price, by the price in force on the first day of the piece."""
    unit = f"{piece.currency}/{per.text}"
    price = price_derivation(prices, piece.period.start, unit)
    return Draft(
        component=component.name,
        label=label,
        group=component.group,
        tax_code=component.tax_code,
        period=piece.period,
        quantity=use.derivation,
        unit="kWh",
        price=price_on(prices, piece.period.start),
        price_unit=unit,
        estimated=use.estimated,
        derivation=energy_amount(label, use.derivation, price, per),
    )


def energy_amount(label: str, kwh: Derivation, price: Derivation, per: EnergyUnit) -> Derivation:
    """Return kWh x a price per kWh or MWh."""
    if per is EnergyUnit.KWH:
        return multiply(label, kwh, price)
    unit = product("unit", (), [Factor("unit", per.value, f"kWh/{per.text}")])
    return multiply(label, kwh, price, unit)
