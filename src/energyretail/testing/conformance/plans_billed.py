"""What every implementation promises of plans and the bills of their days."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from energyretail.domain import billing
from energyretail.domain.shared import (
    Conflict,
    InvoiceNumber,
    Money,
    Period,
    add_months,
)
from energyretail.testing.conformance.billing_cases import (
    REGISTERS,
    SECOND,
    START,
    contract_of,
    point,
    reading_of,
    readings_of,
)
from energyretail.testing.conformance.billing_world import bill_of
from energyretail.testing.conformance.plans_cases import PLAN_END, PlansWorld, plan_for

__all__ = ["BilledPlansConformance"]


class BilledPlansConformance:
    """The part of `PlansConformance` that bills: held by a plan, and closing one."""

    def test_tells_billing_of_running_plans_alone(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100), readings_of(1, PLAN_END, 150))
        first, second = plan_for(1), plan_for(1, first_day=PLAN_END)
        world.add(second, first)

        (before,) = world.billing.due(PLAN_END)
        world.save(attrs.evolve(first, version=2, settled_on=SECOND))
        (after,) = world.billing.supplies.of_contract("K000001", today=PLAN_END)

        assert before.plans == (first.span, second.span)
        assert after.plans == (second.span,)

    def test_closes_a_plan_once_every_point_is_billed_to_its_last_day(
        self, world: PlansWorld
    ) -> None:
        world.billing.sign(contract_of(1, points=(2, 1)), contract_of(2, points=(3,)))
        world.add(plan_for(1), plan_for(2))
        for number in (1, 2, 3):
            world.billing.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
        world.billing.read(readings_of(1, PLAN_END, 200))

        (first,) = world.bill_all(1)
        half = world.closed()
        world.billing.read(readings_of(2, PLAN_END, 200), readings_of(3, PLAN_END, 210))
        world.bill_all(2)

        assert first.period.until == PLAN_END
        assert half == []
        keys = [(f"K000001/{START}", 2, True), (f"K000002/{START}", 1, True)]
        assert world.closed() == keys
        assert world.closed(limit=1) == keys[:1]
        assert world.closed(after=keys[0][0]) == keys[1:]
        assert world.closed(today=PLAN_END - timedelta(days=1)) == []
        with world.billing.work():
            (found,) = world.to_settle.closed_of(["K000002", "K000009"], today=PLAN_END)
        assert found.plan.key == keys[1][0]

    def test_closes_a_plan_by_the_bills_in_force_in_order_of_point(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1, points=(2, 1)))
        world.add(plan_for(1))
        for number in (1, 2):
            world.billing.read(readings_of(number, START, 100), readings_of(number, PLAN_END, 150))
        world.bill_all(1)
        world.billing.read([reading_of(1, PLAN_END, "P1", 155, version=2)])
        _, again = world.billing.correct_first("9", day=PLAN_END)

        with world.billing.work():
            (closed,) = world.to_settle.closed(today=PLAN_END, after="", limit=9)

        by_point = {
            bill.cups: bill.number for bill in world.billing.invoices.of_contract("K000001")
        }
        assert closed.bills == (again.number, by_point[point(2)])

    @pytest.mark.parametrize("rectified", [False, True])
    def test_tells_what_is_left_on_a_closing_bill_and_on_all_that_it_corrects(
        self, world: PlansWorld, rectified: bool
    ) -> None:
        world.billing.sign(contract_of(1, points=(1, 2)))
        world.add(plan_for(1))
        for number in (1, 2):
            world.billing.read(readings_of(number, START, 100), readings_of(number, PLAN_END, 150))
        first, second = world.bill_all(1)
        for version, index in ((2, 155), (3, 149)):
            world.billing.read([reading_of(1, PLAN_END, "P1", index, version=version)])
            if rectified:
                world.billing.rectify_first(f"R-{version}", day=PLAN_END)
            else:
                world.billing.correct_first(str(version), day=PLAN_END)
        documents = world.billing.invoices.of_contract("K000001")
        world.post(*documents)
        world.settle_off(second, 700)

        with world.billing.work():
            (closed,) = world.to_settle.closed(today=PLAN_END, after="", limit=9)

        items = dict.fromkeys(each.item for each in documents if each.cups == first.cups)
        on = {
            item: Money.total((each.gross for each in documents if each.item == item), "EUR")
            for item in items
        }
        assert len(on) == 3
        assert closed.left == (
            tuple(billing.ItemLeft(item, amount) for item, amount in on.items()),
            (billing.ItemLeft(second.number, second.gross - Money.of_cents(700, "EUR")),),
        )

    def test_finds_no_supply_due_of_which_only_days_inside_a_plan_are_read(
        self, world: PlansWorld
    ) -> None:
        ends = contract_of(3, ended_on=SECOND)
        world.billing.sign(*(contract_of(number) for number in (1, 2, 4, 5)), ends)
        for number in range(1, 6):
            world.billing.read(readings_of(number, SECOND, 150))
        for number in (1, 2, 3, 5):
            world.billing.read(readings_of(number, START, 100))
        world.add(*(plan_for(number) for number in (1, 3, 4)))
        world.add(plan_for(5, first_day=SECOND), plan_for(2, first_day=START - timedelta(days=91)))

        # Without the reading it begins with, the fourth is to be seen by somebody; the third ends.
        contracts = [supply.contract for supply in world.billing.due(SECOND)]
        assert contracts == ["K000002", "K000003", "K000004", "K000005"]
        world.billing.read(readings_of(1, PLAN_END, 200))
        assert world.billing.due(PLAN_END - timedelta(days=1))[0].contract == "K000002"
        assert world.billing.due(PLAN_END)[0].contract == "K000001"
        plan = plan_for(1)
        world.save(attrs.evolve(plan, version=2, settled_on=SECOND))
        assert world.billing.due(SECOND)[0].contract == "K000001"

    def test_finds_a_supply_due_by_the_first_plan_its_bill_reaches(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1))
        for day, index in ((START, 100), (SECOND, 150), (PLAN_END, 200)):
            world.billing.read(readings_of(1, day, index))
        one, two = add_months(START, 1), add_months(START, 2)
        world.add(plan_for(1, months=1, count=1), plan_for(1, first_day=two, months=2, count=1))

        assert world.billing.due(one) == ()
        # Inside the second plan, but it closes the first.
        (supply,) = world.billing.due(PLAN_END)
        assert supply.periods_due(today=PLAN_END, registers=REGISTERS) == (Period(START, PLAN_END),)

    def test_keeps_no_bill_that_ends_inside_a_running_plan_but_the_last(
        self, world: PlansWorld
    ) -> None:
        world.billing.sign(contract_of(1, points=(1, 2)), contract_of(3, ended_on=SECOND))
        for number in (1, 2, 3):
            world.billing.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
            world.billing.read(readings_of(number, PLAN_END, 200))
        world.add(plan_for(1), plan_for(3))
        first, *others = world.billing.due(PLAN_END)
        inside = bill_of(first, Period(START, SECOND), "F26-000001", day=PLAN_END)

        with pytest.raises(Conflict) as caught:
            world.billing.add(inside)

        assert caught.value.code == "billing.held_for_plan"
        # With the supply a bill may end inside, and one may reach the end of the plan or further.
        world.billing.add(
            bill_of(first, Period(START, PLAN_END), "F26-000002", day=PLAN_END),
            *(
                bill_of(other, period, f"F26-00000{number}", day=PLAN_END)
                for number, other in enumerate(others, 3)
                for (period,) in [other.periods_due(today=PLAN_END, registers=REGISTERS)]
            ),
        )
        numbers = [f"F26-00000{number}" for number in range(1, 5)]
        kept = world.billing.invoices.by_numbers(numbers)
        assert [bill.period.until for bill in kept] == [PLAN_END, PLAN_END, SECOND]

    def test_holds_bills_for_the_plan_of_their_days_while_one_before_is_open(
        self, world: PlansWorld
    ) -> None:
        world.billing.sign(contract_of(1, points=(1, 2)))
        second = add_months(START, 1)
        beyond, inside = second + timedelta(days=5), second + timedelta(days=20)
        for day, index in ((START, 100), (beyond, 150), (inside, 170), (PLAN_END, 200)):
            world.billing.read(readings_of(2, day, index))
        world.add(plan_for(1, months=1, count=1), plan_for(1, first_day=second, months=2, count=1))
        (supply,) = world.billing.due(beyond)
        # It closes the first plan, which stays open, for the other point is not billed.
        world.billing.add(bill_of(supply, Period(START, beyond), "F26-000001", day=beyond))

        assert world.billing.due(inside) == ()
        _, read = world.billing.supplies.of_contract("K000001", today=inside)
        with pytest.raises(Conflict) as caught:
            world.billing.add(bill_of(read, Period(beyond, inside), "F26-000002", day=inside))
        assert caught.value.code == "billing.held_for_plan"
        (later,) = world.billing.due(PLAN_END)
        assert later.periods_due(today=PLAN_END, registers=REGISTERS) == (Period(beyond, PLAN_END),)

    def test_corrects_a_bill_that_reaches_into_the_plan_after(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100), readings_of(1, PLAN_END, 200))
        world.add(plan_for(1, months=1, count=1), plan_for(1, first_day=add_months(START, 1)))
        (bill,) = world.bill_all(1)
        world.billing.read([reading_of(1, PLAN_END, "P1", 205, version=2)])

        _, again = world.billing.correct_first("9", day=PLAN_END)

        assert world.billing.invoices.by_numbers([bill.number, again.number]) == (bill, again)

    def test_closes_a_plan_with_the_end_of_supply_and_does_not_go_on(
        self, world: PlansWorld
    ) -> None:
        world.billing.sign(contract_of(1, ended_on=SECOND), contract_of(2), contract_of(3))
        world.add(plan_for(1), plan_for(2), plan_for(2, first_day=add_months(PLAN_END, 2)))
        for number in (1, 2):
            world.billing.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
            world.billing.read(readings_of(number, PLAN_END, 200))
        world.bill_all(1)

        # The first is over; after the second another plan is made already.
        assert world.closed() == [(f"K000001/{START}", 1, False), (f"K000002/{START}", 1, False)]

    def test_closes_nothing_that_is_settled_or_was_taken_back(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1), contract_of(2))
        world.add(plan_for(1), plan_for(2))
        for number in (1, 2):
            world.billing.read(readings_of(number, START, 100), readings_of(number, PLAN_END, 150))
        first, _ = world.bill_all(1)
        world.save(attrs.evolve(plan_for(2), version=2, settled_on=PLAN_END))
        note, _ = billing.credit(first, number=InvoiceNumber("R26-000001"), issued_on=PLAN_END)
        before = world.closed()
        world.billing.add(note)

        assert before == [(f"K000001/{START}", 1, True)]
        assert world.closed() == []
