"""Entries of Open Energy Tariffs price a year of real readings as they themselves say."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from public_tariffs import TARIFFS, Hour, hours, intervals, near, needs_data, priced

from energyretail.adapters.tariff_sources import import_tariffs

ENTRIES = sorted((TARIFFS / "open-energy-tariffs" / "tariffs").rglob("*.json"))
pytestmark = needs_data


class TestOpenEnergyTariffs:
    @pytest.mark.parametrize("file", ENTRIES, ids=lambda file: file.parent.name + "/" + file.stem)
    def test_prices_a_year_as_the_entry_says(self, file: Path) -> None:
        imported = import_tariffs("open-energy-tariffs", file)
        (tariff,) = imported.tariffs
        entry = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)["tariff"]
        start = date.fromisoformat(entry["validFrom"])
        period = (start, start.replace(year=start.year + 1))
        used = hours("electricity", *period, tariff["zone"])

        bill = priced(tariff, period, {"intervals": [intervals("R1", used)]})

        supply = entry.get("supply", {"daily": 0})["daily"] * (period[1] - period[0]).days
        energy = sum(each.kwh * _rate_of_entry(entry["import"], each) for each in used)
        assert near(bill, energy + supply)
        assert imported.refused == ()

    def test_are_thirty_one_danish_and_nineteen_others(self) -> None:
        danish = [file for file in ENTRIES if "DK" in file.parts]

        assert (len(danish), len(ENTRIES)) == (31, 50)


def _rate_of_entry(use: dict[str, Any], hour: Hour) -> Decimal:
    if "flatRate" in use:
        return Decimal(use["flatRate"])
    now = f"{hour.start:%H:%M}"
    (band,) = (
        each["band"]
        for each in use["schedule"]
        if each["days"] == "all"
        and (
            each["from"] <= now < each["to"]
            if each["from"] < each["to"]
            else now >= each["from"] or now < each["to"]
        )
    )
    return next(Decimal(each["rate"]) for each in use["bands"] if each["id"] == band)
