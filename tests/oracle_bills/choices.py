"""Random components of a tariff, written to fit a scene."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from oracle_bills.choices_on_top import (
    APPORTIONINGS,
    MAKERS_ON_TOP,
    ON_BILL,
    ON_TOP,
    Component,
    by_time,
)
from oracle_bills.days import counter_begin, cut, day_of, year_start
from oracle_bills.dice import decimal, odds, pick, some, versions
from oracle_bills.scenes import Scene

__all__ = ["add_components", "add_items"]

DAY = timedelta(days=1)


def add_components(scene: Scene, request: dict[str, Any]) -> None:
    """Write components: some that price all that was used, some beside, some on top of them."""
    dice, chosen = scene.dice, []
    if scene.imports:
        covers = ["unit_rate", "blocks", "time_of_use", "index_linked"]
        if scene.shape == "intervals":
            covers = ["unit_rate", "time_of_use", "spot", "spot", "index_linked", "blocks"]
        chosen.append((pick(dice, scene.of_kinds(covers)), True))
    chosen += [(pick(dice, _beside(scene)), False) for _ in range(dice.randint(0, 3))]
    if not chosen:
        chosen.append(("standing_charge", False))
    if scene.exports:
        chosen.append(("feed_in", True))
    chosen += [(pick(dice, ON_TOP), False) for _ in range(pick(dice, (0, 0, 0, 1, 1, 2, 3)))]
    # What counts by the bill comes last: nothing by the part may rest on it.
    chosen.sort(key=lambda one: one[0] in ON_BILL)
    components: list[Component] = request["tariff"]["components"]
    inclusive = "prices" in request["tariff"]
    for kind, cover in chosen:
        if kind == "percentage_tax" and inclusive:
            kind = "levy" if scene.imports else "standing_charge"
        component = _common(scene, request, kind, len(components))
        MAKERS[kind](scene, component)
        if not cover and scene.imports and kind in ON_ENERGY and odds(dice, 30):
            component["registers"] = some(dice, scene.imports)
        components.append(component)
    # Of two discounts the first to take something goes first: they stay as they stand.
    discounts = sum(one["kind"] == "discount" for one in components)
    if discounts < 2 and odds(dice, 20):
        last = components.pop()
        components.insert(dice.randint(0, len(components)), last)


def _beside(scene: Scene) -> list[str]:
    kinds = ["standing_charge", "standing_charge", "pass_through", "extra"]
    if scene.imports:
        kinds += ["unit_rate", "levy", "blocks", "index_linked", "levy"]
    if scene.powers:
        kinds += ["subscribed_power", "stepped_power", "demand", "overrun"] * 2
    if scene.shape == "intervals":
        kinds += ["spot", "unit_rate", "time_of_use", *["demand"] * (not scene.powers)]
    if "reactive" in scene.usage:
        kinds += ["reactive"] * 5
    return scene.of_kinds(kinds)


def _common(scene: Scene, request: dict[str, Any], kind: str, place: int) -> Component:
    dice, kind_of = scene.dice, kind.removesuffix("_by_bill")
    told: Component = {"kind": kind_of, "name": f"c{place}"}
    told["tax_code"] = pick(dice, ("S", "S", "S", "R", "none"))
    if odds(dice, 12):
        told["group"] = pick(dice, ("A", "energy", "fixed"))
    if odds(dice, 8) and kind not in (*ON_BILL, "pass_through", "extra", "feed_in") and place:
        told["valid"] = {"from": str(scene.first + dice.randint(-9, scene.days) * DAY)}
        if odds(dice, 60):
            until = day_of(told["valid"]["from"]) + dice.randint(1, 40) * DAY
            told["valid"]["to"] = str(until)
    if "vat_by_use" in request["tariff"] and told["tax_code"] == "S" and odds(dice, 40):
        told["by_use"] = pick(dice, ("taxable", "whole", "split"))
    return told


def _bands(scene: Scene, told: Component) -> None:
    if scene.shape == "intervals" and odds(scene.dice, 40):
        told["calendar"] = "cal"
        told["bands"] = some(scene.dice, _all_bands(scene))


def _all_bands(scene: Scene) -> list[str]:
    return sorted({rule["band"] for one in scene.calendars for rule in one["rules"]})


def _standing_charge(scene: Scene, told: Component) -> None:
    dice = scene.dice
    told["price"] = scene.priced()
    if odds(dice, 15):
        told["price"] = [scene.priced() for _ in range(dice.randint(1, 3))]
    by_time(scene, told)
    if odds(dice, 8):
        told["timing"] = "advance"
        first = scene.end + dice.randint(0, 3) * DAY
        scene.request["advance"] = {
            "from": str(first), "to": str(first + dice.randint(1, 40) * DAY),
        }  # fmt: skip


def _unit_rate(scene: Scene, told: Component) -> None:
    told["price"] = scene.priced(high=2, places=6)
    if odds(scene.dice, 15):
        told["price"] = [scene.priced(high=1, places=6) for _ in range(2)]
    if odds(scene.dice, 12):
        told["per"] = "MWh"
    if len(scene.request["tariff"]["components"]) > 0:
        _bands(scene, told)


def _time_of_use(scene: Scene, told: Component) -> None:
    bands = scene.imports
    if scene.shape == "intervals" and odds(scene.dice, 75):
        told["calendar"] = "cal"
        bands = _all_bands(scene)
    told["rates"] = {band: scene.priced(high=2, places=6) for band in bands}


def _blocks(scene: Scene, told: Component) -> None:
    dice, low = scene.dice, 0
    told["steps"] = []
    counted = pick(dice, ("bill", "day", "month", "year", "tax_year", "contract_year"))
    width = {"day": 9, "year": 2000, "tax_year": 500, "contract_year": 500}.get(counted, 200)
    for _ in range(dice.randint(0, 2)):
        low += dice.randint(1, width)
        told["steps"].append({"up_to": str(low), "price": scene.priced(high=2, places=5)})
    told["steps"].append({"price": scene.priced(high=2, places=5)})
    if counted != "bill" or odds(dice, 30):
        told["counted_over"] = counted
    if odds(dice, 35):
        told["method"] = "volume"
    if counted in ("month", "year") and odds(dice, 30):
        told["apportioning"] = pick(dice, APPORTIONINGS)
        if odds(dice, 50):
            told["anchor_day"] = dice.randint(1, 28)
    if counted == "tax_year" and odds(dice, 60):
        near = scene.day()
        told["year_starts"] = f"{near:%m}-{min(near.day, 28):02}"
    if counted == "contract_year":
        scene.request.setdefault("contract", {})["since"] = str(scene.since)
    begin = counter_begin(told, str(scene.since))
    if begin and odds(dice, 60):
        since = year_start(scene.first, begin)
        before = year_start(since - DAY, begin)
        if odds(dice, 15) and (counted == "tax_year" or before >= scene.since):
            since = before
        counters = scene.request.setdefault("carried_over", {}).setdefault("counters", [])
        kwh = decimal(dice, high=600, places=2, negative=0)
        counters.append({"component": told["name"], "since": str(since), "kwh": kwh})


def _index_linked(scene: Scene, told: Component) -> None:
    dice = scene.dice
    name = f"I{len(scene.indices)}"
    index = versions(dice, scene.first, scene.end, lambda: decimal(dice, high=2, places=6))
    scene.indices.append({**index, "name": name})
    told["index"] = name
    _of_index(scene, told)
    if len(scene.request["tariff"]["components"]) > 0:
        _bands(scene, told)


def _of_index(scene: Scene, told: Component) -> None:
    dice = scene.dice
    if odds(dice, 40):
        told["factor"] = pick(dice, ("1.1", "0.5", "1.0213", "-1"))
    if odds(dice, 40):
        told["margin"] = decimal(dice, high=1, places=5)
    if odds(dice, 20):
        told["per"] = "MWh"


def _spot(scene: Scene, told: Component) -> None:
    dice = scene.dice
    steps = [series["minutes"] for series in scene.usage["intervals"]]
    series = scene.usage["intervals"][0]
    minutes = 60 if odds(dice, 60) else max(steps)
    count = len(series["kwh"]) * series["minutes"] // minutes
    palette = [decimal(dice, high=1, places=5, negative=15) for _ in range(4)]
    turn = dice.randint(0, 3)
    name = f"I{len(scene.indices)}"
    scene.indices.append({
        "name": name, "start": series["start"], "minutes": minutes,
        "values": [palette[(place * place + turn) % 4] for place in range(count)],
    })  # fmt: skip
    told["index"] = name
    _of_index(scene, told)
    if len(scene.request["tariff"]["components"]) > 0:
        _bands(scene, told)


def _levy(scene: Scene, told: Component) -> None:
    told["price"] = scene.priced(high=1, places=6)
    if odds(scene.dice, 40):
        told["per"] = "MWh"
    _bands(scene, told)


def _subscribed_power(scene: Scene, told: Component) -> None:
    told["rates"] = {name: scene.priced(high=60) for name in some(scene.dice, scene.powers)}
    told["unit"] = scene.unit
    by_time(scene, told)


def _stepped_power(scene: Scene, told: Component) -> None:
    told["steps"] = [{"register": name, "price": scene.priced(high=60)} for name in scene.powers]
    told["unit"] = scene.unit
    by_time(scene, told)


def _demand(scene: Scene, told: Component) -> None:
    dice = scene.dice
    told["price"], told["unit"] = scene.priced(high=30), "kW"
    if scene.powers:
        scene.peaks()
        told["unit"] = scene.unit
        told["registers"] = some(dice, scene.powers)
    else:
        told["registers"] = some(dice, scene.imports)
    if odds(dice, 50):
        told["basis"] = pick(dice, ("rolling_12", "month"))
        told["ratchet_percent"] = pick(dice, ("80", "100", "62.5", "110"))
    if odds(dice, 30):
        told["minimum"] = decimal(dice, high=60, places=1, negative=0)
    by_time(scene, told)


def _overrun(scene: Scene, told: Component) -> None:
    dice = scene.dice
    scene.peaks()
    told["rates"] = {name: scene.priced(high=20) for name in some(dice, scene.powers)}
    told["unit"] = scene.unit
    if odds(dice, 40):
        told["tolerance_percent"] = pick(dice, ("5", "0", "2.5"))
    if odds(dice, 40):
        told["multiplier"] = pick(dice, ("2", "1.4064", "1"))
    by_time(scene, told)


def _reactive(scene: Scene, told: Component) -> None:
    dice = scene.dice
    limits = some(dice, ("0.95", "0.8", "0.9", "1"))
    told["bands"] = [
        {"cos_phi_below": limit, "price": scene.priced(high=1, places=6)} for limit in limits
    ]
    told["free_percent"] = pick(dice, ("33", "0", "50", "12.5"))
    measured = sorted({use["register"] for use in scene.usage["reactive"]})
    if odds(dice, 30):
        told["registers"] = some(dice, measured)


def _nothing(scene: Scene, told: Component) -> None:
    """Write no field of its own."""


def add_items(scene: Scene, request: dict[str, Any]) -> None:
    """Add the items that components pass on or sell, each within one part of the bill."""
    dice = scene.dice
    parts = cut(request, scene.first, scene.end)
    for component in request["tariff"]["components"]:
        if component["kind"] not in ("pass_through", "extra"):
            continue
        sort = "passed_on" if component["kind"] == "pass_through" else "extras"
        for _ in range(dice.randint(1, 2)):
            told = {"component": component["name"], "label": "item"}
            scene.usage.setdefault(sort, []).append({**told, **_item(scene, sort, parts)})


def _item(scene: Scene, sort: str, parts: list[tuple[date, date]]) -> dict[str, str]:
    dice = scene.dice
    if sort == "passed_on":
        first, end = pick(dice, parts)
        if odds(dice, 40):
            first += dice.randint(0, (end - first).days - 1) * DAY
        return {"from": str(first), "to": str(end), "amount": decimal(dice), "source": "invoice"}
    item = {"quantity": decimal(dice, high=9, places=2), "price": decimal(dice)}
    if odds(dice, 60):
        item["on"] = str(scene.day())
    return item


ON_ENERGY = ("unit_rate", "levy", "blocks", "index_linked", "spot")
MAKERS: dict[str, Callable[[Scene, Component], None]] = {
    "standing_charge": _standing_charge, "unit_rate": _unit_rate, "time_of_use": _time_of_use,
    "blocks": _blocks, "index_linked": _index_linked, "spot": _spot, "levy": _levy,
    "subscribed_power": _subscribed_power, "stepped_power": _stepped_power, "demand": _demand,
    "overrun": _overrun, "reactive": _reactive, "pass_through": _nothing, "extra": _nothing,
    **MAKERS_ON_TOP,
}  # fmt: skip
