"""The rows of the price cap price what they say, and the year the regulator prints."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from golden_documents import case_of
from public_tariffs import CENT, TARIFFS, coded, hours, intervals, needs_data, priced, span

from energyretail.adapters.tariff_sources import import_tariffs

pytestmark = needs_data


class TestOfgemCap:
    def test_prices_the_days_of_each_run_of_quarters_as_its_row_says(self) -> None:
        with (TARIFFS / "gb" / "ofgem_price_cap.csv").open(encoding="utf-8", newline="") as text:
            rows = {
                f"GB-CAP-{row['fuel'].upper()}-{row['valid_from']}": row
                for row in csv.DictReader(text)
            }
        for code, tariff in coded("ofgem-cap", "gb").items():
            row = rows[code]
            period = tuple(map(date.fromisoformat, (row["valid_from"], row["valid_to_exclusive"])))
            used = hours(row["fuel"], *period, "Europe/London")

            bill = priced(tariff, period, {"intervals": [intervals("R1", used)]})

            pence = sum(each.kwh for each in used) * Decimal(row["unit_rate_p_kWh"])
            pence += (period[1] - period[0]).days * Decimal(row["standing_charge_p_day"])
            assert abs(Decimal(bill["gross"]) - pence / 100) <= CENT
            share = Decimal(bill["gross"]) * 5 / 105
            assert abs(Decimal(bill["tax"]) - share) <= CENT

    def test_refuses_by_name_the_quarters_without_a_standing_charge(self) -> None:
        refused = import_tariffs("ofgem-cap", TARIFFS / "gb").refused

        assert [each.text.partition(" has ")[0] for each in refused] == [
            "electricity from 2025-04-01", "gas from 2025-04-01",
            "electricity from 2025-07-01", "gas from 2025-07-01",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("quarter", "name"),
        [
            ("2025-04-01", "April-June 2025"),
            ("2025-07-01", "July-September 2025"),
            ("2025-10-01", "October-December 2025"),
        ],
    )
    def test_gives_the_year_the_regulator_prints(
        self, quarter: str, name: str, tmp_path: Path
    ) -> None:
        start = date.fromisoformat(quarter)
        period = (start, start.replace(year=start.year + 1))
        request, expect = case_of("bill_gb_price_cap", name)
        pence = {
            each["name"]: Decimal(each["price"]) * 100 for each in request["tariff"]["components"]
        }
        head = (TARIFFS / "gb" / "ofgem_price_cap.csv").read_text(encoding="utf-8").split("\n")[0]
        # A row that holds for the whole year, for the rates of one quarter.
        rows = [
            f"{period[0]},{period[1]},{fuel},{pence[fuel]},{pence[f'{fuel} standing']},"
            "direct_debit,5%,GB average,Ofgem"
            for fuel in ("electricity", "gas")
        ]
        (tmp_path / "ofgem_price_cap.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
        tariffs = import_tariffs("ofgem-cap", tmp_path).tariffs

        bills = [
            priced(tariff, period, {"registers": [{**use, **span(period), "register": "R1"}]})
            for tariff, use in zip(tariffs, request["usage"]["registers"], strict=True)
        ]

        # One bill of both fuels there, one of each here.
        lines = [Decimal(amount) for _, amount in expect["lines"]]
        grosses = [Decimal(each["gross"]) for each in bills]
        assert grosses == [sum(lines[:2]), sum(lines[2:])]
        assert sum(grosses) == Decimal(expect["gross"])
        # The grid is rounded, the regulator's model is not: up to a pound a year apart.
        near = expect["near"]
        assert abs(sum(grosses) - Decimal(near["value"])) <= Decimal(near["within"])

    def test_has_the_unit_rates_of_the_quarters_that_were_refused(self) -> None:
        text = (TARIFFS / "gb" / "ofgem_price_cap.csv").read_text(encoding="utf-8")

        for row in (
            "2025-04-01,2025-07-01,electricity,27.03,,", "2025-04-01,2025-07-01,gas,6.99,,",
            "2025-07-01,2025-10-01,electricity,25.73,,", "2025-07-01,2025-10-01,gas,6.33,,",
        ):  # fmt: skip
            assert row in text
