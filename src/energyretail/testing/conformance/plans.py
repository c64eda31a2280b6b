"""What every implementation of the ports of instalment plans promises."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from energyretail.domain import billing
from energyretail.domain.contracts import ContractState
from energyretail.domain.shared import (
    Conflict,
    InvoiceNumber,
    Money,
    NotFound,
    Outdated,
    Period,
    add_months,
)
from energyretail.testing.conformance.billing import bill_of
from energyretail.testing.conformance.billing_cases import (
    REGISTERS,
    SECOND,
    START,
    TARIFF,
    contract_of,
    customer_of,
    point,
    reading_of,
    readings_of,
)
from energyretail.testing.conformance.plans_cases import (
    PLAN_END,
    PlansWorld,
    advance_of,
    plan_for,
)

__all__ = ["PLAN_END", "PlansConformance", "PlansWorld", "advance_of", "plan_for"]


class PlansConformance:
    """Subclass in a test and give a fixture `world` that returns an empty PlansWorld."""

    def test_gives_plans_back_in_order_and_leaves_unknown_ones_out(self, world: PlansWorld) -> None:
        first, second = plan_for(2), plan_for(1, at_end=billing.EndOfPlan.ROLL_OVER)
        third = attrs.evolve(plan_for(1, first_day=PLAN_END), tax=None)
        world.add(first, second, third)

        keys = [(plan.contract, plan.first_day) for plan in (first, third, second)]
        found = world.plans.named([*keys, ("K000009", START), keys[0]])

        assert found == (second, third, first)
        assert world.plans.named([]) == ()

    def test_refuses_two_plans_of_a_contract_for_one_day(self, world: PlansWorld) -> None:
        world.add(plan_for(1))

        for first_day in (START, PLAN_END - timedelta(days=1), add_months(START, -2)):
            with pytest.raises(Conflict) as caught:
                world.add(plan_for(2), plan_for(1, first_day=first_day))
            assert caught.value.code == "billing.plan.overlaps"
        assert world.plans.named([("K000002", START)]) == ()

    def test_keeps_the_next_version_and_no_other(self, world: PlansWorld) -> None:
        plan = plan_for(1)
        world.add(plan)
        reviewed, _ = billing.review(plan, expected=Money.of_cents(-7, "EUR"))

        world.save(reviewed)

        assert world.plans.named([("K000001", START)]) == (reviewed,)
        for stale in (plan, reviewed, attrs.evolve(reviewed, version=4)):
            with pytest.raises(Outdated) as caught:
                world.save(stale)
            assert caught.value.code == "billing.plan.changed"

    def test_tells_which_instalments_are_asked(self, world: PlansWorld) -> None:
        plan = plan_for(1)
        world.add(plan, plan_for(2))
        world.ask(advance_of(plan, 1, "AN26-000001"))

        one, other = world.plans.named([("K000001", START), ("K000002", START)])

        assert [each.asked for each in one.instalments] == [None, "AN26-000001", None]
        assert [each.asked for each in other.instalments] == [None] * 3
        assert attrs.evolve(one, instalments=plan.instalments) == plan

    def test_finds_plans_with_an_instalment_due_and_not_asked(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1), contract_of(2), contract_of(3))
        plans = [plan_for(number) for number in (3, 1, 2)]
        world.add(*plans)
        first_due = plans[0].instalments[0].due_on

        assert world.due(first_due - timedelta(days=1)) == []
        keys = [f"K00000{number}/{START}" for number in (1, 2, 3)]
        assert world.due(first_due) == keys
        assert world.due(first_due, limit=2) == keys[:2]
        assert world.due(first_due, after=keys[1]) == keys[2:]
        world.ask(advance_of(plans[1], 0, "AN26-000001"))
        assert world.due(first_due) == keys[1:]
        assert world.due(plans[1].instalments[1].due_on) == keys

    def test_finds_nothing_due_of_settled_plans_nor_of_empty_instalments(
        self, world: PlansWorld
    ) -> None:
        world.billing.sign(contract_of(1), contract_of(2))
        settled = plan_for(1)
        world.add(settled, plan_for(2, cents=1, carried_cents=0))
        world.save(attrs.evolve(settled, version=2, settled_on=SECOND))

        # One cent of three parts is the second one's.
        assert world.due(START + timedelta(days=20)) == []
        assert world.due(PLAN_END) == [f"K000002/{START}"]

    def test_finds_nothing_due_before_supply_begins_nor_after_it_ended(
        self, world: PlansWorld
    ) -> None:
        world.billing.sign(contract_of(1, ended_on=SECOND), contract_of(2))
        ended, early = plan_for(1), plan_for(2, first_day=add_months(START, -1))
        world.add(ended, early)
        world.ask(advance_of(ended, 0, "AN26-000001"))

        assert world.due(START - timedelta(days=1)) == []
        assert world.due(PLAN_END) == [early.key]
        assert [each.due_on < SECOND for each in ended.instalments] == [True, False, False]

    def test_gives_advances_back_by_plan(self, world: PlansWorld) -> None:
        plan, other = plan_for(2), plan_for(1)
        world.add(plan, other)
        advances = [advance_of(plan, n, f"AN26-{n + 1:06d}") for n in (1, 0)]
        bare = attrs.evolve(
            advance_of(other, 0, "AN26-000009"), taxes=(), net=other.instalments[0].amount
        )
        world.ask(*advances, bare)

        keys = [(one.contract, one.first_day) for one in (plan, other)]

        assert world.advances.of_plans(keys) == (bare, advances[1], advances[0])
        assert world.advances.of_plans(keys[:1]) == (advances[1], advances[0])
        assert world.advances.of_plans([]) == ()

    def test_asks_an_instalment_once_and_a_number_once(self, world: PlansWorld) -> None:
        plan, other = plan_for(1), plan_for(2)
        world.add(plan, other)
        world.ask(advance_of(plan, 0, "AN26-000001"))

        for again, code in (
            (advance_of(plan, 0, "AN26-000002"), "billing.advance.asked_twice"),
            (advance_of(other, 0, "AN26-000001"), "billing.number_twice"),
        ):
            with pytest.raises(Conflict) as caught:
                world.ask(again)
            assert caught.value.code == code
        assert len(world.advances.of_plans([("K000001", START), ("K000002", START)])) == 1

    def test_makes_an_advance_due_on_its_day(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1))
        plan = plan_for(1)
        advance = advance_of(plan, 0, "AN26-000001", issued_on=START - timedelta(days=9))
        world.add(plan)
        world.ask(advance)

        (item,) = world.unpaid.due(advance.due_on)

        assert world.unpaid.due(advance.due_on - timedelta(days=1)) == ()
        assert (item.item, item.contract) == ("AN26-000001", "K000001")
        assert (item.due_on, item.open) == (advance.due_on, advance.payable)

    def test_tells_billing_of_running_plans_alone(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
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

    def test_takes_a_document_off_once(self, world: PlansWorld) -> None:
        advances = [advance_of(plan_for(1), place, f"AN26-00000{place}") for place in (1, 2)]
        first, second = (
            billing.TakenOff(InvoiceNumber("F26-000001"), PLAN_END, advance.deduction)
            for advance in advances
        )
        held = billing.Deduction(
            billing.DeductionKind.DEPOSIT,
            "AN26-000001",
            Money.of_cents(5000, "EUR"),
            (),
            Money.of_cents(5000, "EUR"),
        )
        released = billing.TakenOff(InvoiceNumber("F26-000002"), PLAN_END, held)
        world.take_off(second, first)
        world.take_off(released)

        with pytest.raises(Conflict) as caught:
            world.take_off(attrs.evolve(first, bill=InvoiceNumber("F26-000003")))

        assert caught.value.code == "billing.deducted_twice"
        assert world.deductions.of_bills(["F26-000001"]) == (first, second)
        assert world.deductions.of_bills(["F26-000002", "F26-000003"]) == (released,)

    def test_tells_the_terms_of_a_contract(self, world: PlansWorld) -> None:
        lapsed = attrs.evolve(contract_of(3), state=ContractState.LAPSED)
        world.billing.sign(contract_of(1, points=(2, 1)), contract_of(4, ended_on=SECOND), lapsed)
        world.billing.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        before = world.contracts.terms("K000001")
        world.billing.bill_first("F26-000001", today=SECOND)

        after = world.contracts.terms("K000001")

        assert (before.contract, before.customer, before.tariff) == ("K000001", "C000001", TARIFF)
        assert (before.billed_until, after.billed_until) == (None, SECOND)
        assert not before.is_over
        assert world.contracts.terms("K000003").is_over
        assert world.contracts.terms("K000004").is_over
        with pytest.raises(NotFound, match="contract_unknown"):
            world.contracts.terms("K000009")

    def test_finds_what_is_mailed_with_its_customer_and_deductions(self, world: PlansWorld) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        bill = world.billing.bill_first("F26-000001", today=SECOND)
        advance = advance_of(plan_for(1), 0, "AN26-000001")
        world.ask(advance)
        world.take_off(billing.TakenOff(bill.number, SECOND, advance.deduction))

        (mailed,) = world.bills_to_mail.bills([bill.number])
        (asked,) = world.advances_to_mail.advances(["AN26-000009", "AN26-000001"])

        assert mailed.deductions == (advance.deduction,)
        assert mailed.to_pay == bill.gross - advance.gross
        assert (asked.advance, asked.customer) == (advance, customer_of(1))
