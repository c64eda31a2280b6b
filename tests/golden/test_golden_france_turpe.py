"""The French grids price a year as their rows say, and the fixed part to the cent."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from golden_documents import case_of
from public_tariffs import CENT, TARIFFS, by_register, coded, hours, needs_data, priced, span

from energyretail.adapters.tariff_sources import Document

pytestmark = needs_data

FOUR = ("HPH", "HCH", "HPB", "HCB")
LOW_SEASON = range(4, 11)


def french_register(registers: tuple[str, ...], hour: datetime) -> str:
    if registers == ("BASE",):
        return "BASE"
    name = "HC" if hour.hour < 6 or hour.hour >= 22 else "HP"
    season = "B" if hour.month in LOW_SEASON else "H"
    return name if registers == ("HP", "HC") else name + season


class TestFranceTurpe:
    def test_prices_a_year_of_every_formula(self) -> None:
        tariffs = coded("france-turpe", "fr-turpe-accise-cta")
        with (TARIFFS / "fr-turpe-accise-cta" / "turpe_rules.csv").open(
            encoding="utf-8", newline=""
        ) as text:
            rows = [*csv.DictReader(text)]
        assert set(tariffs) == {f"FR-{row['Formule_Tarifaire_Acheminement']}" for row in rows}
        for code, tariff in tariffs.items():
            mine = [row for row in rows if f"FR-{row['Formule_Tarifaire_Acheminement']}" == code]
            # The small ones through three grids of 2025, the large ones through their only one.
            start = date(2025, 8, 1) if "BTSUP" in code else date(2025, 1, 1)
            self._year(tariff, mine, (start, start.replace(year=start.year + 1)))

    def _year(
        self, tariff: Document, rows: list[dict[str, str]], period: tuple[date, date]
    ) -> None:
        (energy,) = (each for each in tariff["components"] if each["name"] == "energy")
        registers = tuple(energy["rates"])
        used = hours("electricity", *period, "Europe/Paris")
        cuts = sorted(
            {date(y, m, 1) for y in (2025, 2026) for m in range(1, 13)} & _days(period) | {*period}
        )
        powers = ["PS"] if "BTINF" in tariff["code"] else [*FOUR]
        usage = {
            "registers": [
                *by_register(used, lambda at: french_register(registers, at), [*registers], cuts)
            ],
            "powers": [{"register": each, "value": "40", "unit": "kVA"} for each in powers],
        }

        bill = priced(tariff, period, usage)

        amounts = _by_component(bill)
        fixed = energy_sum = Decimal(0)
        for row in rows:
            start = max(date.fromisoformat(row["start"]), period[0])
            end = min(date.fromisoformat(row["end"] or "9999-01-01"), period[1])
            if start < end:
                price = Decimal(row["b"] or row["b_hph"]) * 40
                price += Decimal(row["cg"]) + Decimal(row["cc"])
                fixed += price * (end - start).days / 365
                energy_sum += sum(
                    each.kwh
                    * Decimal(row[f"c_{french_register(registers, each.start).lower()}"])
                    / 100
                    for each in used
                    if start <= each.start.date() < end
                )
        shown = amounts["management"] + amounts["metering"] + amounts["subscribed power"]
        # Each line shown is rounded for itself; the subtotal is not made of them.
        assert abs(shown - fixed) <= 9 * CENT
        assert abs(amounts["energy"] - energy_sum) <= 12 * CENT
        assert amounts["excise"] > 0
        assert amounts["CTA"] > 0

    @pytest.mark.parametrize(
        ("formula", "period", "name"),
        [
            # The days of the rows at hand, as many as in the case.
            ("BTINFCUST", ("2024-11-10", "2024-12-10"), "6 kVA, 30 days"),
            ("BTINFCU4", ("2024-12-01", "2025-01-01"), "9 kVA, 31 days"),
            ("BTINFCU4", ("2025-08-01", "2026-08-01"), "36 kVA, a year"),
        ],
    )
    def test_rounds_the_fixed_part_once(
        self, formula: str, period: tuple[str, str], name: str
    ) -> None:
        start, end = map(date.fromisoformat, period)
        registers = ("BASE",) if formula == "BTINFCUST" else FOUR
        request, expect = case_of("bill_fr_turpe_fixed_part", name)
        (power,) = request["usage"]["powers"]

        bill = self._bill(f"FR-{formula}", registers, (start, end), {"PS": power["value"]})

        assert bill["net"] == expect["gross"]

    def test_rounds_the_fixed_part_once_over_a_change_and_each_side_of_it(self) -> None:
        first, cut, end = date(2025, 1, 15), date(2025, 2, 1), date(2025, 2, 15)
        _, expect = case_of("bill_fr_turpe_price_change", "fixed part")

        nets = [
            self._bill("FR-BTINFCUST", ("BASE",), period, {"PS": "6"})["net"]
            for period in ((first, cut), (cut, end), (first, end))
        ]

        assert nets == [*(amount for _, amount in expect["lines"]), expect["gross"]]

    def test_rounds_the_fixed_part_once_whatever_the_days(self) -> None:
        start = date(2024, 11, 1)
        for days in range(1, 93):
            period = (start, start + timedelta(days=days))

            bill = self._bill("FR-BTINFCUST", ("BASE",), period, {"PS": "6"})

            exact = Decimal("99.72") * days / 365
            assert Decimal(bill["net"]) == exact.quantize(CENT, ROUND_HALF_UP), days

    def test_charges_the_cents_a_kwh_of_its_days(self) -> None:
        first, cut, end = date(2025, 1, 15), date(2025, 2, 1), date(2025, 2, 15)
        _, expect = case_of("bill_fr_turpe_price_change", "100 kWh on each side of a reading")

        energy = [
            _by_component(self._bill("FR-BTINFCUST", ("BASE",), period, {"PS": "6"}, kwh="100"))[
                "energy"
            ]
            for period in ((first, cut), (cut, end))
        ]

        assert energy == [Decimal(amount) for name, amount in expect["lines"] if name == "variable"]

    @pytest.mark.parametrize("name", ["60/60/60/60 kVA", "36/36/60/60 kVA", "36/36/36/100 kVA"])
    def test_steps_through_rising_powers(self, name: str) -> None:
        request, expect = case_of("bill_fr_stepped_power", name)
        powers = {power["register"]: power["value"] for power in request["usage"]["powers"]}

        bill = self._bill("FR-BTSUPCU", FOUR, (date(2025, 8, 1), date(2026, 8, 1)), powers)

        assert bill["net"] == expect["gross"]

    def _bill(
        self,
        code: str,
        registers: tuple[str, ...],
        period: tuple[date, date],
        powers: dict[str, str],
        kwh: str = "0",
    ) -> Any:
        """Return a bill without the CTA: with no energy all of it is the fixed part."""
        tariff = coded("france-turpe", "fr-turpe-accise-cta")[code]
        parts = [each for each in tariff["components"] if each["name"] != "CTA"]
        used = [{"register": each, **span(period), "kwh": kwh} for each in registers]
        held = [{"register": name, "value": value, "unit": "kVA"} for name, value in powers.items()]
        return priced({**tariff, "components": parts}, period, {"registers": used, "powers": held})


def _days(period: tuple[date, date]) -> set[date]:
    return {
        date.fromordinal(day) for day in range(period[0].toordinal(), period[1].toordinal() + 1)
    }


def _by_component(bill: Any) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in bill["lines"]:
        found[line["component"]] = found.get(line["component"], Decimal(0)) + Decimal(
            line["amount"]
        )
    return found
