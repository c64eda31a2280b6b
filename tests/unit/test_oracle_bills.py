"""The oracle of bills gives the figures that others published; it is no oracle else."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from oracle_bills import price, random_request
from oracle_bills.bands import easter
from oracle_bills.figures import rounded

Bill = dict[str, Any]
KINDS = {
    "standing_charge", "unit_rate", "time_of_use", "blocks", "subscribed_power", "stepped_power",
    "demand", "overrun", "reactive", "index_linked", "spot", "pass_through", "levy",
    "percentage_tax", "discount", "minimum_charge", "feed_in", "extra",
}  # fmt: skip


def bill(
    period: str,
    *components: Bill,
    kwh: str = "0",
    scope: str = "line",
    mode: str = "half_up",
    vat: str = "0",
    uses: list[tuple[str, str, str]] | None = None,
    usage: Bill | None = None,
    contract: Bill | None = None,
    **tariff: Any,
) -> Bill:
    first, end = period.split("/")
    spans = uses or [(first, end, kwh)]
    request: Bill = {
        "tariff": {
            "rounding": {"scope": scope, "mode": mode, "decimals": 2},
            "taxes": [{"code": "V", "name": "V", "rate": vat}],
            "components": [
                {"name": f"c{place}", "tax_code": "V", **component}
                for place, component in enumerate(components)
            ],
            **tariff,
        },
        "period": {"from": first, "to": end},
        "usage": usage
        or {"registers": [{"register": "R", "from": a, "to": b, "kwh": k} for a, b, k in spans]},
    }
    return price({**request, "contract": contract} if contract else request)


def changing(*steps: tuple[str, str]) -> Bill:
    ends = [begin for begin, _ in steps[1:]]
    return {
        "versions": [
            {"from": begin, "value": value, **({"to": end} if end else {})}
            for (begin, value), end in zip(steps, [*ends, None], strict=True)
        ]
    }


def amounts(result: Bill) -> list[str]:
    return [str(float(line.amount)) for line in result["lines"]]


class TestPublishedBills:
    def test_two_price_changes_of_german_gas_come_out(self) -> None:
        energy = changing(("2005-01-01", "0.0360"), ("2005-08-01", "0.0408"),
                          ("2006-02-01", "0.0446"))  # fmt: skip
        spans = [("2005-02-27", "2005-08-01", "8741"), ("2005-08-01", "2006-02-01", "17322"),
                 ("2006-02-01", "2006-03-01", "3965")]  # fmt: skip

        result = bill(
            "2005-02-27/2006-03-01", {"kind": "unit_rate", "price": energy},
            {"kind": "standing_charge", "price": "120", "per": "year"}, uses=spans, vat="16",
        )  # fmt: skip

        assert amounts(result) == ["314.68", "706.74", "176.84", "50.96", "60.49", "9.21"]
        assert result["net"] == Fraction("1318.92")
        assert result["tax"] == Fraction("211.03")

    @pytest.mark.parametrize(
        ("scope", "mode", "total"),
        [("end", "half_up", "94.92"), ("line", "half_up", "94.93"), ("line", "half_even", "94.92")],
    )
    def test_a_british_price_change_depends_on_the_rounding(
        self, scope: str, mode: str, total: str
    ) -> None:
        energy = changing(("2025-04-01", "0.2703"), ("2025-07-01", "0.2573"))
        daily = changing(("2025-04-01", "0.5380"), ("2025-07-01", "0.5137"))

        result = bill(
            "2025-06-16/2025-07-16", {"kind": "unit_rate", "price": energy},
            {"kind": "standing_charge", "price": daily}, kwh="300", scope=scope, mode=mode,
        )  # fmt: skip

        assert result["gross"] == Fraction(total)

    def test_british_vat_by_use_is_split_and_cut_off(self) -> None:
        result = bill(
            "2008-01-01/2008-01-31", {"kind": "standing_charge", "price": "10", "per": "month",
                                      "apportioning": "days_360"},
            {"kind": "unit_rate", "price": "0.1"},
            {"kind": "levy", "price": "0.0043", "by_use": "taxable"}, kwh="2000", mode="down",
            vat="17.5", contract={"qualifying_percent": "20"},
            taxes=[{"code": "V", "rate": "17.5"}, {"code": "R", "rate": "5"}],
            vat_by_use={"standard": "V", "reduced": "R", "de_minimis_kwh_per_day": "33"},
        )  # fmt: skip

        assert {rate[0]: taxes for rate, taxes in result["taxes"].items()} == {
            "V": (Fraction("174.88"), Fraction("30.60")),
            "R": (Fraction("42.00"), Fraction("2.10")),
        }
        assert result["gross"] == Fraction("249.58")

    def test_american_blocks_and_their_percentage_come_out(self) -> None:
        steps = [{"up_to": "250", "price": "0.064"}, {"up_to": "700", "price": "0.049"},
                 {"price": "0.0446"}]  # fmt: skip

        result = bill(
            "2025-01-01/2025-02-01", {"kind": "blocks", "steps": steps},
            {"kind": "unit_rate", "price": "0.085"}, {"kind": "standing_charge", "price": "7.50",
            "per": "month", "apportioning": "days_in_month"},
            {"kind": "percentage_tax", "bases": ["c0", "c1", "c2"], "rate": "1"}, kwh="1200",
        )  # fmt: skip

        assert amounts(result) == ["16.0", "22.05", "22.3", "102.0", "7.5", "1.7"]
        assert result["gross"] == Fraction("171.55")

    @pytest.mark.parametrize(
        ("powers", "total"),
        [((60, 60, 60, 60), "1557.67"), ((36, 36, 60, 60), "1484.47"),
         ((36, 36, 36, 100), "1901.75")],
    )  # fmt: skip
    def test_french_stepped_powers_come_out(self, powers: tuple[int, ...], total: str) -> None:
        prices = zip(("A", "B", "C", "D"), ("17.61", "15.96", "14.56", "11.98"), strict=True)
        subscribed = [{"register": name, "value": str(power), "unit": "kVA"}
                      for name, power in zip("ABCD", powers, strict=True)]  # fmt: skip

        result = bill(
            "2025-01-01/2026-01-01",
            {"kind": "stepped_power", "steps": [{"register": n, "price": p} for n, p in prices]},
            {"kind": "standing_charge", "price": ["217.80", "283.27"], "per": "year"},
            usage={"powers": subscribed}, scope="end",
        )  # fmt: skip

        assert result["gross"] == Fraction(total)

    @pytest.mark.parametrize(
        ("period", "amount"),
        [("2026-09-16/2026-09-25", "7.24"), ("2026-09-25/2026-10-17", "18.30"),
         ("2026-09-17/2026-09-25", "6.44"), ("2026-09-30/2026-10-25", "20.79")],
    )  # fmt: skip
    def test_months_that_begin_on_the_25th_come_out(self, period: str, amount: str) -> None:
        monthly = {"kind": "standing_charge", "price": "24.95", "per": "month", "anchor_day": 25}

        result = bill(period, monthly, apportioning="days_in_month", mode="half_down")

        # 24.95 x 25 / 30 is 20.7916; no case lies on a half.
        assert result["gross"] == Fraction(amount)

    def test_british_cubic_feet_become_energy(self) -> None:
        usage = {
            "volumes": [{"register": "G", "from": "2025-01-01", "to": "2025-02-01",
                         "volume": "100", "conversion": "ft3"}],
            "conversions": [{"name": "ft3", "m3_per_unit": "2.83", "correction": "1.02264",
                             "calorific_value": "39.3", "unit": "MJ/m3"}],
        }  # fmt: skip

        result = bill("2025-01-01/2025-02-01", {"kind": "unit_rate", "price": "1"}, usage=usage)

        assert result["energy_kwh"] == Fraction("3159.36106")
        assert result["gross"] == Fraction("3159.36")

    def test_the_minimum_tops_up_a_small_bill_alone(self) -> None:
        components = [
            {"kind": "standing_charge", "price": "10", "per": "month",
             "apportioning": "days_in_month"},
            {"kind": "unit_rate", "price": "0.15"},
            {"kind": "minimum_charge", "bases": ["c0", "c1"], "amount": "20"},
        ]  # fmt: skip

        small = bill("2025-01-01/2025-02-01", *components, kwh="50")
        large = bill("2025-01-01/2025-02-01", *components, kwh="150")

        assert amounts(small) == ["10.0", "7.5", "2.5"]
        assert large["gross"] == Fraction("32.5")


class TestParts:
    @pytest.mark.parametrize(
        ("mode", "expected"),
        [("half_up", "0.13 -0.13 0.12"), ("half_even", "0.12 -0.12 0.12"),
         ("half_down", "0.12 -0.12 0.12"), ("down", "0.12 -0.12 0.12"), ("up", "0.13 -0.13 0.13")],
    )  # fmt: skip
    def test_a_half_is_rounded_as_its_mode_says(self, mode: str, expected: str) -> None:
        halves = [Fraction("0.125"), Fraction("-0.125"), Fraction("0.1201")]

        assert [rounded(half, mode, 2) for half in halves] == [
            Fraction(one) for one in expected.split()
        ]

    def test_easter_is_that_of_the_almanac(self) -> None:
        told = {2000: "04-23", 2019: "04-21", 2024: "03-31", 2038: "04-25", 2076: "04-19"}

        assert {year: f"{easter(year):%m-%d}" for year in told} == told

    def test_random_requests_show_every_kind_and_are_the_same_for_the_same_seed(self) -> None:
        seen = [random_request(Random(seed)) for seed in range(400)]

        kinds = {one["kind"] for request in seen for one in request["tariff"]["components"]}

        assert kinds == KINDS
        assert seen == [random_request(Random(seed)) for seed in range(400)]
