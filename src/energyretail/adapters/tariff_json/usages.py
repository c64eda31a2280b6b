"""What was used, and what a bill depends on besides, in a document."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from energyretail.adapters.tariff_json.faults import Path
from energyretail.adapters.tariff_json.kinds import POWER_UNIT, words_of
from energyretail.adapters.tariff_json.prices import PRICE, VERSIONS, dated
from energyretail.adapters.tariff_json.values import (
    DAY,
    DECIMAL,
    INSTANT,
    MONTH,
    TEXT,
    Field,
    Node,
    Sort,
    Unread,
    choice_of,
    count_of,
    list_of,
    members_of,
    nullable,
    object_of,
    range_of,
    readable_members_of,
    schema_of,
)
from energyretail.domain import pricing
from energyretail.domain.shared import Energy, MarketTime, Period, Power, PowerUnit

__all__ = [
    "CARRIED_OVER", "INDICES", "USAGE_FIELDS", "Placed", "intervals_of", "note_twice",
    "note_twice_told", "usage_of",
]  # fmt: skip

_SPAN: Final = {
    "register": Field(TEXT, required=True),
    "from": Field(DAY, required=True, to="start"),
    "to": Field(DAY, required=True, to="end"),
}
_READ: Final = {
    "quality": Field(choice_of(words_of(pricing.Quality))),
    "flow": Field(choice_of(words_of(pricing.Flow))),
    "readings": Field(list_of(TEXT)),
}


def _register_use(
    register: str, start: date, end: date, kwh: Decimal, **read: Any
) -> pricing.RegisterUse:
    return pricing.RegisterUse(register, Period(start, end), Energy(kwh), **read)


def _reactive(register: str, start: date, end: date, kvarh: Decimal) -> pricing.ReactiveUse:
    return pricing.ReactiveUse(register, Period(start, end), kvarh)


def _power(
    register: str,
    value: Decimal,
    unit: PowerUnit,
    start: date = date.min,
    end: date | None = None,
) -> pricing.Subscribed:
    return pricing.Subscribed(register, Power(value, unit), Period(start, end))


def _peak(register: str, month: date, value: Decimal, unit: PowerUnit) -> pricing.Peak:
    return pricing.Peak(register, month, Power(value, unit))


def _passed_on(start: date, end: date, **rest: Any) -> pricing.PassedOnLine:
    return pricing.PassedOnLine(period=Period(start, end), **rest)


def _profile(name: str, start: date, weights: tuple[Decimal, ...]) -> pricing.Profile:
    return pricing.Profile(name, start, weights)


def _conversion(
    name: str,
    calorific_value: pricing.DatedPrice,
    unit: bool,
    m3_per_unit: Decimal = Decimal(1),
    correction: pricing.DatedPrice | None = None,
    source: str = "",
) -> pricing.Conversion:
    given = {} if correction is None else {"correction": correction}
    return pricing.Conversion(
        name, calorific_value, unit, m3_per_unit=m3_per_unit, source=source, **given
    )


def _raw(**fields: Any) -> dict[str, Any]:
    return fields


_INTERVALS: Final = {
    "register": Field(TEXT, required=True),
    "start": Field(INSTANT, required=True),
    "minutes": Field(count_of(5, 60, 5, 10, 15, 30, 60), required=True),
    "kwh": Field(list_of(nullable(DECIMAL), some=True), required=True),
    "quality": _READ["quality"],
    "flow": _READ["flow"],
    "source": Field(TEXT),
}
_VOLUME: Final = {
    **_SPAN,
    "volume": Field(DECIMAL, required=True),
    "conversion": Field(TEXT, required=True),
    "quality": _READ["quality"],
    "readings": _READ["readings"],
}
USAGE_FIELDS: Final[Mapping[str, Field]] = {
    "registers": Field(
        list_of(object_of({**_SPAN, "kwh": Field(DECIMAL, required=True), **_READ}, _register_use))
    ),
    "intervals": Field(list_of(object_of(_INTERVALS, _raw))),
    "volumes": Field(list_of(object_of(_VOLUME, _raw))),
    "conversions": Field(
        list_of(
            object_of(
                {
                    "name": Field(TEXT, required=True),
                    "m3_per_unit": Field(range_of(0, above=True)),
                    "correction": Field(PRICE),
                    "calorific_value": Field(PRICE, required=True),
                    "unit": Field(choice_of({"MJ/m3": True, "kWh/m3": False}), required=True),
                    "source": Field(TEXT),
                },
                _conversion,
            )
        )
    ),
    "reactive": Field(
        list_of(object_of({**_SPAN, "kvarh": Field(DECIMAL, required=True)}, _reactive))
    ),
    "powers": Field(
        list_of(
            object_of(
                {
                    "register": Field(TEXT, required=True),
                    "value": Field(DECIMAL, required=True),
                    "unit": Field(POWER_UNIT, required=True),
                    "from": Field(DAY, to="start"),
                    "to": Field(DAY, to="end"),
                },
                _power,
            )
        )
    ),
    "peaks": Field(
        list_of(
            object_of(
                {
                    "register": Field(TEXT, required=True),
                    "month": Field(MONTH, required=True),
                    "value": Field(DECIMAL, required=True),
                    "unit": Field(POWER_UNIT, required=True),
                },
                _peak,
            )
        )
    ),
    "passed_on": Field(
        list_of(
            object_of(
                {
                    "component": Field(TEXT, required=True),
                    "label": Field(TEXT, required=True),
                    "from": Field(DAY, required=True, to="start"),
                    "to": Field(DAY, required=True, to="end"),
                    "amount": Field(DECIMAL, required=True),
                    "source": Field(TEXT),
                },
                _passed_on,
            )
        )
    ),
    "extras": Field(
        list_of(
            object_of(
                {
                    "component": Field(TEXT, required=True),
                    "label": Field(TEXT, required=True),
                    "quantity": Field(DECIMAL, required=True),
                    "price": Field(DECIMAL, required=True),
                    "unit": Field(TEXT),
                    "on": Field(DAY),
                },
                pricing.ExtraItem,
            )
        )
    ),
    "profile": Field(
        object_of(
            {
                "name": Field(TEXT, required=True),
                "from": Field(DAY, required=True, to="start"),
                "weights": Field(list_of(range_of(0), some=True), required=True),
            },
            _profile,
        )
    ),
}


_AS_THEY_ARE: Final = ("powers", "peaks", "reactive", "passed_on", "extras", "profile")


def usage_of(node: Node, zone: MarketTime) -> pricing.Usage:
    """Read what was used; intervals belong to the local days of `zone`."""
    before = len(node.faults)
    found = readable_members_of(node, USAGE_FIELDS)
    uses: tuple[Placed, ...] = (
        *((("registers", at), use) for at, use in enumerate(found.get("registers", ()))),
        *intervals_of(node, found, zone),
        *_volumes(node, found),
    )
    rest: dict[str, Any] = {name: found[name] for name in _AS_THEY_ARE if name in found}
    note_twice_told(node, uses, rest)
    if len(node.faults) > before:
        raise Unread
    return node.build(lambda: pricing.Usage(tuple(use for _, use in uses), **rest))


Placed = tuple[Path, pricing.Use]
"""A use and where in the usage it stands."""


def intervals_of(node: Node, found: Mapping[str, Any], zone: MarketTime) -> Iterator[Placed]:
    """Yield the intervals among what was found, noting the faults of those that are none."""
    for at, each in enumerate(found.get("intervals", ())):
        with contextlib.suppress(Unread):
            entry = node.at("intervals", each).at(at, each)
            use = entry.build(partial(pricing.IntervalUse, zone=zone, **each))
            yield ("intervals", at), use


def _volumes(node: Node, found: Mapping[str, Any]) -> Iterator[Placed]:
    given = found.get("conversions", ())
    note_twice(node, "conversions", [conversion.name for conversion in given])
    conversions = {conversion.name: conversion for conversion in given}
    for at, each in enumerate(found.get("volumes", ())):
        entry = node.at("volumes", None).at(at, each)
        if each["conversion"] not in conversions:
            if "conversions" in found or not _has(node, "conversions"):
                entry.at("conversion", None).fault(
                    "pricing.conversion_unknown", "no such conversion", name=each["conversion"]
                )
            continue
        fields = {**each, "conversion": conversions[each["conversion"]]}
        period = Period(fields.pop("start"), fields.pop("end"))
        yield ("volumes", at), pricing.VolumeUse(period=period, **fields)


def _has(node: Node, name: str) -> bool:
    return isinstance(node.value, Mapping) and name in node.value


def note_twice(node: Node, member: str, names: Iterable[str]) -> None:
    """Note every entry of a list whose name one before it has."""
    before: set[str] = set()
    for at, name in enumerate(names):
        if name in before:
            node.at(member, None).at(at, None).at("name", None).fault(
                "pricing.name_twice", f"two {member} of one name", name=name
            )
        before.add(name)


def note_twice_told(node: Node, uses: tuple[Placed, ...], rest: Mapping[str, Any]) -> None:
    """Note uses, powers and peaks that are told twice, at the later of the two."""
    lists = {name: rest[name] for name in ("powers", "peaks", "reactive") if name in rest}
    for name, at, error in pricing.usage_faults([use for _, use in uses], **lists):
        node.refused(error, *(uses[at][0] if name == "uses" else (name, at)))


_COUNTER = object_of(
    {
        "component": Field(TEXT, required=True),
        "since": Field(DAY, required=True),
        "kwh": Field(DECIMAL, required=True),
    },
    pricing.Counter,
)
_GIVEN = object_of(
    {"component": Field(TEXT, required=True), "amount": Field(range_of(0), required=True)},
    pricing.DiscountGiven,
)
CARRIED_OVER = object_of(
    {"counters": Field(list_of(_COUNTER)), "discounts": Field(list_of(_GIVEN))},
    pricing.CarriedOver,
)
_DATED_INDEX: Final = {
    "name": Field(TEXT, required=True),
    "currency": Field(TEXT),
    "versions": Field(VERSIONS, required=True),
}
_INTERVAL_INDEX: Final = {
    "name": Field(TEXT, required=True),
    "start": Field(INSTANT, required=True),
    "minutes": Field(count_of(5, 1440), required=True),
    "values": Field(list_of(nullable(DECIMAL), some=True), required=True),
    "source": Field(TEXT),
}


def _index(node: Node) -> pricing.DatedPrice | pricing.IntervalIndex:
    if isinstance(node.value, Mapping) and "versions" in node.value:
        return dated(node, _DATED_INDEX)
    values = members_of(node, _INTERVAL_INDEX)
    return node.build(lambda: pricing.IntervalIndex(**values))


INDICES = list_of(Sort(_index, {"anyOf": [schema_of(_DATED_INDEX), schema_of(_INTERVAL_INDEX)]}))
