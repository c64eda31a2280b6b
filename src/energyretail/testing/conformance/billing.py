"""What every implementation of billing's ports promises, and the worlds to try it in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from energyretail.domain import pricing
from energyretail.domain.billing import (
    credit,
)
from energyretail.domain.shared import (
    Conflict,
    InvoiceNumber,
    Period,
    Power,
)
from energyretail.testing.conformance.billing_cases import (
    REGISTERS,
    SECOND,
    START,
    TARIFF,
    THIRD,
    contract_of,
    customer_of,
    point,
    reading_of,
    readings_of,
)
from energyretail.testing.conformance.billing_world import (
    BillingWorld,
    bill_of,
    rectification_of,
)

__all__ = [
    "REGISTERS",
    "SECOND",
    "START",
    "TARIFF",
    "THIRD",
    "BillingConformance",
    "BillingWorld",
    "bill_of",
    "contract_of",
    "customer_of",
    "point",
    "reading_of",
    "readings_of",
]


def _twice(bill: pricing.PricedBill) -> pricing.PricedBill:
    """Return a bill whose first price by the year is charged once more, for its last day."""
    line = next(line for line in bill.lines if line.price_unit.endswith("/year"))
    last = Period(line.period.last, line.period.until)
    more = attrs.evolve(line, period=last)
    net, gross = bill.net + more.amount, bill.gross + more.amount
    return attrs.evolve(bill, lines=(*bill.lines, more), net=net, gross=gross)


class BillingConformance:
    """Subclass in a test and give a fixture `world` that returns an empty BillingWorld."""

    def test_finds_a_supply_due_once_it_is_read_again(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100))
        before = world.due(date(2026, 4, 8))
        world.read(readings_of(1, SECOND, 150))

        (supply,) = world.due(date(2026, 4, 8))

        assert before == ()
        assert (supply.contract, supply.customer, supply.cups) == ("K000001", "C000001", point(1))
        assert (supply.tariff, supply.billed_until) == (TARIFF, None)
        assert supply.powers == (("P1", Power("4.6")), ("P2", Power("4.6")))
        assert supply.supplied == Period(START)
        assert [(r.taken_on, r.register, int(r.index_kwh)) for r in supply.readings] == [
            (START, "P1", 100),
            (START, "P2", 110),
            (START, "P3", 120),
            (SECOND, "P1", 150),
            (SECOND, "P2", 160),
            (SECOND, "P3", 170),
        ]
        due = supply.periods_due(today=date(2026, 4, 8), registers=REGISTERS)
        assert due == (Period(START, SECOND),)

    def test_sees_neither_readings_after_today_nor_after_the_end_of_supply(
        self, world: BillingWorld
    ) -> None:
        world.sign(contract_of(1), contract_of(2, ended_on=SECOND))
        for number in (1, 2):
            for day, index in ((START, 100), (SECOND, 150), (THIRD, 200)):
                world.read(readings_of(number, day, index))

        def last_seen(today: date) -> list[date]:
            return [max(r.taken_on for r in s.readings) for s in world.due(today)]

        assert last_seen(date(2026, 4, 5)) == []
        assert last_seen(date(2026, 5, 6)) == [SECOND, SECOND]
        assert last_seen(THIRD) == [THIRD, SECOND]

    def test_finds_a_supply_of_which_any_register_is_read_again(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), [reading_of(1, SECOND, "P2", 160)])

        (supply,) = world.due(SECOND)

        assert supply.periods_due(today=SECOND, registers=REGISTERS) == ()

    def test_takes_the_current_version_of_a_reading(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.read([reading_of(1, SECOND, "P2", 165, version=2)])

        (supply,) = world.due(SECOND)

        seen = {r.register: r for r in supply.readings if r.taken_on == SECOND}
        assert (seen["P2"].index_kwh, seen["P2"].version) == (Decimal(165), 2)
        assert seen["P2"].quality is pricing.Quality.ACTUAL
        assert (seen["P1"].version, seen["P1"].quality) == (1, pricing.Quality.ESTIMATED)

    def test_pages_in_the_order_of_contract_and_point(self, world: BillingWorld) -> None:
        world.sign(contract_of(2, points=(5, 4)), contract_of(1), contract_of(3))
        for number in (5, 4, 1, 3):
            world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))

        whole = world.due(SECOND)
        first = world.due(SECOND, limit=2)
        rest = world.due(SECOND, after=first[-1].key)

        assert [s.key for s in whole] == sorted(s.key for s in whole)
        assert [s.cups for s in whole] == [point(1), point(4), point(5), point(3)]
        assert first + rest == whole

    def test_goes_on_where_the_last_bill_ended(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        world.bill_first("F-1", today=SECOND)
        nothing = world.due(SECOND)
        world.read(readings_of(1, THIRD, 200))

        (supply,) = world.due(THIRD)

        assert nothing == ()
        assert supply.billed_until == SECOND
        due = supply.periods_due(today=THIRD, registers=REGISTERS)
        assert due == (Period(SECOND, THIRD),)
        assert {r.taken_on for r in supply.readings} == {SECOND, THIRD}

    def test_gives_a_contract_s_started_supplies_read_or_not(self, world: BillingWorld) -> None:
        world.sign(contract_of(1, points=(1, 2)), contract_of(3))
        world.read(readings_of(1, START, 100))

        supplies = world.supplies.of_contract("K000001", today=SECOND)

        assert [supply.cups for supply in supplies] == [point(1), point(2)]
        assert [len(supply.readings) for supply in supplies] == [3, 0]
        assert world.supplies.of_contract("K000001", today=date(2026, 3, 6)) == ()

    def test_gives_documents_back_as_they_were_issued(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        invoice = world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 170, version=2))
        note, again = world.correct_first("2", day=THIRD)

        numbers = [again.number, "missing", invoice.number, note.number]

        assert world.invoices.by_numbers(numbers) == (again, invoice, note)
        assert world.invoices.of_contract("K000001") == (invoice, note, again)
        assert world.invoices.of_contract("K000002") == ()

    def test_gives_the_bill_before_a_bill_of_the_same_supply(self, world: BillingWorld) -> None:
        world.sign(contract_of(1, points=(1, 2)))
        for number in (1, 2):
            for day, index in ((START, 100), (SECOND, 150), (THIRD, 200)):
                world.read(readings_of(number, day, index))
        one, other = world.supplies.of_contract("K000001", today=THIRD)
        first, second = one.periods_due(today=THIRD, registers=REGISTERS)
        # The other's bills were not issued in the order of their days.
        for supply, period, name in (
            (one, first, "F-1"), (other, second, "F-2"), (one, second, "F-3"), (other, first, "F-4")
        ):  # fmt: skip
            world.add(bill_of(supply, period, name, day=THIRD))

        before = world.invoices.previous(["F-4", "F-3", "F-2", "F-1", "F-unknown"])

        assert before == {"F-3": world.invoices.by_numbers(["F-1"])[0]}

    def test_gives_the_bill_before_as_it_was_when_the_document_was_issued(
        self, world: BillingWorld
    ) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.read(readings_of(1, THIRD, 200))
        world.bill_first("F-1", today=THIRD)
        world.bill_first("F-2", today=THIRD)
        world.read(readings_of(1, SECOND, 170, version=2))
        world.correct_first("3", day=THIRD)
        world.correct_first("4", day=THIRD)

        before = world.invoices.previous(["F-1", "F-2", "R-3", "F-3", "R-4", "F-4"])

        assert {n: bill.number for n, bill in before.items()} == {"F-2": "F-1", "F-4": "F-3"}
        assert world.invoices.previous([]) == {}

    def test_refuses_to_bill_a_day_twice(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        (supply,) = world.due(SECOND)
        world.bill_first("F-1", today=SECOND)
        again = bill_of(supply, Period(START, SECOND), "F-2", day=SECOND)

        with pytest.raises(Conflict) as refusal:
            world.add(again)

        assert refusal.value.code == "billing.billed_twice"
        assert [i.number for i in world.invoices.of_contract("K000001")] == ["F-1"]

    def test_refuses_to_bill_a_day_again_that_a_rebill_covers(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        (supply,) = world.due(SECOND)
        world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 160, version=2))
        world.correct_first("2", day=THIRD)
        again = bill_of(supply, Period(START, SECOND), "F-3", day=THIRD)

        with pytest.raises(Conflict) as refusal:
            world.add(again)

        assert refusal.value.code == "billing.billed_twice"

    @pytest.mark.parametrize("rectified", [False, True])
    def test_refuses_to_charge_what_runs_with_the_days_twice_in_one_document(
        self, world: BillingWorld, rectified: bool
    ) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        (supply,) = world.due(SECOND)
        if rectified:
            world.bill_first("F-1", today=SECOND)
            world.read(readings_of(1, SECOND, 170, version=2))
            (found,) = world.outdated.outdated(after="", limit=1)
            document = rectification_of(found, "R-2", SECOND)
            document = attrs.evolve(document, stands=_twice(document.standing))
        else:
            document = bill_of(supply, Period(START, SECOND), "F-2", day=SECOND)
            document = attrs.evolve(document, bill=_twice(document.bill))

        with pytest.raises(Conflict) as refusal:
            world.add(document)

        assert refusal.value.code == "billing.billed_twice"
        assert world.invoices.by_numbers([document.number]) == ()

    def test_refuses_to_replace_a_document_twice(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        (supply,) = world.due(SECOND)
        first = world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 160, version=2))
        _, again = world.correct_first("2", day=THIRD)
        world.add(credit(again, number=InvoiceNumber("R-3"), issued_on=THIRD)[0])
        twice = bill_of(supply, first.period, "F-3", day=THIRD, original=first)

        with pytest.raises(Conflict) as refusal:
            world.add(twice)

        assert refusal.value.code == "billing.rebilled_twice"

    def test_refuses_to_take_a_document_back_twice(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        invoice = world.bill_first("F-1", today=SECOND)
        world.add(credit(invoice, number=InvoiceNumber("R-1"), issued_on=SECOND)[0])

        with pytest.raises(Conflict) as refusal:
            world.add(credit(invoice, number=InvoiceNumber("R-2"), issued_on=SECOND)[0])

        assert refusal.value.code == "billing.credited_twice"

    def test_refuses_a_number_twice(self, world: BillingWorld) -> None:
        world.sign(contract_of(1), contract_of(2))
        for number in (1, 2):
            world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
        world.bill_first("F-1", today=SECOND)

        with pytest.raises(Conflict) as refusal:
            world.bill_first("F-1", today=SECOND)

        assert refusal.value.code == "billing.number_twice"
