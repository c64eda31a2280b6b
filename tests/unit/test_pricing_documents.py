"""What the tariff format says of a bill can be read back and computed again."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from energyretail.adapters.tariff_json import (
    DocumentFaults,
    load,
    rate_document,
    read_request,
    read_tariff,
)
from energyretail.domain import pricing
from recomputing import amount_cents

Json = dict[str, Any]
GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("bill_*.json"))


def requests() -> list[Any]:
    return [
        pytest.param(case["request"], id=f"{file.stem}-{case['name']}")
        for file in GOLDEN
        for case in json.loads(file.read_text("utf-8"))["cases"]
    ]


def blocks(month: int, kwh: str, carried: Json | None = None) -> Json:
    def day(number: int) -> str:
        return f"2026-{number:02}-01"

    return {
        "tariff": {
            "code": "T", "name": "T", "currency": "EUR",
            "rounding": {"scope": "line", "mode": "half_up", "decimals": 2},
            "components": [
                {"kind": "blocks", "name": "energy", "tax_code": "none",
                 "counted_over": "tax_year",
                 "steps": [{"up_to": "100", "price": "0.10"}, {"price": "0.30"}]},
                {"kind": "discount", "name": "off", "tax_code": "none", "bases": ["energy"],
                 "percent": "50", "budget": "12.50"},
            ],
        },
        "period": {"from": day(month), "to": day(month + 1)},
        "usage": {"registers": [{"register": "R", "from": day(month), "to": day(month + 1),
                                 "kwh": kwh}]},
        **({} if carried is None else {"carried_over": carried}),
    }  # fmt: skip


class TestResult:
    @pytest.mark.parametrize("request_", requests())
    def test_is_the_same_after_a_journey_through_json(self, request_: Json) -> None:
        result = rate_document(request_)

        assert load(json.dumps(result)) == result
        assert rate_document(load(json.dumps(request_))) == result

    @pytest.mark.parametrize("request_", requests())
    def test_computes_every_amount_again_from_its_derivation_alone(self, request_: Json) -> None:
        result = rate_document(request_)

        for line in (*result["lines"], *result["taxes"]):
            assert amount_cents(line["derivation"]) == Decimal(line["amount"]) * 100

    def test_hands_on_what_the_next_bill_must_know(self) -> None:
        first = rate_document(blocks(1, "60"))
        second = rate_document(blocks(2, "60", first["carried_over"]))
        third = rate_document(blocks(3, "60", second["carried_over"]))

        assert first["carried_over"] == {
            "counters": [{"component": "energy", "since": "2026-01-01", "kwh": "60"}],
            "discounts": [{"component": "off", "amount": "3"}],
        }
        # 40 of the second 60 kWh are in the first block, and half of 10.00 is given.
        assert [line["amount"] for line in second["lines"]] == ["4.00", "6.00", "-5.00"]
        # 3.00 and 5.00 are given; of half of 18.00 the budget of 12.50 leaves 4.50.
        assert [line["amount"] for line in third["lines"]] == ["18.00", "-4.50"]
        assert third["carried_over"]["discounts"] == [{"component": "off", "amount": "12.5"}]


class TestRequest:
    @pytest.mark.parametrize("request_", requests())
    def test_reads_its_tariff_alone_as_with_the_bill(self, request_: Json) -> None:
        alone = read_tariff(request_["tariff"])
        read = read_request(request_)

        if "rounding" not in request_:
            assert read.tariff == alone
        assert read_request(load(json.dumps(request_))) == read
        assert [type(c) for c in read.tariff.components] == [
            pricing.COMPONENTS[each["kind"]] for each in request_["tariff"]["components"]
        ]

    def test_that_is_wrong_in_many_places_tells_them_all(self) -> None:
        wrong = blocks(1, "many")
        wrong["tariff"]["rounding"]["mode"] = "nearest"
        wrong["tariff"]["components"][1]["bases"] = ["gone"]
        del wrong["period"]["to"]

        with pytest.raises(DocumentFaults) as found:
            rate_document(wrong)

        assert sorted((fault.pointer, fault.code) for fault in found.value.faults) == [
            ("/period/to", "document.missing"),
            ("/tariff/components/1/bases/0", "pricing.base_unknown"),
            ("/tariff/rounding/mode", "document.choice"),
            ("/usage/registers/0/kwh", "document.decimal"),
        ]
