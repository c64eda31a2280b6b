"""An explanation is enough to compute a document again, by somebody who has nothing else."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from energyretail.adapters.shared.bill_json import explanation_json
from energyretail.domain import billing
from energyretail.testing import strategies
from recomputing import amount_cents, rounded, value


def told(invoice: billing.Invoice) -> dict[str, Any]:
    """The explanation as whoever reads JSON has it."""
    body: dict[str, Any] = json.loads(json.dumps(explanation_json(billing.explain(invoice))))
    return body


class TestExplanation:
    @given(strategies.invoices() | strategies.credit_notes())
    def test_gives_every_line_and_tax_again(self, invoice: billing.Invoice) -> None:
        explanation = told(invoice)

        for each in (*explanation["lines"], *explanation["taxes"]):
            assert amount_cents(each["derivation"]) == each["amount_cents"], each["label"]
        assert [line["amount_cents"] for line in explanation["lines"]] == [
            line.amount.cents for line in invoice.lines
        ]
        assert [tax["amount_cents"] for tax in explanation["taxes"]] == [
            tax.amount.cents for tax in invoice.taxes
        ]

    @given(strategies.invoices() | strategies.credit_notes())
    def test_adds_up(self, invoice: billing.Invoice) -> None:
        explanation = told(invoice)

        lines = sum(line["amount_cents"] for line in explanation["lines"])
        taxes = sum(tax["amount_cents"] for tax in explanation["taxes"])
        assert (lines, taxes) == (explanation["net_cents"], explanation["tax_cents"])
        assert lines + taxes == explanation["gross_cents"]


class TestEvaluator:
    """The evaluator by hand, for what our bills hold seldom or not yet."""

    def test_adds_the_products_of_series_as_one_more_part(self) -> None:
        hours = [{"name": "kWh", "values": ["1", "0.5", "2"]}, {"values": ["0.10", "0.20", "-0.1"]}]

        assert value({"name": "energy", "series": hours}) == 0
        assert value(
            {
                "name": "energy",
                "series": hours[:1],
                "parts": [{"name": "more", "factors": [{"value": "1.5"}]}],
                "factors": [{"value": "2"}],
                "divisors": [{"value": "5"}],
            }
        ) == Fraction(2)
        assert value({"name": "none", "series": [{"values": []}]}) == 0

    def test_refuses_series_of_two_lengths(self) -> None:
        with pytest.raises(ValueError, match="shorter"):
            value({"name": "energy", "series": [{"values": ["1", "2"]}, {"values": ["1"]}]})

    @pytest.mark.parametrize(
        ("combine", "result"), [("sum", 7), ("product", 10), ("greatest", 5), ("least", 2)]
    )
    def test_combines_parts(self, combine: str, result: int) -> None:
        parts = [{"name": n, "factors": [{"value": n}]} for n in ("2", "5")]

        assert value({"name": "both", "combine": combine, "parts": parts}) == result

    @pytest.mark.parametrize(
        ("exact", "mode", "result"),
        [
            ("0.125", "half_up", "0.13"),
            ("-0.125", "half_up", "-0.13"),
            ("0.125", "half_even", "0.12"),
            ("-0.135", "half_even", "-0.14"),
            ("0.129", "down", "0.12"),
        ],
    )
    def test_rounds(self, exact: str, mode: str, result: str) -> None:
        assert rounded(Fraction(exact), mode, 2) == Fraction(result)
