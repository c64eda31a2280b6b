"""Entries of Open Energy Tariffs become documents, or are refused with the place."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from energyretail.adapters.tariff_sources import read_open_energy_tariffs, tariff_of_entry
from energyretail.domain.shared import DomainError, Invalid, Refused

META = {
    "id": "xx-night-saver", "schemaVersion": "1", "country": "AU", "provider": "Sun",
    "plan": "Night Saver", "currency": "AUD", "timezone": "Australia/Sydney", "source": "manual",
    "license": "CC0-1.0", "updated": "2026-06-01",
}  # fmt: skip
SOURCE = "manual (xx-night-saver, CC0-1.0, 2026-06-01)"
FLAT: dict[str, Any] = {
    "meta": META,
    "tariff": {"kind": "flat", "validFrom": "2026-01-01", "import": {"flatRate": "0.3010"}},
}
TOU: dict[str, Any] = {
    "meta": META,
    "tariff": {
        "kind": "tou",
        "supply": {"daily": 1},
        "seasons": [{"id": "hot", "name": "Summer", "from": 10, "to": 2}],
        "import": {
            "bands": [
                {"id": "n", "name": "Night", "role": "night", "rate": "0.10"},
                {
                    "id": "d", "name": "Day", "rate": "0.30", "color": "#ff0000",
                    "seasonRates": {"hot": "0.45"},
                },
            ],
            "schedule": [
                {"days": "all", "from": "22:00", "to": "07:30", "band": "n"},
                {"days": "weekday", "from": "07:30", "to": "22:00", "band": "d"},
                {"days": ["sat", "sun"], "from": "07:30", "to": "22:00", "band": "n"},
            ],
        },
        "export": {"flatRate": "0.05"},
        "controlledLoad": [{"id": "CL1", "name": "Hot water", "rate": "0.12"}],
    },
}  # fmt: skip


def changed(entry: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the entry with another value at a path of names and numbers."""
    made = copy.deepcopy(entry)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    place: Any = made
    for step in steps:
        place = place[step]
    place[last] = value
    return made


def price(value: str, name: str, start: str = "2026-01-01") -> dict[str, Any]:
    version = {"from": start, "value": value, "source": SOURCE}
    return {"name": name, "currency": "AUD", "versions": [version]}


class TestFlat:
    def test_is_one_unit_rate_from_its_first_day_with_its_source(self) -> None:
        assert tariff_of_entry(FLAT) == {
            "code": "xx-night-saver",
            "name": "Sun Night Saver",
            "currency": "AUD",
            "zone": "Australia/Sydney",
            "rounding": {"scope": "line", "mode": "half_up", "decimals": 2},
            "components": [
                {
                    "kind": "unit_rate", "name": "energy", "per": "kWh", "tax_code": "none",
                    "price": price("0.3010", "energy"),
                }
            ],
        }  # fmt: skip

    def test_holds_always_without_a_first_day(self) -> None:
        made = tariff_of_entry({**FLAT, "tariff": {"kind": "flat", "import": {"flatRate": 0}}})

        assert made["components"][0]["price"] == price("0", "energy", "1900-01-01")


class TestTimeOfUse:
    def test_prices_each_band_and_each_band_of_a_season(self) -> None:
        (use,) = (c for c in tariff_of_entry(TOU)["components"] if c["kind"] == "time_of_use")

        assert use["calendar"] == "hours"
        assert {band: each["versions"][0]["value"] for band, each in use["rates"].items()} == {
            "Night": "0.10",
            "Day": "0.30",
            "Day, Summer": "0.45",
        }

    def test_paints_nights_over_midnight_and_seasons_over_the_new_year(self) -> None:
        (calendar,) = tariff_of_entry(TOU)["calendars"]
        weekdays = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "07:30", "to": "22:00"}

        assert calendar["source"] == SOURCE
        assert calendar["seasons"] == [{"name": "hot", "from": "11-01", "to": "04-01"}]
        assert calendar["rules"] == [
            {"band": "Night", "from": "22:00", "to": "24:00"},
            {"band": "Night", "from": "00:00", "to": "07:30"},
            {"band": "Day, Summer", "seasons": ["hot"], **weekdays},
            {"band": "Day", **weekdays},
            {"band": "Night", "days": ["sat", "sun"], "from": "07:30", "to": "22:00"},
        ]

    def test_keeps_a_circuit_of_its_own_apart_from_the_main_register(self) -> None:
        components = {each["name"]: each for each in tariff_of_entry(TOU)["components"]}

        assert components["energy"]["registers"] == ["main"]
        assert components["controlled load CL1"]["registers"] == ["CL1"]
        assert components["controlled load CL1"]["label"] == "Hot water"

    def test_pays_for_what_is_fed_in_by_band(self) -> None:
        banded = copy.deepcopy(TOU["tariff"]["import"])
        made = tariff_of_entry(changed(TOU, "tariff/export", banded))

        fed = [each for each in made["components"] if each["kind"] == "feed_in"]
        assert [each["bands"] for each in fed] == [["Day, Summer"], ["Day"], ["Night"]] or [
            each["bands"] for each in fed
        ] == [["Night"], ["Day, Summer"], ["Day"]]
        assert {each["calendar"] for each in fed} == {"feed-in hours"}

    def test_names_bands_of_one_name_by_their_ids(self) -> None:
        made = tariff_of_entry(changed(TOU, "tariff/import/bands/1/name", "Night"))

        assert [*made["components"][1]["rates"]] == [
            "Night (n)", "Night (d), Summer", "Night (d)"
        ]  # fmt: skip


REFUSED = [
    (TOU, "tariff/demand", [{"rate": 3}], Refused, "tariff_source.reserved"),
    (TOU, "tariff/import/bands/0/tiers", [{"rate": 3}], Refused, "tariff_source.reserved"),
    (FLAT, "meta/unit", "month", Refused, "tariff_source.not_representable"),
    (
        TOU, "tariff/controlledLoad/0/schedule",
        [{"days": "all", "from": "22:00", "to": "07:00", "band": "x"}],
        Refused, "tariff_source.not_representable",
    ),
    (TOU, "tariff/import/schedule/0/days", "weekday", Refused, "tariff_source.midnight"),
    (FLAT, "meta", {k: v for k, v in META.items() if k != "timezone"}, Refused,
     "tariff_source.zone_missing"),
    (FLAT, "meta/schemaVersion", "2", Invalid, "tariff_source.choice"),
    (FLAT, "tariff/kind", "spot", Invalid, "tariff_source.choice"),
    (FLAT, "tariff/kind", "tou", Invalid, "tariff_source.kind"),
    (FLAT, "tariff/surprise", 1, Invalid, "tariff_source.unknown"),
    (FLAT, "tariff/import", {}, Invalid, "tariff_source.kind"),
    (FLAT, "tariff/export", {}, Invalid, "tariff_source.rates"),
    (FLAT, "tariff/import/flatRate", 0.301, Invalid, "tariff_source.decimal"),
    (FLAT, "tariff/import/flatRate", "cheap", Invalid, "tariff_source.decimal"),
    (FLAT, "tariff/import/flatRate", True, Invalid, "tariff_source.decimal"),
    (FLAT, "tariff/validFrom", "2026-02-30", Invalid, "tariff_source.day"),
    (FLAT, "tariff", [], Invalid, "tariff_source.type"),
    (FLAT, "meta/id", "", Invalid, "tariff_source.type"),
    (TOU, "tariff/import/bands", {}, Invalid, "tariff_source.type"),
    (TOU, "tariff/seasons/0/to", 12, Invalid, "tariff_source.type"),
    (TOU, "tariff/seasons/0/id", "cold", Invalid, "tariff_source.unknown"),
    (TOU, "tariff/supply", {}, Invalid, "tariff_source.missing"),
    (TOU, "tariff/import/bands/1/id", "n", Invalid, "tariff_source.twice"),
    (TOU, "tariff/import/schedule/1/band", "x", Invalid, "tariff_source.band_unknown"),
    (TOU, "tariff/import/schedule/1/band", "n", Invalid, "tariff_source.band_unpainted"),
    (TOU, "tariff/import/schedule/1/from", "08:00", Invalid, "tariff_source.schedule_gap"),
    (TOU, "tariff/import/schedule/1/from", "07:31", Invalid, "tariff_source.schedule_gap"),
    (TOU, "tariff/import/schedule/1/from", "07:00", Invalid, "tariff_source.schedule_overlap"),
    (TOU, "tariff/import/schedule/1/from", "24:30", Invalid, "tariff_source.time"),
    (TOU, "tariff/import/schedule/1/from", "22:00", Invalid, "tariff_source.time"),
    (TOU, "tariff/import/schedule/1/days", ["monday"], Invalid, "tariff_source.days"),
]  # fmt: skip


class TestRefusal:
    @pytest.mark.parametrize(("entry", "path", "value", "family", "code"), REFUSED)
    def test_names_the_place(
        self, entry: dict[str, Any], path: str, value: Any, family: type[DomainError], code: str
    ) -> None:
        with pytest.raises(family) as refused:
            tariff_of_entry(changed(entry, path, value), place="night.json")

        assert refused.value.code == code
        assert code.endswith("_gap") or refused.value.facts["place"].startswith("night.json")

    def test_is_of_two_seasons_that_share_a_month(self) -> None:
        entry = changed(TOU, "tariff/import/bands/1/seasonRates", {"hot": "1", "dry": "2"})
        entry["tariff"]["seasons"].append({"id": "dry", "name": "Dry", "from": 2, "to": 4})

        with pytest.raises(Refused, match=r"tariff_source\.season_overlap"):
            tariff_of_entry(entry)


class TestFiles:
    def test_are_taken_one_by_one_and_what_is_wrong_is_told(self) -> None:
        good, reserved = json.dumps(FLAT), json.dumps(changed(TOU, "tariff/demand", []))

        found = read_open_energy_tariffs({"a.json": good, "b.json": reserved, "c.json": "{"})

        assert [each["code"] for each in found.tariffs] == ["xx-night-saver"]
        assert [(each.place, each.code) for each in found.refused] == [
            ("b.json/tariff", "tariff_source.reserved"),
            ("c.json", "tariff_source.json"),
        ]
        assert [(each.place, each.code) for each in found.remarks] == [
            ("a.json", "tariff_source.no_vat")
        ]

    def test_keep_every_digit_of_a_number(self) -> None:
        text = json.dumps(FLAT).replace('"0.3010"', "0.30100000000000000001")

        (made,) = read_open_energy_tariffs({"a.json": text}).tariffs

        version = made["components"][0]["price"]["versions"][0]
        assert version["value"] == "0.30100000000000000001"

    def test_without_a_zone_are_told_which_was_taken(self) -> None:
        text = json.dumps(changed(FLAT, "meta/country", "DK"))
        entry = json.loads(text)
        del entry["meta"]["timezone"]

        found = read_open_energy_tariffs({"a.json": json.dumps(entry)})

        assert found.tariffs[0]["zone"] == "Europe/Copenhagen"
        assert "tariff_source.zone_of_country" in [each.code for each in found.remarks]
