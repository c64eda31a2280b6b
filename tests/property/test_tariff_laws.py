"""Laws of every bill that a tariff document prices, whatever is in the document."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from energyretail.adapters.tariff_json import rate_document
from energyretail.testing.profiles import dear
from oracle_bills import requests

Bill = dict[str, Any]
DAY = timedelta(days=1)
MANY = dear(60)
# What is a plain sum over days: no threshold is met anew in every part.
PLAIN = {
    "standing_charge", "unit_rate", "levy", "time_of_use", "blocks", "subscribed_power",
    "stepped_power", "demand", "overrun", "index_linked", "spot", "feed_in", "extra",
}  # fmt: skip


def rounding_of(request: Bill) -> Bill:
    told: Bill = request.get("rounding", request["tariff"]["rounding"])
    return told


def in_bytes(request: Bill) -> bytes:
    return json.dumps(rate_document(request)).encode()


def summed(values: Iterator[str]) -> Fraction:
    return sum((Fraction(value) for value in values), Fraction(0))


def plain(request: Bill) -> Bill:
    """Return a request with nothing but plain components, rounded at the end alone."""
    kept = copy.deepcopy(request)
    components = [one for one in kept["tariff"]["components"] if one["kind"] in PLAIN]
    for one in components:
        one.pop("limit_to", None)
    names = {one["name"] for one in components}
    kept["tariff"]["components"] = components
    usage = kept["usage"]
    for sort in ("passed_on", "extras"):
        usage[sort] = [one for one in usage.get(sort, ()) if one["component"] in names]
    usage.pop("reactive", None)
    for entries in kept.get("carried_over", {}).values():
        entries[:] = [one for one in entries if one["component"] in names]
    read = {one.get("index") for one in components}
    kept["indices"] = [index for index in kept.get("indices", ()) if index["name"] in read]
    rounding_of(kept)["scope"] = "end"
    return kept


def cut_prices(value: Any, day: str) -> Any:
    """Return a piece of a tariff in which every price begins a new version of itself that day."""
    if isinstance(value, list):
        return [cut_prices(one, day) for one in value]
    if not isinstance(value, dict):
        return value
    if "versions" in value:
        return {**value, "versions": list(_cut_versions(value["versions"], day))}
    return {key: _cut_price(key, one, day) for key, one in value.items()}


def _cut_price(key: str, value: Any, day: str) -> Any:
    if key == "price" and isinstance(value, str):
        before = {"from": "2019-01-01", "to": day, "value": value}
        return {"versions": [before, {"from": day, "value": value}]}
    return cut_prices(value, day)


def _cut_versions(versions: list[Bill], day: str) -> Iterator[Bill]:
    for version in versions:
        if version["from"] < day < version.get("to", "9999"):
            yield {**version, "to": day}
            yield {**version, "from": day}
        else:
            yield version


def year_of_blocks(method: str, months: list[int]) -> tuple[Bill, list[Bill]]:
    """Return one bill of a year and the twelve of its months, without counters."""
    # In whole kWh the digits of the amount tell the energy of each block.
    steps = [
        {"up_to": "900", "price": "1"}, {"up_to": "2500", "price": "1000000"},
        {"price": "1000000000000"},
    ]  # fmt: skip
    tariff = {
        "code": "B", "name": "Blocks", "currency": "EUR", "components": [
            {"kind": "blocks", "name": "blocks", "tax_code": "none", "steps": steps,
             "method": method, "counted_over": "tax_year", "year_starts": "04-01"}],
        "rounding": {"scope": "end", "mode": "half_up", "decimals": 2},
    }  # fmt: skip
    firsts = [date(2026 + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 17)]
    spans = [{"from": str(a), "to": str(b)} for a, b in pairwise(firsts)]
    uses = [
        {"register": "R", **span, "kwh": str(kwh)} for span, kwh in zip(spans, months, strict=True)
    ]
    whole = {"from": str(firsts[0]), "to": str(firsts[-1])}
    return (
        {"tariff": tariff, "period": whole, "usage": {"registers": uses}},
        [{"tariff": tariff, "period": span, "usage": {"registers": [use]}}
         for span, use in zip(spans, uses, strict=True)],
    )  # fmt: skip


class TestEveryBill:
    @MANY
    @given(requests())
    def test_is_the_same_to_the_byte_when_it_is_priced_again(self, request_: Bill) -> None:
        before = copy.deepcopy(request_)

        first = in_bytes(request_)

        assert in_bytes(request_) == first
        assert in_bytes(json.loads(json.dumps(request_))) == first
        assert request_ == before

    @MANY
    @given(requests())
    def test_sums_its_lines_to_the_net_or_the_gross(self, request_: Bill) -> None:
        bill = rate_document(request_)

        total = summed(line["amount"] for line in bill["lines"])

        inclusive = request_["tariff"].get("prices") == "tax_inclusive"
        assert total == Fraction(bill["gross" if inclusive else "net"])

    @MANY
    @given(requests())
    def test_is_its_net_and_the_tax_of_each_rate(self, request_: Bill) -> None:
        bill = rate_document(request_)

        tax = summed(one["amount"] for one in bill["taxes"])

        assert tax == Fraction(bill["tax"])
        assert Fraction(bill["net"]) + tax == Fraction(bill["gross"])
        roundings = (one["amount"] for one in bill["lines"] if one["component"] == "rounding")
        assert summed(roundings) == Fraction(bill["rounding"]["amount"])

    @MANY
    @given(requests(), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_in_which_use_is_told(
        self, request_: Bill, chance: Any
    ) -> None:
        shuffled = copy.deepcopy(request_)
        for sort, entries in shuffled["usage"].items():
            if sort != "profile":
                chance.shuffle(entries)

        told = [json.dumps(rate_document(each)) for each in (request_, shuffled)]
        assert told[0] == told[1]

    @MANY
    @given(requests(), st.data())
    def test_is_not_altered_by_a_new_version_of_the_same_value(
        self, request_: Bill, data: st.DataObject
    ) -> None:
        request = plain(request_)
        assume(request["tariff"]["components"])
        first, end = (date.fromisoformat(request["period"][side]) for side in ("from", "to"))
        day = first + data.draw(st.integers(0, (end - first).days - 1)) * DAY
        tariff = request["tariff"]
        components = cut_prices(tariff["components"], str(day))

        cut = rate_document({**request, "tariff": {**tariff, "components": components}})

        whole = rate_document(request)
        for field in ("net", "tax", "gross", "taxes", "carried_over", "energy_kwh"):
            assert without_steps(cut.get(field)) == without_steps(whole.get(field))
        assert len(cut["lines"]) >= len(whole["lines"]) - 1


def without_steps(value: Any) -> Any:
    """Return part of a bill without the calculations that explain it."""
    if isinstance(value, list):
        return [without_steps(one) for one in value]
    if isinstance(value, dict):
        return {key: without_steps(one) for key, one in value.items() if key != "derivation"}
    return value


class TestEnergy:
    @MANY
    @given(
        st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(2, 60), st.integers(1, 59),
        st.integers(-500, 100_000),
    )  # fmt: skip
    def test_of_two_spans_of_days_is_that_of_both(
        self, first: date, days: int, cut: int, volume: int
    ) -> None:
        middle, end = first + min(cut, days - 1) * DAY, first + days * DAY
        change = {"to": str(first + days // 3 * DAY)} if days >= 3 else {}
        values = [{"from": "2020-01-01", "value": "39.3", **change}]
        if change:
            values.append({"from": change["to"], "value": "40.1"})

        whole, before, after = (
            energy(values, first, end, volume, (a, b))
            for a, b in ((first, end), (first, middle), (middle, end))
        )

        # Each is told to six places.
        assert abs(whole - before - after) <= Fraction(3, 2 * 10**6)


def energy(
    values: list[Bill], first: date, end: date, volume: int, billed: tuple[date, date]
) -> Fraction:
    """Return the energy of the billed days of a volume that was read around them."""
    share = Fraction(volume * (billed[1] - billed[0]).days, (end - first).days)
    # Twelve places are more than enough for six.
    told = f"{round(share * 10**12):+d}e-12"
    request = {
        "tariff": {
            "code": "G", "name": "Gas", "currency": "EUR",
            "components": [{"kind": "unit_rate", "name": "c", "price": "1", "tax_code": "none"}],
            "rounding": {"scope": "end", "mode": "half_up", "decimals": 2},
        },
        "period": {"from": str(billed[0]), "to": str(billed[1])},
        "usage": {
            "volumes": [{
                "register": "G", "from": str(billed[0]), "to": str(billed[1]),
                "volume": format(Decimal(told), "f"), "conversion": "C",
            }],
            "conversions": [{
                "name": "C", "unit": "MJ/m3", "correction": "1.02264",
                "calorific_value": {"versions": values},
            }],
        },
    }  # fmt: skip
    return Fraction(rate_document(request)["energy_kwh"])


class TestBlocks:
    @MANY
    @given(st.lists(st.integers(0, 900), min_size=12, max_size=12))
    def test_of_twelve_bills_are_those_of_one_over_the_year(self, months: list[int]) -> None:
        year, bills = year_of_blocks("graduated", months)
        carried: Bill = {}
        total = Fraction(0)

        for bill in bills:
            priced = rate_document({**bill, **({"carried_over": carried} if carried else {})})
            carried = priced["carried_over"]
            total += Fraction(priced["gross"])

        whole = rate_document(year)
        assert total == Fraction(whole["gross"])
        assert carried["counters"] == whole["carried_over"]["counters"]
