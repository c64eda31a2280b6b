"""Random components that rest on others: percentages, discounts, minimums, what is fed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oracle_bills.dice import decimal, odds, pick, some
from oracle_bills.scenes import Scene

__all__ = ["APPORTIONINGS", "MAKERS_ON_TOP", "ON_BILL", "ON_TOP", "Component", "by_time"]

APPORTIONINGS = (
    "days_365", "days_366", "days_360", "days_in_year", "days_in_month", "days_30_4375",
    "days_30_4167",
)  # fmt: skip
TIMES = ("day", "month", "year")
Component = dict[str, Any]
ON_TOP = (
    "percentage_tax", "percentage_tax", "discount", "discount", "discount", "minimum_charge",
    "minimum_charge_by_bill", "discount_by_bill",
)  # fmt: skip
ON_BILL = ("minimum_charge_by_bill", "discount_by_bill")


def by_time(scene: Scene, told: Component, words: tuple[str, ...] = TIMES) -> None:
    dice = scene.dice
    if odds(dice, 75):
        told["per"] = pick(dice, words)
    if odds(dice, 30):
        told["apportioning"] = pick(dice, APPORTIONINGS)
    if odds(dice, 20):
        told["anchor_day"] = dice.randint(1, 28)


def _bases(scene: Scene) -> list[str]:
    """Choose what lies in the parts of the bill, none of it charged in advance."""
    fit = [one["name"] for one in scene.request["tariff"]["components"] if "timing" not in one]
    return some(scene.dice, fit) if fit else []


def _percentage_tax(scene: Scene, told: Component) -> None:
    dice = scene.dice
    told["bases"] = _bases(scene)
    if not told["bases"]:
        told.update(kind="standing_charge", price=scene.priced())
        del told["bases"]
        return
    told["rate"] = scene.priced(high=30, places=8, negative=0, huge=False)
    if scene.imports and odds(dice, 40):
        told["minimum"] = decimal(dice, high=5, places=3, negative=0)
        if odds(dice, 50):
            told["minimum_per"] = pick(dice, ("kWh", "MWh"))


def _discount(scene: Scene, told: Component) -> None:
    dice = scene.dice
    told["bases"] = _bases(scene)
    if not told["bases"]:
        told.update(kind="extra")
        told.pop("valid", None)
        del told["bases"]
        return
    if odds(dice, 65):
        told["percent"] = pick(dice, ("10", "100", "0.5", "33.333", "7", "50"))
    else:
        told["amount"] = decimal(dice, high=90, places=2, negative=0).replace("0", "1")
        by_time(scene, told)
        told.setdefault("per", "day")
    if odds(dice, 25):
        told["months"] = dice.randint(1, 14)
        scene.request.setdefault("contract", {})["since"] = str(scene.since)
    _budget(scene, told)


def _budget(scene: Scene, told: Component) -> None:
    dice = scene.dice
    if not odds(dice, 30):
        return
    told["budget"] = str(dice.randint(1, 60))
    if odds(dice, 50):
        given = str(dice.randint(0, int(told["budget"])))
        discounts = scene.request.setdefault("carried_over", {}).setdefault("discounts", [])
        discounts.append({"component": told["name"], "amount": given})


def _discount_by_bill(scene: Scene, told: Component) -> None:
    told["bases"] = _all(scene)
    told["amount"] = str(scene.dice.randint(1, 90))
    _budget(scene, told)


def _minimum_charge(scene: Scene, told: Component) -> None:
    told["bases"] = _bases(scene)
    if not told["bases"]:
        told.update(kind="extra")
        told.pop("valid", None)
        del told["bases"]
        return
    told["amount"] = decimal(scene.dice, high=90, places=2, negative=0)
    by_time(scene, told)
    told.setdefault("per", "day")


def _minimum_charge_by_bill(scene: Scene, told: Component) -> None:
    told["bases"] = _all(scene)
    told["amount"] = decimal(scene.dice, high=90, places=2, negative=0)


def _all(scene: Scene) -> list[str]:
    return some(scene.dice, [one["name"] for one in scene.request["tariff"]["components"]])


def _feed_in(scene: Scene, told: Component) -> None:
    told["price"] = scene.priced(high=1, places=5, negative=0)
    fit = [one["name"] for one in scene.request["tariff"]["components"] if "timing" not in one]
    if fit and odds(scene.dice, 40):
        told["limit_to"] = some(scene.dice, fit)


MAKERS_ON_TOP: dict[str, Callable[[Scene, Component], None]] = {
    "percentage_tax": _percentage_tax,
    "discount": _discount,
    "discount_by_bill": _discount_by_bill,
    "minimum_charge": _minimum_charge,
    "minimum_charge_by_bill": _minimum_charge_by_bill,
    "feed_in": _feed_in,
}
