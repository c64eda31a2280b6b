"""Where in a request a fault of its rating lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from energyretail.adapters.tariff_json.faults import pointer_of
from energyretail.adapters.tariff_json.usages import list_holding
from energyretail.domain.shared import Invalid

__all__ = ["place_of"]

_OF_REGISTERS: Final = frozenset(
    {"pricing.usage_gap", "pricing.register_unpriced", "pricing.interval_missing"}
)
_FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "pricing.usage_missing": ("usage",),
    "pricing.profile_missing": ("usage", "profile"),
    "pricing.power_unit": ("usage", "powers"),
    "pricing.invoice_date_missing": ("invoiced_on",),
    "pricing.reactive_unpriced": ("usage", "reactive"),
    "pricing.since_late": ("contract", "since"),
    "pricing.advance_days": ("advance",),
}


def place_of(document: Mapping[str, Any], component: str, error: Invalid) -> str:
    """Return the JSON pointer of the place that a fault is best mended at.

    The list of the usage that measures a register, the item, index or counter it is about, else
    the component that met it; the taxes of the tariff where it is a rate of VAT.
    """
    if error.code in _OF_REGISTERS:
        return pointer_of(("usage", list_holding(document.get("usage"), _fact(error, "register"))))
    if error.code in _FIXED:
        return pointer_of(_FIXED[error.code])
    if error.code.startswith("pricing.item_"):
        return _item(document, error)
    if error.code.startswith("pricing.carried_"):
        return _carried(document, error)
    if index := _fact(error, "index"):
        return _index(document, index, component)
    if component:
        return _component(document, component)
    return pointer_of(("tariff", "taxes"))


def _fact(error: Invalid, name: str) -> str:
    return error.facts.get(name, "")


def _component(document: Mapping[str, Any], name: str) -> str:
    names = [each["name"] for each in document["tariff"]["components"]]
    return pointer_of(("tariff", "components", names.index(name)))


def _index(document: Mapping[str, Any], name: str, component: str) -> str:
    names = [each["name"] for each in document.get("indices", ())]
    if name not in names:
        return _component(document, component)
    return pointer_of(("indices", names.index(name)))


def _carried(document: Mapping[str, Any], error: Invalid) -> str:
    sort = "counters" if "since" in error.facts else "discounts"
    wanted = (_fact(error, "carried"), _fact(error, "since"))
    told = [(each["component"], each.get("since", "")) for each in document["carried_over"][sort]]
    # Of a year that is told twice the later is the fault.
    return pointer_of(("carried_over", sort, len(told) - 1 - told[::-1].index(wanted)))


def _item(document: Mapping[str, Any], error: Invalid) -> str:
    wanted = (_fact(error, "component"), _fact(error, "label"))
    for name in ("passed_on", "extras"):
        for at, item in enumerate(document["usage"].get(name, ())):
            if (item["component"], item["label"]) == wanted:
                return pointer_of(("usage", name, at))
    return pointer_of(("usage",))
