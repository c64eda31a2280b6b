"""What is sold by the half-hour: three bands of the day, with a block or without."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from energyretail.domain import pricing
from energyretail.domain.markets import SPAIN
from energyretail.domain.pricing import DatedPrice, Version
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    NotFound,
    Period,
    RoundingPolicy,
    RoundingScope,
)

__all__ = ["CODES", "MONTHS", "HalfHourlyTariffs", "changing", "half_way"]

MONTHS: Final = {
    "january": (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)),
    "march": (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)),
    "october": (date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)),
}
"""The days that were read: a month of 1,488 half-hours, of 1,486, of 1,490, and the one before."""

CODES: Final = ("2.0TD-BANDS", "2.0TD-BLOCKS")
"""Three bands by the hour and the day of the week, without a block and with one."""

_BEGINNING: Final = date(2020, 1, 1)
_BANDS: Final = (("P1", "0.182311"), ("P2", "0.141207"), ("P3", "0.109871"))
_DEARER: Final = "0.191204"


def half_way(month: str) -> date:
    """Return the day of a month on which prices change, and people move."""
    return MONTHS[month][1] + timedelta(days=15)


def changing(code: str, month: str) -> str:
    """Return the code of the tariff whose price changes inside a month."""
    return f"{code}-{month.upper()}"


class HalfHourlyTariffs:
    """The Tariffs port over what is sold, with prices that stay and with some that change."""

    def __init__(self) -> None:
        self._sold = {code: _tariff(code, None) for code in CODES}
        for month in MONTHS:
            for code in CODES:
                name = changing(code, month)
                self._sold[name] = _tariff(name, half_way(month))

    def tariff(self, code: str) -> pricing.Tariff:
        """Return a tariff by its code."""
        if code not in self._sold:
            raise NotFound("pricing.tariff_unknown", "is not sold", code=code)
        return self._sold[code]


def _price(name: str, value: str, changes: date | None) -> tuple[DatedPrice, ...]:
    if changes is None:
        return (DatedPrice(name, (Version(Period(_BEGINNING), value, "offer"),)),)
    before = Version(Period(_BEGINNING, changes), value, "offer")
    return (DatedPrice(name, (before, Version(Period(changes), _DEARER, "new offer"))),)


def _tariff(code: str, changes: date | None) -> pricing.Tariff:
    prices: Mapping[str, date | None] = {"P1": changes}
    components: list[pricing.Component] = [
        pricing.TimeOfUse(
            name="energy",
            tax_code="VAT",
            rates=tuple((band, _price(band, price, prices.get(band))) for band, price in _BANDS),
            calendar="2.0TD",
        ),
        pricing.StandingCharge(
            name="standing", tax_code="VAT", price=(pricing.always("day", "0.31", "list"),)
        ),
        pricing.Levy(name="levy", tax_code="VAT", price=(pricing.always("levy", "0.005", "law"),)),
    ]
    if code.startswith("2.0TD-BLOCKS"):
        steps = (
            pricing.Block(_price("first 120 kWh", "0.0114", None), Decimal(120)),
            pricing.Block(_price("beyond", "0.0191", None)),
        )
        components.insert(1, pricing.Blocks(name="network", steps=steps, tax_code="VAT"))
    return pricing.Tariff(
        code=code,
        name=code,
        currency="EUR",
        components=tuple(components),
        taxes=(pricing.Vat("VAT", "VAT", pricing.always("VAT", 21, "law")),),
        calendars=(SPAIN.register_calendar("2.0TD"),),
        rounding=RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
        zone=SPAIN.zone,
    )
