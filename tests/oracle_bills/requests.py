"""Random valid requests: every kind of component, every policy, and their combinations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from oracle_bills.choices import add_components, add_items
from oracle_bills.dice import Dice, Drawn, decimal, odds, pick, versions
from oracle_bills.scenes import Scene

__all__ = ["random_request", "request_of", "requests"]

DAY = timedelta(days=1)
APPORTIONINGS = (
    "days_365", "days_366", "days_360", "days_in_year", "days_in_month", "days_30_4375",
    "days_30_4167",
)  # fmt: skip
SCOPES = ("line", "subtotal", "tax_group", "end")
MODES = ("half_up", "half_even", "half_down", "down", "up")
VAT = ("21", "10", "5", "4", "0", "19", "20", "17.5", "5.5", "8.1")
POINTS = ("pro_rata", "pro_rata", "reading_end", "delivery_month", "invoice_date")


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid request."""
    return random_request(Drawn(draw))


def random_request(dice: Dice) -> dict[str, Any]:
    """Return a valid request document."""
    return request_of(Scene(dice))


def request_of(scene: Scene) -> dict[str, Any]:
    """Return a valid request document of a scene."""
    dice = scene.dice
    tariff: dict[str, Any] = {
        "code": "T", "name": "Tariff", "currency": "EUR", "zone": scene.zone,
        "rounding": _rounding(dice), "components": [],
    }  # fmt: skip
    request = scene.request = {
        "tariff": tariff,
        "period": {"from": str(scene.first), "to": str(scene.end)},
        "usage": scene.usage,
    }
    if odds(dice, 7):
        request["rounding"] = _rounding(dice)
    _tax(scene, request)
    if odds(dice, 60):
        tariff["apportioning"] = pick(dice, APPORTIONINGS)
    if scene.profiled:
        tariff["division"] = "profile"
    if scene.calendars:
        tariff["calendars"] = scene.calendars
    if tariff.get("prices") is None and odds(dice, 8):
        tariff["prices"] = "tax_inclusive"
    add_components(scene, request)
    if scene.indices:
        request["indices"] = scene.indices
    _drop_unused_taxes(tariff)
    _drop_unpriced_reactive(request)
    add_items(scene, request)
    return request


def _rounding(dice: Dice) -> dict[str, Any]:
    told: dict[str, Any] = {
        "scope": pick(dice, SCOPES), "mode": pick(dice, MODES),
        "decimals": pick(dice, (2, 2, 2, 1, 0)),
    }  # fmt: skip
    if odds(dice, 25):
        told["price_decimals"] = pick(dice, (6, 4, 2, 8, 0))
    return told


def _tax(scene: Scene, request: dict[str, Any]) -> None:
    dice, tariff = scene.dice, request["tariff"]
    tariff["taxes"] = [
        {
            "code": code, "name": code,
            "rate": versions(dice, scene.first, scene.end, lambda: pick(dice, VAT))
            if odds(dice, 15) else pick(dice, VAT),
        }
        for code in ("S", "R")
    ]  # fmt: skip
    if odds(dice, 40):
        tariff["tax_point"] = pick(dice, POINTS)
    if tariff.get("tax_point") == "invoice_date":
        request["invoiced_on"] = str(scene.end + dice.randint(-3, 9) * DAY)
    if scene.imports and odds(dice, 12):
        tariff["vat_by_use"] = {"standard": "S", "reduced": "R"}
        if odds(dice, 50):
            least = "0" if odds(dice, 10) else decimal(dice, high=40, negative=0)
            tariff["vat_by_use"]["de_minimis_kwh_per_day"] = least
    if odds(dice, 10) or "vat_by_use" in tariff:
        request["contract"] = {"since": str(scene.since)}
        if "vat_by_use" in tariff and odds(dice, 80):
            share = pick(dice, ("20", "0", "100", "33.3", "60"))
            request["contract"]["qualifying_percent"] = share


def _drop_unused_taxes(tariff: dict[str, Any]) -> None:
    used = {one["tax_code"] for one in tariff["components"]}
    if "S" not in used:
        tariff.pop("vat_by_use", None)
    by_use = tariff.get("vat_by_use", {})
    used |= {by_use.get("standard"), by_use.get("reduced")}
    tariff["taxes"] = [tax for tax in tariff["taxes"] if tax["code"] in used]


def _drop_unpriced_reactive(request: dict[str, Any]) -> None:
    usage, components = request["usage"], request["tariff"]["components"]
    pricing = [one for one in components if one["kind"] == "reactive"]
    priced = {name for one in pricing for name in one.get("registers", ())}
    everywhere = any("registers" not in one for one in pricing)
    if "reactive" in usage and not everywhere:
        usage["reactive"] = [use for use in usage["reactive"] if use["register"] in priced]
