"""The oracle of bills gives the figures that others published; it is no oracle else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from oracle_bills import price, random_request
from oracle_bills.bands import easter
from oracle_bills.figures import rounded

Bill = dict[str, Any]
GOLDEN = Path(__file__).parents[1] / "golden"
KINDS = {
    "standing_charge", "unit_rate", "time_of_use", "blocks", "subscribed_power", "stepped_power",
    "demand", "overrun", "reactive", "index_linked", "spot", "pass_through", "levy",
    "percentage_tax", "discount", "minimum_charge", "feed_in", "extra",
}  # fmt: skip


def cases() -> Iterator[Any]:
    """Yield the golden bills, which say whose figures they are."""
    for file in sorted(GOLDEN.glob("bill_*.json")):
        for case in json.loads(file.read_text("utf-8"))["cases"]:
            name = f"{file.stem}-{case['name']}"
            yield pytest.param(case["request"], case["expect"], id=name)


class TestPublishedBills:
    @pytest.mark.parametrize(("request_", "expect"), [*cases()])
    def test_come_out(self, request_: Bill, expect: Bill) -> None:
        result = price(request_)

        for total in {"net", "tax", "gross"} & set(expect):
            assert result[total] == Fraction(expect[total])
        if "lines" in expect:
            # It writes no line for what rounding leaves over, and one for a block without energy.
            assert [(line.component, line.amount) for line in result["lines"] if line.amount] == [
                (component, Fraction(amount))
                for component, amount in expect["lines"]
                if component != "rounding" and Fraction(amount)
            ]
        if "taxes" in expect:
            assert {rate: tax for rate, (_, tax) in result["taxes"].items()} == {
                (code, Fraction(rate)): Fraction(tax) for code, rate, _, tax in expect["taxes"]
            }
        if "energy_kwh" in expect:
            places = -Decimal(expect["energy_kwh"]).as_tuple().exponent
            shown = rounded(result["energy_kwh"], "half_up", places)
            assert shown == Fraction(expect["energy_kwh"])
        if "near" in expect:
            off = abs(result["gross"] - Fraction(expect["near"]["value"]))
            assert off <= Fraction(expect["near"]["within"])


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
