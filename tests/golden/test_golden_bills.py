"""Every golden bill in this folder comes out to the cent; to add one, add a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pricing_documents import period_of, policy_of, tariff_of, usage_of

from energyretail.domain import pricing

FILES = sorted(Path(__file__).parent.glob("bill_*.json"))


def _bill(case: dict[str, Any]) -> pricing.PricedBill:
    tariff = tariff_of(case["tariff"], policy_of(case["rounding"]))
    return pricing.rate(tariff, usage_of(case["usage"]), period=period_of(case["period"]))


def _expand(file_case: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    shared = {name: document[name] for name in ("tariff", "usage", "period") if name in document}
    return {**shared, **file_case}


def _all() -> list[Any]:
    found = []
    for file in FILES:
        document = json.loads(file.read_text("utf-8"))
        for case in document["cases"]:
            whole = _expand(case, document)
            found.append(pytest.param(whole, id=f"{file.stem}-{case['name']}"))
    return found


@pytest.mark.parametrize("case", _all())
def test_the_bill_is_the_published_one(case: dict[str, Any]) -> None:
    bill = _bill(case)

    expected = case["expect"]
    found = {
        "net": str(bill.net.amount),
        "tax": str(bill.tax.amount),
        "gross": str(bill.gross.amount),
        "taxes": [
            [t.tax, str(t.rate), str(t.base.amount), str(t.amount.amount)] for t in bill.taxes
        ],
        "lines": [[line.component, str(line.amount.amount)] for line in bill.lines],
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("case", _all())
def test_every_amount_of_the_bill_recomputes_from_its_derivation(case: dict[str, Any]) -> None:
    bill = _bill(case)

    for line in (*bill.lines, *bill.taxes):
        assert pricing.recompute(line.derivation) == line.amount.amount
        assert pricing.explain(line.derivation)


def test_the_golden_bills_are_there() -> None:
    assert len(FILES) >= 5
