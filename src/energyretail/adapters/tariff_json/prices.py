"""Prices and rates in a document: a decimal that always holds, or dated versions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from energyretail.adapters.tariff_json.values import (
    DAY,
    DECIMAL,
    TEXT,
    Field,
    Json,
    Node,
    Sort,
    list_of,
    members_of,
    object_of,
    schema_of,
)
from energyretail.domain import pricing
from energyretail.domain.shared import Period

__all__ = ["DEFINITIONS", "PRICE", "PRICES", "RATE", "VERSIONS", "dated"]

_UNNAMED = "price"


def _version(
    start: date, value: Decimal, end: date | None = None, source: str = ""
) -> pricing.Version:
    return pricing.Version(Period(start, end), value, source)


VERSIONS = list_of(
    object_of(
        {
            "from": Field(DAY, required=True, to="start"),
            "to": Field(DAY, to="end"),
            "value": Field(DECIMAL, required=True),
            "source": Field(TEXT),
        },
        _version,
    ),
    some=True,
)
_FIELDS = {
    "name": Field(TEXT),
    "currency": Field(TEXT),
    "versions": Field(VERSIONS, required=True),
}


def _price(node: Node) -> pricing.DatedPrice:
    if isinstance(node.value, str):
        return pricing.always(_UNNAMED, DECIMAL.read(node), "")
    values = members_of(node, _FIELDS)
    stated = values.get("currency", node.currency)
    if node.currency and stated != node.currency:
        raise node.at("currency", stated).fault(
            "pricing.currency_mix", "a price is in another currency", currency=stated
        )
    return dated(node, values.get("name", _UNNAMED), values["versions"])


def dated(node: Node, name: str, versions: tuple[pricing.Version, ...]) -> pricing.DatedPrice:
    """Return a price of versions that neither overlap nor leave days out."""
    where = {"pricing.version_overlap": "versions"}
    price = node.build(lambda: pricing.DatedPrice(name, versions), where)
    for before, after in pairwise(price.versions):
        if before.period.until < after.period.start:
            raise node.at("versions", None).fault(
                "pricing.version_gap",
                "versions leave out days",
                after=before.period,
                until=after.period.start,
            )
    return price


def _prices(node: Node) -> tuple[pricing.DatedPrice, ...]:
    if isinstance(node.value, (list, tuple)):
        return list_of(PRICE, some=True).read(node)
    return (PRICE.read(node),)


def _rate(node: Node) -> pricing.DatedPrice:
    rate = PRICE.read(node)
    for version in rate.versions:
        if not 0 <= version.value <= 100:
            raise node.fault("document.range", "a rate is 0 to 100 %", value=version.value)
    return rate


_REFERENCE: Final[Json] = {"$ref": "#/$defs/price"}
PRICE = Sort(_price, _REFERENCE)
RATE = Sort(_rate, _REFERENCE)
PRICES = Sort(
    _prices, {"anyOf": [_REFERENCE, {"type": "array", "items": _REFERENCE, "minItems": 1}]}
)
DEFINITIONS: Final[Json] = {"price": {"anyOf": [DECIMAL.schema, schema_of(_FIELDS)]}}
