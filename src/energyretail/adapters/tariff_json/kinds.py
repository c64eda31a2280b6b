"""The kinds of components in a tariff document: which fields each has, and what they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from energyretail.adapters.tariff_json.prices import PRICE, PRICES, RATE
from energyretail.adapters.tariff_json.unread import (
    names_alone,
    unread_block,
    unread_component,
    unread_step,
)
from energyretail.adapters.tariff_json.values import (
    DECIMAL,
    MONTH_DAY,
    OPEN_PERIOD,
    TEXT,
    Field,
    Json,
    Node,
    Sort,
    Unread,
    choice_of,
    count_of,
    list_of,
    map_of,
    members_of,
    object_of,
    range_of,
    readable_members_of,
    schema_of,
    tolerant,
)
from energyretail.domain import pricing
from energyretail.domain.shared import PowerUnit

__all__ = ["COMPONENT", "FIELDS", "POWER_UNIT", "words_of"]

Fields = Mapping[str, Field]


def words_of(*choices: type[Any]) -> dict[str, Any]:
    """Return the values of enumerations as the words for them."""
    return {str(each.value): each for kind in choices for each in kind}


_ENERGY_UNIT = choice_of({unit.text: unit for unit in pricing.EnergyUnit})
POWER_UNIT = choice_of(words_of(PowerUnit))
_POSITIVE = range_of(0)
_TEXTS = list_of(TEXT, some=True)
_NAMES = Field(list_of(TEXT), required=True)
_RATES = Field(map_of(tolerant(PRICES, lambda _: ())), required=True)


_COMMON: Final[Fields] = {
    "kind": Field(TEXT, required=True),
    "name": Field(TEXT, required=True),
    "tax_code": Field(TEXT, required=True),
    "label": Field(TEXT),
    "group": Field(TEXT),
    "valid": Field(OPEN_PERIOD),
    "by_use": Field(choice_of(words_of(pricing.ByUse))),
}
_ON_ENERGY: Final[Fields] = {
    "per": Field(_ENERGY_UNIT),
    "registers": Field(_TEXTS),
    "calendar": Field(TEXT),
    "bands": Field(_TEXTS),
}
_DAYS: Final[Fields] = {
    "apportioning": Field(choice_of(words_of(pricing.Apportioning))),
    "anchor_day": Field(count_of(1, 31)),
}
_PER_TIME: Final[Fields] = {"per": Field(choice_of(words_of(pricing.Per))), **_DAYS}
_PER_BILL: Final[Fields] = {"per": Field(choice_of(words_of(pricing.AmountPer))), **_DAYS}
_PRICED: Final[Fields] = {"price": Field(PRICES, required=True)}
_POWERED: Final[Fields] = {"unit": Field(POWER_UNIT, required=True), **_PER_TIME}
_INDEXED: Final[Fields] = {
    "index": Field(TEXT, required=True),
    "factor": Field(PRICES),
    "margin": Field(PRICES),
}
_BLOCK = object_of({"up_to": Field(DECIMAL), "price": Field(PRICES, required=True)}, pricing.Block)
_STEP = object_of(
    {"register": Field(TEXT, required=True), "price": Field(PRICES, required=True)},
    lambda register, price: (register, price),
)
_BLOCKS = Field(list_of(tolerant(_BLOCK, unread_block), some=True), required=True)
_STEPS = Field(list_of(tolerant(_STEP, unread_step), some=True), required=True)
_COS_PHI = object_of(
    {
        "cos_phi_below": Field(range_of(0, 1, above=True), required=True),
        "price": Field(PRICES, required=True),
    },
    pricing.CosPhiBand,
)

FIELDS: Final[Mapping[str, Fields]] = {
    "standing_charge": {
        **_PRICED,
        **_PER_TIME,
        "timing": Field(choice_of(words_of(pricing.Timing))),
    },
    "unit_rate": {**_PRICED, **_ON_ENERGY},
    "time_of_use": {
        "rates": _RATES,
        "per": Field(_ENERGY_UNIT),
        "calendar": Field(TEXT),
        "registers": Field(_TEXTS),
    },
    "blocks": {
        "steps": _BLOCKS,
        "method": Field(choice_of(words_of(pricing.BlockMethod))),
        "counted_over": Field(choice_of(words_of(pricing.CountedOver))),
        "year_starts": Field(MONTH_DAY),
        **_DAYS,
        **_ON_ENERGY,
    },
    "subscribed_power": {"rates": _RATES, **_POWERED},
    "stepped_power": {
        "steps": _STEPS,
        **_POWERED,
    },
    "demand": {
        **_PRICED,
        **_POWERED,
        "registers": Field(_TEXTS),
        "basis": Field(choice_of(words_of(pricing.DemandBasis))),
        "ratchet_percent": Field(_POSITIVE),
        "minimum": Field(_POSITIVE),
    },
    "overrun": {
        "rates": _RATES,
        **_POWERED,
        "tolerance_percent": Field(_POSITIVE),
        "multiplier": Field(_POSITIVE),
    },
    "reactive": {
        "bands": Field(list_of(_COS_PHI, some=True), required=True),
        "free_percent": Field(range_of(0, 100), required=True),
        "registers": Field(_TEXTS),
    },
    "index_linked": {**_INDEXED, **_ON_ENERGY},
    "spot": {**_INDEXED, **_ON_ENERGY},
    "pass_through": {},
    "levy": {**_PRICED, **_ON_ENERGY},
    "percentage_tax": {
        "bases": _NAMES,
        "rate": Field(RATE, required=True),
        "minimum": Field(PRICE),
        "minimum_per": Field(_ENERGY_UNIT),
    },
    "discount": {
        "bases": _NAMES,
        "percent": Field(RATE),
        "amount": Field(_POSITIVE),
        "months": Field(count_of(1, 1200)),
        "budget": Field(_POSITIVE),
        **_PER_BILL,
    },
    "minimum_charge": {"bases": _NAMES, "amount": Field(_POSITIVE, required=True), **_PER_BILL},
    "feed_in": {**_PRICED, **_ON_ENERGY, "limit_to": Field(_TEXTS)},
    "extra": {},
}
"""The fields of each kind in COMPONENTS, besides those that every component has."""

_WHERE: Final = {
    "pricing.blocks_open": "steps",
    "pricing.blocks_order": "steps",
    "pricing.base_missing": "bases",
}


def _component(node: Node) -> pricing.Component:
    if not isinstance(node.value, Mapping):
        raise node.fault("document.type", "an object is expected", value=node.value)
    kind = node.value.get("kind")
    if isinstance(kind, str) and kind not in FIELDS:
        raise node.at("kind", kind).fault(
            "pricing.component_kind", "no such kind of component", kind=kind
        )
    if not isinstance(kind, str):
        members_of(node, {name: Field(_ANY) for name in node.value} | {"kind": _COMMON["kind"]})
        raise Unread
    before, fields = len(node.faults), _fields_beside(node.value, kind)
    values = readable_members_of(node, fields)
    made = pricing.COMPONENTS[kind]
    values.pop("kind")
    if len(node.faults) > before:
        return unread_component(node, made, fields, values, _WHERE)
    return node.build(lambda: made(**values), _WHERE)


def _fields_beside(told: Mapping[str, object], kind: str) -> Fields:
    """Return the fields of a kind, without those that do nothing beside what is told."""
    fields = {**_COMMON, **FIELDS[kind]}
    idle: Iterable[str] = ()
    if kind == "discount" and "percent" in told and "amount" not in told:
        idle = _PER_BILL
    if kind == "time_of_use" and "calendar" not in told:
        idle = ("registers",)
    return {name: field for name, field in fields.items() if name not in idle}


_ANY: Sort[object] = Sort(lambda node: node.value, {})


def _schema() -> Json:
    kinds = []
    for kind, fields in FIELDS.items():
        whole = schema_of({**_COMMON, **fields})
        whole["properties"]["kind"] = {"const": kind}
        whole["title"] = kind
        kinds.append(whole)
    return {"oneOf": kinds}


COMPONENT = tolerant(Sort(_component, _schema()), names_alone)
"""A component; what stands for it where it cannot be read, once its faults are noted."""
