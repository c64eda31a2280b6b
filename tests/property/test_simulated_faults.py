"""Laws of the fault plans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain.shared import Fault, Invalid
from energyretail.testing import strategies
from energyretail.testing.fault_plans import (
    FaultPlan,
    FaultyCalls,
    Interrupted,
    Moment,
    every_one_shot,
    every_plan,
)

numbers = st.integers(1, 50)
plans = strategies.fault_plans()


class Counter:
    """A port that counts."""

    def __init__(self) -> None:
        self.count = 0

    def act(self) -> None:
        self.count += 1


class TestFaultPlan:
    @given(plans, numbers)
    def test_meets_its_call_and_a_sticky_one_all_after_it(self, plan: FaultPlan, call: int) -> None:
        met = plan.meeting(call) is not None

        assert met == (call == plan.at or (plan.sticky and call > plan.at))

    @pytest.mark.parametrize("at", [0, -1])
    def test_counts_from_one(self, at: int) -> None:
        with pytest.raises(Invalid, match="fault_plan"):
            FaultPlan(Moment.AFTER, at)

    @given(numbers)
    def test_every_one_shot_is_each_moment_of_each_call(self, calls: int) -> None:
        made = every_one_shot(calls)

        assert len(set(made)) == len(made) == calls * len(Moment)
        assert {plan.at for plan in made} == set(range(1, calls + 1))

    @given(numbers)
    def test_every_plan_is_each_of_them_once_and_from_then_on(self, calls: int) -> None:
        made = every_plan(calls)

        assert len(set(made)) == len(made) == 2 * len(every_one_shot(calls))
        assert {plan for plan in made if not plan.sticky} == set(every_one_shot(calls))


class TestFaultyCalls:
    @given(plans)
    def test_act_after_a_failure_and_not_before_it(self, plan: FaultPlan) -> None:
        counter, lost = Counter(), Counter()
        calls = FaultyCalls(lose=lost.act)
        port = calls.own("counter", counter)

        with calls.failing(plan):
            failed = [_fails(port) for _ in range(plan.at)]
        port.act()

        assert failed == [False] * (plan.at - 1) + [True]
        assert counter.count == plan.at + (plan.moment is not Moment.BEFORE)
        assert lost.count == (plan.moment is Moment.LOST)

    @given(plans)
    def test_a_partner_fails_as_its_adapter_would(self, plan: FaultPlan) -> None:
        counter = Counter()
        calls = FaultyCalls()
        port = calls.partner("counter", counter)

        with calls.failing(FaultPlan(plan.moment, 1)), pytest.raises(Fault) as fault:
            port.act()

        assert fault.value.outcome_unknown == (plan.moment is not Moment.BEFORE)
        assert counter.count == (plan.moment is Moment.AFTER)


def _fails(port: Counter) -> bool:
    try:
        port.act()
    except Interrupted:
        return True
    return False
