"""Where in a request a fault of its rating lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from energyretail.adapters.tariff_json.faults import Path
from energyretail.adapters.tariff_json.measured import place_of_gap, place_of_interval, place_of_use
from energyretail.domain import pricing
from energyretail.domain.shared import Invalid

__all__ = ["places_of"]

Document = Mapping[str, Any]


def places_of(
    document: Document, usage: pricing.Usage, component: str, error: Invalid
) -> tuple[Path, ...]:
    """Return the paths of the places that a fault is best mended at.

    The entry of the usage, the price, register, item, index or counter it is about, else the
    component that met it; the taxes of the tariff where it is a rate of VAT. Several where prices
    of one name all lack a day.
    """
    code = error.code.removeprefix("pricing.")
    if code in _OF_USAGE:
        return (("usage", *_OF_USAGE[code](document.get("usage", {}), usage, error)),)
    if code in _FIXED:
        return (_FIXED[code],)
    if code.startswith("item_"):
        return (_item(document, error),)
    if code.startswith("carried_"):
        return (_carried(document, error),)
    if index := _fact(error, "index"):
        return (_index(document, index, component, error),)
    if not component:
        return (("tariff", "taxes"),)
    at, told = _component(document, component)
    below = _IN_COMPONENT.get(code, _itself)(told, error)
    return tuple((*at, *steps) for steps in below) or (at,)


def _fact(error: Invalid, name: str) -> str:
    return error.facts.get(name, "")


_FIXED: Final[Mapping[str, Path]] = {
    "usage_missing": ("usage",),
    "profile_missing": ("usage", "profile"),
    "invoice_date_missing": ("invoiced_on",),
    "since_late": ("contract", "since"),
    "advance_days": ("advance",),
}


def _register(told: Document, usage: pricing.Usage, error: Invalid) -> Path:
    uses = usage.of(_fact(error, "register"))
    return place_of_use(told, uses[0])[:1]


def _reactive(_: Document, __: pricing.Usage, ___: Invalid) -> Path:
    return ("reactive",)


def _power(told: Document, _: pricing.Usage, error: Invalid) -> Path:
    """Return the power, or the peak of a month, that is in another unit."""
    name = "peaks" if "month" in error.facts else "powers"
    wanted = (_fact(error, "register"), _fact(error, "month"), _fact(error, "power"))
    for at, each in enumerate(told[name]):
        power = f"{each['value']} {each['unit']}"
        if (each["register"], each.get("month", ""), power) == wanted:
            return (name, at)
    return (name,)


_OF_USAGE: Final[Mapping[str, Callable[[Document, pricing.Usage, Invalid], Path]]] = {
    "usage_gap": place_of_gap,
    "interval_missing": place_of_interval,
    "register_unpriced": _register,
    "reactive_unpriced": _reactive,
    "power_unit": _power,
}


def _component(document: Document, name: str) -> tuple[Path, Document]:
    components = document["tariff"]["components"]
    at = [each["name"] for each in components].index(name)
    return ("tariff", "components", at), components[at]


def _itself(_: Document, __: Invalid) -> Iterator[Path]:
    return iter(())


def _named_register(component: Document, error: Invalid) -> Iterator[Path]:
    """Yield where a component names the register that something lacks for."""
    register = _fact(error, "register")
    if register in component.get("rates", ()):
        yield ("rates", register)
    for at, step in enumerate(component.get("steps", ())):
        if step.get("register") == register:
            yield ("steps", at, "register")
    if register in component.get("registers", ()):
        yield ("registers", component["registers"].index(register))


def _late_prices(component: Document, error: Invalid) -> Iterator[Path]:
    """Yield the prices of a name that have no version from a day until the one that is told."""
    wanted = (_fact(error, "price"), _fact(error, "until"))
    day = _fact(error, "day")
    for path, price in _prices_in(component, ()):
        versions = price["versions"]
        in_force = any(v["from"] <= day < v.get("to", "9999") for v in versions)
        until = min((v["from"] for v in versions if v["from"] > day), default="")
        if not in_force and (price.get("name", "price"), until) == wanted:
            yield path


def _prices_in(value: object, path: Path) -> Iterator[tuple[Path, Document]]:
    if isinstance(value, Mapping):
        if "versions" in value:
            yield path, value
        for name, each in value.items():
            yield from _prices_in(each, (*path, name))
    elif isinstance(value, (list, tuple)):
        for at, each in enumerate(value):
            yield from _prices_in(each, (*path, at))


_IN_COMPONENT: Final[Mapping[str, Callable[[Document, Invalid], Iterator[Path]]]] = {
    "power_missing": _named_register,
    "peak_missing": _named_register,
    "version_gap": _late_prices,
}


def _index(document: Document, name: str, component: str, error: Invalid) -> Path:
    indices = document.get("indices", ())
    names = [each["name"] for each in indices]
    if name not in names:
        return _component(document, component)[0]
    at = names.index(name)
    place = _hour(indices[at], _fact(error, "at"))
    return ("indices", at, *(() if place is None else ("values", place)))


def _hour(index: Document, at: str) -> int | None:
    """Return the place of the value of an index by interval at an instant, if it has one."""
    if "values" not in index or not at:
        return None
    since = datetime.fromisoformat(at) - datetime.fromisoformat(index["start"]).astimezone(UTC)
    place = since // timedelta(minutes=index["minutes"])
    return place if 0 <= place < len(index["values"]) else None


def _carried(document: Document, error: Invalid) -> Path:
    sort = "counters" if "since" in error.facts else "discounts"
    wanted = (_fact(error, "carried"), _fact(error, "since"))
    told = [(each["component"], each.get("since", "")) for each in document["carried_over"][sort]]
    # Of a year that is told twice the later is the fault.
    return ("carried_over", sort, len(told) - 1 - told[::-1].index(wanted))


def _item(document: Document, error: Invalid) -> Path:
    wanted = (_fact(error, "component"), _fact(error, "label"))
    for name in ("passed_on", "extras"):
        for at, item in enumerate(document["usage"].get(name, ())):
            if (item["component"], item["label"]) == wanted:
                return ("usage", name, at)
    return ("usage",)
