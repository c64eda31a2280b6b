"""The line of a price that runs with the energy, shared by the kinds that bill energy."""

from __future__ import annotations

from collections.abc import Iterable

from energyretail.domain.pricing.components.component import (
    Component,
    Draft,
    EnergyUnit,
    Piece,
    shown,
)
from energyretail.domain.pricing.dated import DatedPrice, price_derivation, price_on
from energyretail.domain.pricing.derivation import Derivation, Factor, multiply, product
from energyretail.domain.pricing.metered import metered

__all__ = ["draft_over_energy", "energy_amount"]


def draft_over_energy(
    component: Component,
    piece: Piece,
    label: str,
    prices: tuple[DatedPrice, ...],
    per: EnergyUnit,
    registers: Iterable[str],
) -> Draft:
    """Return energy of `registers` in the piece x price."""
    use = metered(piece.usage, registers, piece.period)
    unit = f"{piece.currency}/{per.text}"
    price = price_derivation(prices, piece.period.start, unit)
    return Draft(
        component=component.name,
        label=label,
        group=component.group,
        tax_code=component.tax_code,
        period=piece.period,
        quantity=shown(use.kwh),
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
