"""Spanish dated data against the official tables, and the calendars against an oracle."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from energyretail.domain import markets, pricing
from energyretail.domain.markets import spain_prices
from energyretail.domain.shared import (
    Energy,
    Invalid,
    NotFound,
    Period,
    Power,
    Rounding,
    RoundingMode,
)

SPAIN = markets.SPAIN
SIX_PLACES = Rounding(RoundingMode.HALF_UP, 6)
HOURS = SPAIN.register_calendar("2.0TD")
DATA = Path(os.environ.get("ENERGYRETAIL_DATA", str(Path(__file__).parents[3] / "shared" / "data")))
TABLES = DATA / "tariffs" / "es"
OURS = {
    ("peaje", "power"): spain_prices.POWER_TOLL,
    ("cargo", "power"): spain_prices.POWER_CHARGE,
    ("peaje", "energy"): spain_prices.ENERGY_TOLL,
    ("cargo", "energy"): spain_prices.ENERGY_CHARGE,
}
TAXES = {
    "IEE": spain_prices.ELECTRICITY_EXCISE,
    "IVA": spain_prices.IVA_RATE,
    "bono_social_financing": spain_prices.BONO_SOCIAL,
    "meter_rent_single_phase": spain_prices.METER_RENT,
    "margin_pvpc": spain_prices.POWER_MARGIN,
    "IEE_minimum": spain_prices.ELECTRICITY_EXCISE_MINIMUM,
}


def rows(name: str) -> list[dict[str, str]]:
    if not (TABLES / name).exists():
        pytest.skip("the official tables are not on this machine")
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def validity(row: dict[str, str]) -> Period:
    end = row["valid_to_exclusive"]
    return Period(date.fromisoformat(row["valid_from"]), date.fromisoformat(end) if end else None)


def versions(price: pricing.DatedPrice) -> set[tuple[Period, Decimal]]:
    return {(version.period, version.value) for version in price.versions}


class TestPrices:
    def test_of_tolls_and_charges_are_those_of_the_official_table(self) -> None:
        wanted: dict[tuple[str, str, str], set[tuple[Period, Decimal]]] = {}
        for row in rows("peajes_cargos.csv"):
            if row["toll"] == "2.0TD" and row["valid_from"] >= "2025":
                key = (row["component"], row["charge"], row["period"])
                wanted.setdefault(key, set()).add((validity(row), Decimal(row["value"])))

        found = {
            (*key, register): versions(price)
            for key, prices in OURS.items()
            for register, price in prices.items()
        }
        assert found == wanted

    @pytest.mark.parametrize("name", TAXES)
    def test_of_taxes_are_those_of_the_official_table(self, name: str) -> None:
        wanted = {
            (validity(row), Decimal(row["value"]) * (1000 if name == "IEE_minimum" else 1))
            for row in rows("taxes.csv")
            if row["tax"] == name
        }

        assert versions(TAXES[name]) == wanted

    def test_each_name_their_source(self) -> None:
        prices = [*TAXES.values(), *(p for each in OURS.values() for p in each.values())]

        assert all(version.source for price in prices for version in price.versions)


class TestRegisterHours:
    def test_are_those_of_the_official_table(self) -> None:
        days = {"working": date(2026, 3, 4), "weekend": date(2026, 3, 7)}
        for row in rows("periods_2.0TD.csv"):
            day = days["working" if row["day_type"] == "working" else "weekend"]
            for hour in range(int(row["from_hour"]), int(row["to_hour_exclusive"])):
                assert HOURS.band_of(day, 60 * hour) == row["energy_period"]

    @pytest.mark.parametrize(
        ("day", "noon"),
        [
            (date(2026, 1, 1), "P3"),
            (date(2026, 1, 6), "P3"),
            (date(2026, 4, 3), "P1"),  # Good Friday has no fixed date
            (date(2026, 5, 1), "P3"),
            (date(2026, 10, 12), "P3"),
            (date(2026, 10, 13), "P1"),
            (date(2026, 12, 8), "P3"),
            (date(2026, 12, 25), "P3"),
            (date(2026, 3, 28), "P3"),  # Saturday
        ],
    )
    def test_know_the_holidays_that_count(self, day: date, noon: str) -> None:
        assert HOURS.band_of(day, 720) == noon

    @pytest.mark.parametrize(
        ("day", "total"),
        [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 4), 24)],
    )
    def test_are_as_many_as_the_day_has(self, day: date, total: int) -> None:
        counted = HOURS.hours(Period(day, day + timedelta(days=1)))

        assert sum(hours for _, hours in counted) == total

    def test_follow_the_wall_clock_of_madrid(self) -> None:
        assert HOURS.band_at(datetime(2026, 7, 1, 8, 30, tzinfo=UTC)) == "P1"  # 10:30
        assert HOURS.band_at(datetime(2026, 1, 7, 8, 30, tzinfo=UTC)) == "P2"  # 9:30

    def test_are_refused_where_no_calendar_is_known(self) -> None:
        with pytest.raises(Invalid) as found:
            HOURS.band_of(date(2028, 1, 1), 0)

        assert found.value.code == "pricing.calendar_gap"


class TestWorkingDays:
    def test_agree_with_the_holidays_package(self) -> None:
        holidays = pytest.importorskip("holidays", reason="no holidays package to compare with")
        years = range(2025, 2028)
        oracle = holidays.country_holidays("ES", years=years, observed=False)
        ours, day = set(), date(2025, 1, 1)
        while day.year in years:
            if SPAIN.working_days.is_holiday(day):
                ours.add(day)
            day += timedelta(days=1)

        # A fixed day on a Sunday is left out of some official lists: it is no working day anyway.
        assert {d for d in ours if d.weekday() < 6} == {d for d in oracle if d.weekday() < 6}


class TestProfile:
    def test_refuses_an_unknown_product(self) -> None:
        with pytest.raises(NotFound) as found:
            SPAIN.tariff("3.0TD")

        assert found.value.code == "markets.tariff_unknown"

    def test_is_found_by_its_code(self) -> None:
        assert markets.PROFILES["ES"] is SPAIN
        assert SPAIN.currency == "EUR"
        assert SPAIN.zone.zone == "Europe/Madrid"


class TestWorkedBill:
    def test_has_the_exact_lines_of_the_official_figures(self) -> None:
        path = TABLES / "worked_bill_2.0TD_2026.json"
        if not path.exists():
            pytest.skip("the worked bill is not on this machine")
        wanted = json.loads(path.read_text("utf-8"))["lines_exact"]
        period = Period(date(2026, 1, 10), date(2026, 2, 9))
        use = pricing.RegisterUse("P1", period, Energy("250"), pricing.Quality.ACTUAL)
        powers = (("P1", Power("4.6")), ("P2", Power("4.6")))

        bill = pricing.rate(
            SPAIN.tariff("2.0TD-FIJO"), pricing.Usage((use,), powers), period=period
        )

        found = [
            pricing.round_exactly(pricing.exact(line.derivation.rounded(None)), SIX_PLACES)
            for line in bill.lines
            if line.component != pricing.ROUNDING
        ]
        assert found == [Decimal(value) for value in wanted.values()]
