"""Every golden rectification states its residual, and taking back and rebilling nets the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from energyretail.domain import billing, pricing
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    InvoiceNumber,
    Period,
)

FILES = sorted(Path(__file__).parent.glob("rectification_*.json"))
YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
ISSUED = date(2026, 1, 15)


def cases() -> list[Any]:
    documents = [json.loads(file.read_text("utf-8")) for file in FILES]
    return [
        pytest.param(case, id=f"{document['id']}-{case['name']}")
        for document in documents
        for case in document["cases"]
    ]


def of(net: str) -> billing.Draft:
    """Return the draft of a year that costs `net`, outside VAT."""
    charge = pricing.StandingCharge(
        name="year",
        tax_code=pricing.NO_TAX,
        price=(pricing.always("price", net, "the source"),),
        per=pricing.Per.YEAR,
    )
    tariff = pricing.Tariff(
        "T", "Test", "EUR", (charge,), taxes=(), rounding=SPAIN.tariff("2.0TD-FIJO").rounding
    )
    bill = pricing.rate(tariff, pricing.Usage(), period=YEAR)
    point = Cups.of_digits("0031000000000001")
    return billing.Draft(ContractNumber("K000001"), CustomerNumber("C000001"), point, "T", bill, ())


def issued(number: str, draft: billing.Draft, **more: Any) -> billing.Invoice:
    return billing.issue(
        draft, number=InvoiceNumber(number), issued_on=ISSUED, due_on=ISSUED, **more
    )[0]


@pytest.mark.parametrize("case", cases())
def test_the_residual_is_the_published_one_and_the_pair_nets_the_same(case: dict[str, Any]) -> None:
    original, right = issued("F26-000001", of(case["billed"])), of(case["right"])

    by_difference, _ = billing.rectify(
        original, right, number=InvoiceNumber("R26-000001"), issued_on=ISSUED, due_on=ISSUED
    )
    note, _ = billing.credit(original, number=InvoiceNumber("R26-000002"), issued_on=ISSUED)
    again = issued("F26-000002", right, original=original)

    assert {
        "by_difference": f"{by_difference.net.amount:.2f}",
        "pair": [f"{note.net.amount:.2f}", f"{again.net.amount:.2f}"],
    } == case["expect"]
    assert note.net + again.net == by_difference.net
    assert by_difference.standing == again.bill


def test_the_golden_rectifications_are_there() -> None:
    assert len(cases()) >= 2
