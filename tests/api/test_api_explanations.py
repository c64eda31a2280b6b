"""Every document of a company that lived, computed again from what the API says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import httpx
import pytest
from lived_company import Lived

from recomputing import amount_cents, factors

Json = Mapping[str, Any]


@pytest.fixture(scope="module")
def client(company: Lived) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{company.url}/v1/invoices", timeout=20) as client:
        yield client


@pytest.fixture(scope="module")
def explanations(company: Lived, client: httpx.Client) -> dict[str, Json]:
    """The explanation of every document by its number."""
    numbers = company.seeds["invoices"]
    return {
        number: client.get(f"/{number}/explanation").raise_for_status().json() for number in numbers
    }


def cents(amount: Json) -> int:
    return int(Fraction(amount["amount"]) * 100)


def identities(readings: list[Json]) -> set[tuple[str, str, int]]:
    return {(each["register"], each["taken_on"], each["version"]) for each in readings}


class TestEveryDocument:
    def test_is_computed_again_from_its_explanation(self, explanations: dict[str, Json]) -> None:
        assert len(explanations) >= 8
        for number, told in explanations.items():
            for each in (*told["lines"], *told["taxes"]):
                assert amount_cents(each["derivation"]) == cents(each["amount"]), (number, each)

    def test_adds_up(self, explanations: dict[str, Json]) -> None:
        for told in explanations.values():
            lines = sum(cents(line["amount"]) for line in told["lines"])
            taxes = sum(cents(tax["amount"]) for tax in told["taxes"])
            assert (lines, taxes) == (cents(told["net"]), cents(told["tax"]))
            assert lines + taxes == cents(told["gross"])

    def test_names_the_readings_of_its_energy(self, explanations: dict[str, Json]) -> None:
        for told in explanations.values():
            for line in told["lines"]:
                index = {
                    f"{r['register']} {r['taken_on']} {r['index_kwh']} {r['quality']}"
                    f" v{r['version']}": Fraction(r["index_kwh"])
                    for r in line["readings"]
                }
                energies = [
                    f for f in factors(line["derivation"]) if f["name"].startswith("energy")
                ]
                for energy in energies:
                    before, after = energy["source"].split("; ")
                    assert (index[after] - index[before]) % 10**6 == Fraction(energy["value"])
                assert identities(line["readings"]) <= identities(told["readings"])

    def test_says_where_each_price_is_from(self, explanations: dict[str, Json]) -> None:
        for told in explanations.values():
            for line in told["lines"]:
                prices = [f for f in factors(line["derivation"]) if "EUR/" in f["unit"]]
                assert all(" from 20" in price["source"] for price in prices), line
                assert line["formula"]
            for tax in told["taxes"]:
                rates = [each for each in factors(tax["derivation"]) if each["name"] == "IVA"]
                assert rates
                assert all(rate["source"] for rate in rates)

    def test_is_rounded_where_it_says(self, explanations: dict[str, Json]) -> None:
        for told in explanations.values():
            if told["kind"] == "credit_note":
                continue
            for each in (*told["lines"], *told["taxes"]):
                rounding = each["derivation"]["rounding"]
                assert rounding == {"mode": "half_up", "decimals": 2}


class TestEveryComparison:
    def test_shares_the_difference_out_to_the_cent(
        self, company: Lived, client: httpx.Client, explanations: dict[str, Json]
    ) -> None:
        compared = 0
        for number, told in explanations.items():
            answer = client.get(f"/{number}/comparison")
            if answer.status_code == 404:
                assert answer.json()["code"] == "billing.comparison.no_previous"
                continue
            comparison = answer.raise_for_status().json()
            before = explanations[comparison["previous"]["number"]]
            difference = cents(told["gross"]) - cents(before["gross"])
            effects = {e["kind"]: cents(e["amount"]) for e in comparison["effects"]}
            assert sum(effects.values()) == difference == cents(comparison["difference"])
            assert effects["other"] == 0, "a bill of ours has nothing that no figure explains"
            assert (before["contract"], before["cups"]) == (told["contract"], told["cups"])
            assert before["period"]["end"] <= told["period"]["start"]
            compared += 1
        assert compared >= 3
