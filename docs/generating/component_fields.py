"""The fields of a component in a tariff document, said in words: sort, default and meaning."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from energyretail.adapters.tariff_json.kinds import COMPONENT, FIELDS
from energyretail.domain import pricing

__all__ = ["own_rows"]

Json = Mapping[str, Any]

_MEANS: Final[Mapping[str, str]] = {
    "amount": "what it is held against its bases, in the tariff's currency",
    "anchor_day": "day of the month on which a month begins, with `days_in_month`",
    "apportioning": "how many days a month or year has",
    "bands": "only these bands of `calendar`",
    "bases": "the components it is computed on",
    "basis": "whether the peaks of the eleven months before count too",
    "budget": "at most so much in all, over all bills",
    "calendar": "the calendar whose bands choose the hours",
    "counted_over": "which energy fills the blocks",
    "factor": "what the index is multiplied by",
    "free_percent": "kvarh that are free, in percent of the kWh",
    "index": "the name of one of the request's `indices`",
    "limit_to": "the credit is at most the sum of the lines of these components",
    "margin": "what is added to the index x factor",
    "method": "each part of the energy at its block's price, or all at that of the last reached",
    "minimum": "the least",
    "minimum_per": "the unit of energy the minimum is quoted in",
    "months": "only in the first so many months of the contract",
    "multiplier": "how many times the excess is charged",
    "per": "what the price is quoted for",
    "percent": "percent of the bases, from 0 to 100",
    "price": "the price per unit; several add up",
    "rate": "the rate in percent, from 0 to 100",
    "ratchet_percent": "how much of the highest of those eleven peaks is billed at least",
    "rates": "the prices by name",
    "registers": "only these registers",
    "steps": "its steps, in order",
    "timing": "whether the billed days are charged, or those of the request's `advance`",
    "tolerance_percent": "how far above the subscribed power is free, in percent of it",
    "unit": "the unit of the power; kW and kVA are never converted into each other",
    "year_starts": "first day of a tax year",
}
_MEANS_THERE: Final[Mapping[tuple[str, str], str]] = {
    ("blocks", "steps"): "the blocks: thresholds in kWh that rise, the last without one",
    ("demand", "minimum"): "the least power that is billed",
    ("discount", "amount"): "what is taken off; this or `percent`",
    ("discount", "per"): "what the amount is for",
    ("discount", "percent"): "percent of the bases, 0 to 100; this or `amount`",
    ("minimum_charge", "amount"): "what the bases come to at least",
    ("minimum_charge", "per"): "what the amount is for",
    ("overrun", "rates"): "the prices by register",
    ("percentage_tax", "minimum"): "the least tax per unit of energy",
    ("reactive", "bands"): "prices per kvarh by power factor; the lowest that holds is taken",
    ("reactive", "registers"): "only these registers",
    ("stepped_power", "steps"): "the registers in rising order of power, each with its price",
    ("subscribed_power", "rates"): "the prices by register",
    ("time_of_use", "calendar"): "the calendar whose bands `rates` names; without it registers",
    ("time_of_use", "rates"): "the prices by band, or by register",
    ("time_of_use", "registers"): "whose hours they are, with `calendar`",
}
_UNSAID: Final[Mapping[str, str]] = {
    "apportioning": "the tariff's",
    "bands": "all hours",
    "calendar": "none",
    "registers": "all that it is for",
}


def own_rows(kind: str) -> Iterator[str]:
    """Yield a row for each field of the kind's own: name, sort, unless given, meaning."""
    whole = next(each for each in COMPONENT.schema["oneOf"] if each["title"] == kind)
    defaults = {f.name: f.default for f in attrs.fields(pricing.COMPONENTS[kind])}
    for name, field in FIELDS[kind].items():
        unless = "required" if field.required else _default(name, defaults[field.to or name])
        means = _MEANS_THERE.get((kind, name)) or _MEANS[name]
        yield f"| `{name}` | {_sort(whole['properties'][name])} | {unless} | {means} |"


def _default(name: str, value: Any) -> str:
    if value in (None, "", ()):
        return _UNSAID.get(name, "none")
    if isinstance(value, pricing.EnergyUnit):
        return f'`"{value.text}"`'
    if isinstance(value, enum.Enum):
        return f'`"{value.value}"`'
    if isinstance(value, tuple) and isinstance(value[0], pricing.DatedPrice):
        return f'`"{value[0].versions[0].value:f}"`'
    if name == "year_starts":
        return f'`"{value[0]:02}-{value[1]:02}"`'
    return f"`{value}`" if isinstance(value, int) else f'`"{value:f}"`'


def _sort(schema: Json) -> str:
    if "enum" in schema:
        *most, last = (f'`"{word}"`' for word in schema["enum"])
        return f"{', '.join(most)} or {last}"
    if "$ref" in schema:
        return "price"
    if "anyOf" in schema:
        return "price, or list of prices that add up"
    return _SORTS[schema["type"]](schema)


def _string(schema: Json) -> str:
    if "minLength" in schema:
        return "text"
    if "[0-9]{1,18}" not in schema["pattern"]:
        return 'month and day, `"MM-DD"`'
    bounds = schema.get("description")
    return f"decimal, {bounds}" if bounds else "decimal"


def _array(schema: Json) -> str:
    items = _sort(schema["items"])
    return "list of texts" if items == "text" else f"list of {items}"


def _object(schema: Json) -> str:
    if "properties" not in schema:
        return f"object: a name, and for it a {_sort(schema['additionalProperties'])}"
    required = schema.get("required", ())
    told = [
        f"`{name}` ({_sort(each)}{'' if name in required else '; may be missing'})"
        for name, each in schema["properties"].items()
    ]
    return f"objects: {', '.join(told)}"


_SORTS: Final = {
    "string": _string,
    "integer": lambda schema: f"whole number, {schema['minimum']} to {schema['maximum']}",
    "array": _array,
    "object": _object,
}
