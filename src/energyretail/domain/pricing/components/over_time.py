"""The line of a price that runs with the days, shared by the kinds that bill time."""

from __future__ import annotations

from decimal import Decimal

from energyretail.domain.pricing.apportioning import Per, time_share
from energyretail.domain.pricing.components.component import Component, Draft, Piece
from energyretail.domain.pricing.dated import DatedPrice, price_derivation, price_on
from energyretail.domain.pricing.derivation import Factor, multiply, product
from energyretail.domain.shared import Power

__all__ = ["draft_over_time"]


def draft_over_time(
    component: Component,
    piece: Piece,
    label: str,
    prices: tuple[DatedPrice, ...],
    per: Per,
    power: Power | None = None,
) -> Draft:
    """Return (power x) price x days of the piece as a share of `per`; quantity is days or power."""
    day = piece.period.start
    what = "" if power is None else f"{power.unit.value}·"
    price_unit = f"{piece.currency}/{what}{per.value}"
    terms = [
        price_derivation(prices, day, price_unit),
        time_share(piece.period, per, piece.apportioning),
    ]
    if power is not None:
        terms.insert(0, product("power", [Factor("power", power.value, power.unit.value)]))
    return Draft(
        component=component.name,
        label=label,
        group=component.group,
        tax_code=component.tax_code,
        period=piece.period,
        quantity=Decimal(piece.period.days) if power is None else power.value,
        unit="days" if power is None else power.unit.value,
        price=price_on(prices, day),
        price_unit=price_unit,
        estimated=False,
        derivation=multiply(label, *terms),
    )
