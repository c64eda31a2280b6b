"""Prices and rates in a document: a decimal that always holds, or dated versions."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from energyretail.adapters.tariff_json.values import (
    DAY,
    DECIMAL,
    TEXT,
    Field,
    Json,
    Node,
    Sort,
    Unread,
    list_of,
    members,
    range_of,
    readable_members_of,
    schema_of,
)
from energyretail.domain import pricing
from energyretail.domain.shared import Period

__all__ = ["DEFINITIONS", "PRICE", "PRICES", "RATE", "VERSIONS", "dated"]

_UNNAMED = "price"


def _version_fields(value: Sort[Decimal]) -> dict[str, Field]:
    return {
        "from": Field(DAY, required=True, to="start"),
        "to": Field(DAY, to="end"),
        "value": Field(value, required=True),
        "source": Field(TEXT),
    }


def _versions_of(value: Sort[Decimal]) -> Sort[tuple[pricing.Version | None, ...]]:
    """Return versions, None for those whose days cannot be read."""
    fields = _version_fields(value)

    def read(node: Node) -> pricing.Version | None:
        found = readable_members_of(node, fields)
        if "start" not in found or ("end" not in found and "to" in members(node)):
            return None
        with contextlib.suppress(Unread):
            days = node.build(lambda: Period(found["start"], found.get("end")))
            return pricing.Version(days, found.get("value", 0), found.get("source", ""))
        return None

    return list_of(Sort(read, schema_of(fields)), some=True)


def _fields_of(versions: Sort[tuple[pricing.Version | None, ...]]) -> dict[str, Field]:
    return {
        "name": Field(TEXT),
        "currency": Field(TEXT),
        "versions": Field(versions, required=True),
    }


VERSIONS = _versions_of(DECIMAL)
_FIELDS = _fields_of(VERSIONS)
_PERCENT = range_of(0, 100)
_FIELDS_OF_RATE = _fields_of(_versions_of(_PERCENT))


def _price(node: Node) -> pricing.DatedPrice:
    if isinstance(node.value, str):
        return pricing.always(_UNNAMED, DECIMAL.read(node), "")
    return dated(node, _FIELDS)


def dated(node: Node, fields: Mapping[str, Field]) -> pricing.DatedPrice:
    """Return a price of versions that neither overlap nor leave days out, in the one currency."""
    before = len(node.faults)
    found = readable_members_of(node, fields)
    stated = found.get("currency", node.currency)
    if node.currency and stated != node.currency:
        node.at("currency", stated).fault(
            "pricing.currency_mix", "a price is in another currency", currency=stated
        )
    name, versions = found.get("name", _UNNAMED), found.get("versions", ())
    _note_disorder(node.at("versions", None), name, versions)
    if len(node.faults) > before:
        raise Unread
    return pricing.DatedPrice(name, versions)


def _note_disorder(node: Node, name: str, versions: tuple[pricing.Version | None, ...]) -> None:
    """Note which versions share days or, where the days of all are known, leave some out."""
    if len(versions) < 2:
        return
    known = [(at, version) for at, version in enumerate(versions) if version is not None]
    faults = [*pricing.version_overlaps(name, (version for _, version in known))]
    if len(known) == len(versions):
        faults += pricing.version_gaps(name, (version for _, version in known))
    for at, error in faults:
        node.refused(error, known[at][0], "from")


def _prices(node: Node) -> tuple[pricing.DatedPrice, ...]:
    if isinstance(node.value, (list, tuple)):
        return list_of(PRICE, some=True).read(node)
    return (PRICE.read(node),)


def _rate(node: Node) -> pricing.DatedPrice:
    if isinstance(node.value, str):
        return pricing.always(_UNNAMED, _PERCENT.read(node), "")
    return dated(node, _FIELDS_OF_RATE)


_REFERENCE: Final[Json] = {"$ref": "#/$defs/price"}
PRICE = Sort(_price, _REFERENCE)
RATE = Sort(_rate, _REFERENCE)
PRICES = Sort(
    _prices, {"anyOf": [_REFERENCE, {"type": "array", "items": _REFERENCE, "minItems": 1}]}
)
DEFINITIONS: Final[Json] = {"price": {"anyOf": [DECIMAL.schema, schema_of(_FIELDS)]}}
