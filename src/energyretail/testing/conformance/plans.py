"""What every implementation of the ports of instalment plans promises."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

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
    add_months,
)
from energyretail.testing.conformance.billing_cases import (
    SECOND,
    START,
    TARIFF,
    contract_of,
    customer_of,
    readings_of,
)
from energyretail.testing.conformance.pages import check_pages
from energyretail.testing.conformance.plans_billed import BilledPlansConformance
from energyretail.testing.conformance.plans_cases import (
    PLAN_END,
    PlansWorld,
    advance_of,
    plan_for,
)

__all__ = ["PLAN_END", "PlansConformance", "PlansWorld", "advance_of", "plan_for"]


class PlansConformance(BilledPlansConformance):
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

    def test_lists_plans_as_they_stand_in_the_order_made_and_by_contract(
        self, world: PlansWorld
    ) -> None:
        third, first, second = plan_for(3), plan_for(1), plan_for(1, first_day=PLAN_END)
        world.add(third, second)
        world.add(first)
        reviewed, _ = billing.review(third, expected=Money.of_cents(700, "EUR"))
        world.save(reviewed)
        world.ask(advance_of(first, 0, "AN26-000001"))
        asked, *rest = first.instalments
        told = attrs.evolve(
            first, instalments=(attrs.evolve(asked, asked=InvoiceNumber("AN26-000001")), *rest)
        )

        check_pages(world.shelf.page, [reviewed, second, told])
        check_pages(partial(world.shelf.page, contract="K000001"), [second, told])
        check_pages(partial(world.shelf.page, contract="K000009"), [])
        for unknown in ("\x00", f"K000009/{START}", f"{first.key}/1", "K000001"):
            assert world.shelf.page(after=unknown, limit=9).items == ()

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
