"""A painted week costs in our calendar what it costs in the source, at every moment."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.tariff_sources import tariff_of_entry
from energyretail.adapters.tariff_sources.spain_hours import SIX_PERIODS
from energyretail.testing.profiles import dear

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BANDS = ("a", "b", "c")
META = {
    "id": "painted", "schemaVersion": "1", "country": "DK", "provider": "P", "plan": "Q",
    "currency": "DKK", "source": "manual", "license": "CC0-1.0", "updated": "2026-01-01",
}  # fmt: skip

rates = st.decimals("0", "9", places=5).map(str)
months = st.integers(0, 11)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def days_painted(draw: st.DrawFn) -> list[tuple[int, int, str]]:
    """Draw a day without gaps: (from, to, band) in minutes."""
    cuts = sorted(draw(st.sets(st.integers(1, 1439), max_size=4)))
    edges = [0, *cuts, 1440]
    return [(start, end, draw(st.sampled_from(BANDS))) for start, end in itertools.pairwise(edges)]


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a time-of-use entry whose week is painted by kinds of day, and perhaps a season."""
    weekday, weekend = draw(days_painted()), draw(days_painted())
    schedule = [
        {"days": days, "from": clock(start), "to": clock(end), "band": band}
        for days, painted in (("weekday", weekday), (["sat", "sun"], weekend))
        for start, end, band in painted
    ]
    painted_bands = {each["band"] for each in schedule}
    bands: list[dict[str, Any]] = [
        {"id": band, "name": band, "rate": draw(rates)} for band in sorted(painted_bands)
    ]
    season = {"id": "s", "name": "S", "from": draw(months), "to": draw(months)}
    for each in bands:
        if draw(st.booleans()):
            each["seasonRates"] = {"s": draw(rates)}
    use = {"bands": bands, "schedule": schedule}
    tariff = {"kind": "tou", "seasons": [season], "import": use}
    return {"meta": META, "tariff": tariff}


def in_season(month: int, season: dict[str, Any]) -> bool:
    start, end = season["from"], season["to"]
    return start <= month <= end if start <= end else month >= start or month <= end


def source_rate(entry: dict[str, Any], month: int, day: str, minute: int) -> str:
    """Return what the source says: found by walking it, not by our calendar."""
    tariff = entry["tariff"]
    (band,) = (
        each["band"]
        for each in tariff["import"]["schedule"]
        if day in (WEEK[:5] if each["days"] == "weekday" else each["days"])
        and each["from"] <= clock(minute) < each["to"]
    )
    (found,) = (each for each in tariff["import"]["bands"] if each["id"] == band)
    (season,) = tariff["seasons"]
    seasonal = found.get("seasonRates", {}).get("s")
    return str(seasonal if seasonal and in_season(month, season) else found["rate"])


def band_at(calendar: dict[str, Any], month: int, day: str, minute: int) -> str:
    """Return the band of the first rule that fits, as the page of the format says."""
    today = f"{month + 1:02}-15"
    seasons = {each["name"]: each for each in calendar.get("seasons", [])}

    def fits(rule: dict[str, Any]) -> bool:
        spans = [(seasons[name]["from"], seasons[name]["to"]) for name in rule.get("seasons", [])]
        inside = [
            start <= today < end if start < end else today >= start or today < end
            for start, end in spans
        ]
        start, end = rule.get("from", "00:00"), rule.get("to", "24:00")
        return (
            (not spans or any(inside))
            and day in rule.get("days", (*WEEK, "holiday"))
            and start <= clock(minute) < end
        )

    return next(str(rule["band"]) for rule in calendar["rules"] if fits(rule))


class TestPaintedWeek:
    @dear(100)
    @given(entries(), months, st.sampled_from(WEEK), st.integers(0, 1439))
    def test_costs_what_the_source_says(
        self, entry: dict[str, Any], month: int, day: str, minute: int
    ) -> None:
        made = tariff_of_entry(entry)

        (calendar,) = made["calendars"]
        price = made["components"][0]["rates"][band_at(calendar, month, day, minute)]
        expected = source_rate(entry, month, day, minute)
        assert Decimal(price["versions"][0]["value"]) == Decimal(expected)

    @given(entries())
    def test_prices_every_band_of_its_calendar_and_no_other(self, entry: dict[str, Any]) -> None:
        made = tariff_of_entry(entry)

        painted = {rule["band"] for rule in made["calendars"][0]["rules"]}
        assert painted == set(made["components"][0]["rates"])


class TestSixPeriods:
    # By month of the peninsula: the period of 9-14 and 18-22, then that of the other hours.
    MONTHS = ("12", "12", "23", "45", "45", "34", "12", "34", "34", "45", "23", "12")

    @given(months, st.sampled_from([*WEEK, "holiday"]), st.integers(0, 23))
    def test_are_those_of_the_circular(self, month: int, day: str, hour: int) -> None:
        found = band_at(SIX_PERIODS, month, day, hour * 60)

        if day not in WEEK[:5] or hour < 8:
            assert found == "P6"
        elif 9 <= hour < 14 or 18 <= hour < 22:
            assert found == "P" + self.MONTHS[month][0]
        else:
            assert found == "P" + self.MONTHS[month][1]

    @given(months)
    def test_leave_no_month_out(self, month: int) -> None:
        assert band_at(SIX_PERIODS, month, "mon", 10 * 60) in {"P1", "P2", "P3", "P4"}


def test_no_floats_reach_a_document() -> None:
    """A float in a document would have lost digits before anybody could see it."""
    painted = {"days": "all", "from": "00:00", "to": "24:00", "band": "a"}
    use = {"bands": [{"id": "a", "name": "A", "rate": 1}], "schedule": [painted]}
    entry = {"meta": META, "tariff": {"kind": "tou", "import": use}}

    def leaves(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [leaf for each in value.values() for leaf in leaves(each)]
        if isinstance(value, list):
            return [leaf for each in value for leaf in leaves(each)]
        return [value]

    assert {type(leaf) for leaf in leaves(tariff_of_entry(entry))} == {str, int}
