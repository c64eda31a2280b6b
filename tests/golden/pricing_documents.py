"""Reads the tariffs, usages and cases of the golden bills from JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from energyretail.domain import markets, pricing
from energyretail.domain.shared import (
    Energy,
    Period,
    Power,
    PowerUnit,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

__all__ = ["period_of", "policy_of", "tariff_of", "usage_of"]

Document = Mapping[str, Any]


def period_of(document: Document) -> Period:
    """Return a period from ``{"from": first day, "to": day after the last, or absent}``."""
    end = document.get("to")
    start = date.fromisoformat(document["from"])
    return Period(start, None if end is None else date.fromisoformat(end))


def policy_of(document: Document) -> RoundingPolicy:
    """Return a policy from ``{"scope", "mode", "decimals"}``."""
    rounding = Rounding(RoundingMode[document["mode"]], document.get("decimals", 2))
    return RoundingPolicy(RoundingScope[document["scope"]], rounding)


def tariff_of(document: Document, policy: RoundingPolicy) -> pricing.Tariff:
    """Return a market's product (``{"market", "product"}``) or the tariff written out."""
    if "market" in document:
        product = markets.PROFILES[document["market"]].tariff(document["product"])
        return attrs.evolve(product, rounding=policy)
    return pricing.Tariff(
        code=document["code"],
        name=document["name"],
        currency=document["currency"],
        components=tuple(_component(each) for each in document["components"]),
        taxes=tuple(_vat(each) for each in document.get("taxes", ())),
        rounding=policy,
        prices=pricing.Prices(document.get("prices", "net")),
        apportioning=pricing.Apportioning(document.get("apportioning", "days_365")),
    )


def usage_of(document: Document) -> pricing.Usage:
    """Return uses ``{"register", "from", "to", "kwh", "quality"}`` and ``powers`` by register."""
    powers = document.get("powers", {})
    return pricing.Usage(
        tuple(_use(each) for each in document.get("uses", ())),
        tuple((name, Power(p["value"], PowerUnit(p["unit"]))) for name, p in powers.items()),
    )


def _use(document: Document) -> pricing.RegisterUse:
    return pricing.RegisterUse(
        document["register"],
        period_of(document),
        Energy(document["kwh"]),
        pricing.Quality(document.get("quality", "actual")),
        tuple(document.get("readings", ())),
    )


def _vat(document: Document) -> pricing.Vat:
    return pricing.Vat(document["code"], document["name"], _price(document["rate"]))


def _price(document: Document) -> pricing.DatedPrice:
    versions = (
        pricing.Version(period_of(each), Decimal(each["value"]), each["source"])
        for each in document["versions"]
    )
    return pricing.DatedPrice(document["name"], tuple(versions))


def _prices(documents: list[Document]) -> tuple[pricing.DatedPrice, ...]:
    return tuple(_price(each) for each in documents)


_READ = {
    "prices": _prices,
    "rates": lambda rates: tuple((register, _prices(each)) for register, each in rates.items()),
    "rate": _price,
    "minimum": _price,
    "bases": tuple,
}


def _component(document: Document) -> pricing.Component:
    kind = document["kind"]
    enums = {"per": pricing.Per if kind == "fixed_amount" else pricing.EnergyUnit}
    enums |= {"minimum_per": pricing.EnergyUnit, "unit": PowerUnit}
    fields = {name: value for name, value in document.items() if name != "kind"}
    for name, value in fields.items():
        if name in _READ:
            fields[name] = _READ[name](value)
        elif name in enums:
            fields[name] = enums[name][value.upper()]
    component: pricing.Component = pricing.COMPONENTS[kind](**fields)
    return component
