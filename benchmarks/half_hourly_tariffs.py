"""What is sold by the half-hour: three bands of the day, with a block or without; the market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
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

__all__ = ["CODES", "MONTHS", "HalfHourlyTariffs", "changing", "half_way", "market_prices"]

MONTHS: Final = {
    "january": (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)),
    "march": (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)),
    "october": (date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)),
}
"""The days that were read: a month of 1,488 half-hours, of 1,486, of 1,490, and the one before."""

CODES: Final = ("2.0TD-BANDS", "2.0TD-BLOCKS", "2.0TD-SPOT")
"""Three bands by the hour and the day of the week, without a block and with one; and at the price
that the market had in each hour, with three bands for the network."""

_BEGINNING: Final = date(2020, 1, 1)
_BANDS: Final = (("P1", "0.182311"), ("P2", "0.141207"), ("P3", "0.109871"))
_NETWORK: Final = (("P1", "0.057731"), ("P2", "0.028642"), ("P3", "0.003212"))
_DEARER: Final = "0.191204"
_MARKET: Final = "day ahead"


def half_way(month: str) -> date:
    """Return the day of a month on which prices change, and people move."""
    return MONTHS[month][1] + timedelta(days=15)


def changing(code: str, month: str) -> str:
    """Return the code of the tariff whose price changes inside a month."""
    return f"{code}-{month.upper()}"


def market_prices(month: str) -> pricing.PublishedFigures:
    """Return EUR/MWh of each hour of a month and the one before: dear in the evening, and at noon
    of every ninth day below nothing."""
    first, _, end = MONTHS[month]
    start, stop = (SPAIN.zone.start_of(day).astimezone(UTC) for day in (first, end))
    hours = (stop - start) // timedelta(hours=1)
    index = pricing.IntervalIndex(_MARKET, start, 60, tuple(map(_market_price, range(hours))))
    return pricing.PublishedFigures(indices=(index,))


def _market_price(hour: int) -> Decimal:
    day, of_day = divmod(hour, 24)
    if day % 9 == 4 and 11 <= of_day < 16:
        return Decimal(-53 + of_day).scaleb(-2)
    evening = 4_200 if 19 <= of_day < 23 else 0
    return Decimal(5_500 + evening + hour * 7_919 % 3_001).scaleb(-2)


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


def _price(
    name: str, value: str, changes: date | None, then: str = _DEARER
) -> tuple[DatedPrice, ...]:
    if changes is None:
        return (DatedPrice(name, (Version(Period(_BEGINNING), value, "offer"),)),)
    before = Version(Period(_BEGINNING, changes), value, "offer")
    return (DatedPrice(name, (before, Version(Period(changes), then, "new offer"))),)


def _by_band(
    name: str, rates: Sequence[tuple[str, str]], changing: Mapping[str, date | None]
) -> pricing.TimeOfUse:
    return pricing.TimeOfUse(
        name=name,
        tax_code="VAT",
        rates=tuple((band, _price(band, price, changing.get(band))) for band, price in rates),
        calendar="2.0TD",
    )


def _of_market(changes: date | None) -> list[pricing.Component]:
    energy = pricing.Spot(
        name="energy",
        tax_code="VAT",
        index=_MARKET,
        per=pricing.EnergyUnit.MWH,
        margin=_price("margin", "4.5", changes, "5.2"),
    )
    return [energy, _by_band("network", _NETWORK, {})]


def _tariff(code: str, changes: date | None) -> pricing.Tariff:
    of_market = code.startswith("2.0TD-SPOT")
    components: list[pricing.Component] = [
        *(_of_market(changes) if of_market else [_by_band("energy", _BANDS, {"P1": changes})]),
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
