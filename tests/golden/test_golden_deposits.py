"""Every worked deposit in this folder comes out to the cent; to add one, add a file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from energyretail.domain import billing, pricing
from energyretail.domain.ledger import OpenItem
from energyretail.domain.shared import Money, Period, customer_number, invoice_number

FILES = sorted(Path(__file__).parent.glob("deposit_*.json"))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _rules(case: dict[str, Any]) -> billing.DepositRules:
    versions = tuple(
        pricing.Version(Period(_day(start), _day(end) if end else None), value, "the example")
        for start, end, value in case["rates"]
    )
    rates = pricing.DatedPrice("rate", versions)
    return billing.DepositRules("XX", rates, billing.DayCount(case["day_count"]), "the example")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_deposit_is_the_worked_one(file: Path) -> None:
    case = json.loads(file.read_text("utf-8"))
    rules, currency = _rules(case), case["currency"]
    received_on, closed_on = _day(case["received_on"]), _day(case["released_on"])
    customer = customer_number(1)
    deposit = billing.Deposit.ask(
        number=invoice_number("D", received_on, 1),
        contract="K000001",
        customer=customer,
        amount=Money(case["amount"], currency),
        on=received_on,
    ).deposit
    deposit = deposit.receive(deposit.amount, on=received_on).deposit
    for until, interest in case["credited"]:
        before = deposit.interest
        deposit = deposit.credit(until=_day(until), rules=rules).deposit
        assert str((deposit.interest - before).amount) == interest
    owed = Money(case["open"], currency)
    item = OpenItem(invoice_number("F", received_on, 1), customer, closed_on, owed)
    credited = deposit.interest

    step = deposit.set_off([item], on=closed_on, rules=rules)

    released = next(e for e in step.events if isinstance(e, billing.DepositReleased))
    total = step.deposit.amount + step.deposit.interest
    expect = case["expect"]
    assert str((step.deposit.interest - credited).amount) == expect["last_interest"]
    assert str(total.amount) == expect["held"]
    assert Money(expect["set_off"], currency).cents == released.set_off_cents
    assert Money(expect["returned"], currency).cents == released.returned_cents
    assert step.interest is not None
    assert str(pricing.recompute(step.interest)) == expect["last_interest"]
    assert pricing.explain(step.interest)


def test_every_worked_deposit_says_who_made_it_and_how() -> None:
    told = [json.loads(file.read_text("utf-8")) for file in FILES]

    assert len(told) == 3
    assert all(case["source"].startswith("SELF-MADE") and case["arithmetic"] for case in told)
