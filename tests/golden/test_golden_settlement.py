"""Every golden settlement and plan comes out to the cent; to add one, add a file."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from settlement_documents import (
    advances_of,
    ask_all,
    bill_of,
    invoice_of,
    plan_of,
    shares_of,
)

from energyretail.domain import billing
from energyretail.domain.shared import TARGET, Money

FOLDER = Path(__file__).parent


def _cases(kind: str) -> list[Any]:
    found = []
    for file in sorted(FOLDER.glob(f"{kind}_*.json")):
        document = json.loads(file.read_text("utf-8"))
        for case in document["cases"]:
            name = f"{file.stem}-{case['name']}"
            found.append(pytest.param({**document, **case}, id=name))
    return found


def _text(money: Money) -> str:
    return f"{money.amount:.2f}"


@pytest.mark.parametrize("case", _cases("settlement"))
def test_the_settlement_is_the_published_one(case: dict[str, Any]) -> None:
    advances = advances_of(case["advances"])

    settled = billing.settle(bill_of(case["bill"]), [each.deduction for each in advances])

    found = {
        "advances": {
            "net": _text(Money.total((each.net for each in advances), "EUR")),
            "tax": _text(Money.total((each.tax for each in advances), "EUR")),
            "gross": _text(Money.total((each.gross for each in advances), "EUR")),
        },
        "residual": {
            "net": _text(settled.net),
            "taxes": shares_of(settled.taxes),
            "gross": _text(settled.gross),
        },
    }
    assert found == case["expect"]


@pytest.mark.parametrize("case", _cases("plan"))
def test_the_plan_and_the_one_that_follows_are_the_published_ones(case: dict[str, Any]) -> None:
    plan = plan_of(case, tax=case["tax"])
    advances = ask_all(plan, rate=Decimal(case["rate"]))
    bill = invoice_of(case["bill"])

    left = (billing.ItemLeft(bill.item, bill.gross),)
    closing, _ = billing.close_plan(
        plan,
        [billing.ClosingBill(bill, left)],
        advances,
        on=bill.issued_on,
        goes_on=True,
        calendar=TARGET,
    )

    assert closing.following is not None
    following = closing.following
    assert {
        "instalments": [_text(each.amount) for each in plan.instalments],
        "residual": _text(closing.residual),
        "following": {
            "first_day": str(following.first_day),
            "instalments": [_text(each.amount) for each in following.instalments],
            "carried": [_text(each.carried) for each in following.instalments],
        },
    } == {**case["expect"]}


def test_the_golden_settlements_are_there() -> None:
    assert len(_cases("settlement")) >= 2
    assert len(_cases("plan")) >= 2
