"""What every implementation promises of days that lines charge outside the period of a bill."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from energyretail.domain import pricing
from energyretail.domain.billing import Invoice, credit
from energyretail.domain.shared import Conflict, InvoiceNumber, Period
from energyretail.testing.conformance.billing_cases import (
    REGISTERS,
    SECOND,
    START,
    THIRD,
    contract_of,
    readings_of,
)
from energyretail.testing.conformance.billing_world import (
    BillingWorld,
    bill_of,
    rectification_of,
)

__all__ = ["BEFORE", "INTO", "ChargedDaysConformance", "charged_for", "two_bills"]

INTO = Period(date(2026, 3, 20), date(2026, 4, 10))  # days of the first bill, and of the second
BEFORE = Period(date(2026, 2, 1), START)  # days of no bill at all


def charged_for(bill: pricing.PricedBill, days: Period) -> pricing.PricedBill:
    """Return a bill that charges its energy for other days, as a line passed on late does."""
    lines = tuple(
        attrs.evolve(line, period=days) if line.component == "energy" else line
        for line in bill.lines
    )
    return attrs.evolve(bill, lines=lines)


def two_bills(world: BillingWorld, days: Period, *, number: int = 1) -> tuple[Invoice, Invoice]:
    """Return the two bills due of a contract; the second charges its energy for `days`."""
    world.sign(contract_of(number))
    for day, index in ((START, 100), (SECOND, 150), (THIRD, 200)):
        world.read(readings_of(number, day, index))
    (supply,) = world.supplies.of_contract(f"K{number:06d}", today=THIRD)
    first, second = supply.periods_due(today=THIRD, registers=REGISTERS)
    later = bill_of(supply, second, f"F-{number}2", day=THIRD)
    return (
        bill_of(supply, first, f"F-{number}1", day=THIRD),
        attrs.evolve(later, bill=charged_for(later.bill, days)),
    )


class ChargedDaysConformance:
    """Subclass in a test and give a fixture `world` that returns an empty BillingWorld."""

    @pytest.mark.parametrize("together", [True, False])
    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_refuses_a_component_for_a_day_of_another_bill(
        self, world: BillingWorld, order: tuple[int, int], *, together: bool
    ) -> None:
        bills = two_bills(world, INTO)
        one, other = (bills[n] for n in order)
        if not together:
            world.add(one)

        with pytest.raises(Conflict) as refusal:
            world.add(*((one, other) if together else (other,)))

        assert refusal.value.code == "billing.billed_twice"
        assert world.invoices.of_contract("K000001") == (() if together else (one,))

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_takes_days_that_no_bill_has(self, world: BillingWorld, order: tuple[int, int]) -> None:
        bills = two_bills(world, BEFORE)

        for n in order:
            world.add(bills[n])

        assert world.invoices.by_numbers(["F-11", "F-12"]) == bills

    def test_refuses_days_outside_both_bills(self, world: BillingWorld) -> None:
        first, second = two_bills(world, BEFORE)
        world.add(second)

        with pytest.raises(Conflict) as refusal:
            world.add(attrs.evolve(first, bill=charged_for(first.bill, BEFORE)))

        assert refusal.value.code == "billing.billed_twice"

    def test_takes_the_days_of_another_component_and_of_another_contract(
        self, world: BillingWorld
    ) -> None:
        first, second = two_bills(world, INTO)
        others = two_bills(world, BEFORE, number=2)
        plain = tuple(line for line in first.lines if line.component != "energy")
        left = sum((line.amount for line in plain[1:]), plain[0].amount)
        bill = attrs.evolve(first.bill, lines=plain, net=left, gross=left + first.tax)

        world.add(attrs.evolve(first, bill=bill), second, *others)

        assert world.invoices.by_numbers([second.number]) == (second,)

    @pytest.mark.parametrize("outside", [0, 1])
    def test_takes_the_days_of_a_bill_that_was_taken_back(
        self, world: BillingWorld, outside: int
    ) -> None:
        bills = two_bills(world, INTO)
        world.add(bills[outside])
        note, _ = credit(bills[outside], number=InvoiceNumber("R-1"), issued_on=THIRD)

        world.add(note, bills[1 - outside])

        assert len(world.invoices.of_contract("K000001")) == 3

    def test_refuses_a_rectification_that_leaves_a_day_of_another_bill(
        self, world: BillingWorld
    ) -> None:
        first, second = two_bills(world, BEFORE)
        world.add(first, second)
        world.read(readings_of(1, THIRD, 210, version=2))
        found = world.outdated.outdated(after="", limit=1)[0]
        document = rectification_of(found, "R-2", THIRD)

        with pytest.raises(Conflict) as refusal:
            world.add(attrs.evolve(document, stands=charged_for(document.standing, INTO)))

        assert refusal.value.code == "billing.billed_twice"
        assert found.invoice == second
