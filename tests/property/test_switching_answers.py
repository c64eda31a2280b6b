"""Whatever the order in which the registry's answers come, a switch has one state."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import RegistryBehaviour
from energyretail.domain import switching
from energyretail.domain.shared import Event, Refused
from energyretail.testing.conformance.registry import START, claim_of
from energyretail.testing.conformance.switching import switch_of

NEW = switch_of(1)
ACCEPTED = switching.ClaimAccepted(NEW.request, date(2026, 3, 9))
REJECTED = switching.ClaimRejected(NEW.request, (("03", "tax id"),))
ACTIVATED = switching.SupplyActivated(NEW.request, NEW.cups, date(2026, 3, 10))
MOVED = switching.SupplyActivated(NEW.request, NEW.cups, date(2026, 3, 11))

Told = tuple[switching.Switch, list[Event], int]


def tell(answers: tuple[switching.Answer, ...]) -> Told:
    """Return the last value, what happened, and how many answers were refused."""
    switch, events, refused = NEW, list[Event](), 0
    for answer in answers:
        try:
            switch, more = switching.take_answer(switch, answer)
            events += more
        except Refused:
            refused += 1
    return switch, events, refused


class TestAllOrders:
    def test_of_an_acceptance_and_an_activation_told_twice_end_alike(self) -> None:
        orders = list(itertools.permutations((ACCEPTED, ACTIVATED, ACCEPTED, ACTIVATED)))
        ends = [tell(order) for order in orders]

        assert len(orders) == 24
        assert {switch for switch, _, _ in ends} == {ends[0][0]}
        assert all(refused == 0 for _, _, refused in ends)
        assert all(count(events, switching.SwitchActivated) == 1 for _, events, _ in ends)

    @pytest.mark.parametrize(
        "answers",
        [
            (ACCEPTED, REJECTED, ACTIVATED, MOVED),
            (ACCEPTED, REJECTED, ACTIVATED, ACCEPTED),
            (REJECTED, REJECTED, ACTIVATED, ACTIVATED),
            (ACCEPTED, ACCEPTED, REJECTED, REJECTED),
        ],
    )
    def test_of_answers_that_contradict_end_in_one_state_with_none_lost(
        self, answers: tuple[switching.Answer, ...]
    ) -> None:
        for order in itertools.permutations(answers):
            switch, events, refused = tell(order)
            ends = count(events, switching.SwitchActivated) + count(
                events, switching.SwitchRejected
            )

            assert switch.state in switching.GAIN.finals()
            assert ends == 1
            # Each answer happened, was known already, or is refused and so parked.
            assert len(events) + refused <= len(answers)

    @given(st.lists(st.sampled_from([ACCEPTED, REJECTED, ACTIVATED, MOVED])))
    def test_never_leave_a_final_state_and_never_tell_an_end_twice(
        self, answers: list[switching.Answer]
    ) -> None:
        _, events, _ = tell(tuple(answers))
        ends = [e for e in events if not isinstance(e, switching.SwitchAccepted)]

        assert len(ends) <= 1
        assert not ends or ends == events[-1:]

    @given(st.lists(st.sampled_from([ACCEPTED, REJECTED, ACTIVATED, MOVED])))
    def test_told_again_change_nothing(self, answers: list[switching.Answer]) -> None:
        twice = tuple(answer for answer in answers for _ in range(2))

        assert tell(twice)[:2] == tell(tuple(answers))[:2]


class TestBehaviour:
    @given(st.integers(0, 99), st.integers(1, 999_999))
    def test_does_not_depend_on_the_request_code(self, seed: int, number: int) -> None:
        behaviour = RegistryBehaviour(Chance(seed))
        claim = claim_of(number)
        other = attrs.evolve(claim, request="202603999999")

        assert [d.due for d in behaviour.answers(claim)] == [
            d.due for d in behaviour.answers(other)
        ]

    @given(
        st.integers(0, 99), st.integers(1, 999_999), st.dates(date(2026, 3, 1), date(2028, 1, 10))
    )
    def test_answers_later_than_the_request_and_in_time(
        self, seed: int, number: int, requested_on: date
    ) -> None:
        claim = attrs.evolve(claim_of(number), requested_on=requested_on)

        answers = RegistryBehaviour(Chance(seed)).answers(claim)

        assert all(requested_on < each.due for each in answers)
        for each in answers:
            if isinstance(each.answer, switching.SupplyActivated):
                assert answers[0].due < each.answer.on < each.due
                assert each.answer.on <= requested_on + timedelta(days=10)

    def test_accepts_about_92_in_100_and_rejects_for_many_reasons(self) -> None:
        behaviour = RegistryBehaviour(Chance(1))
        rejected = [
            answer
            for number in range(1, 3001)
            for due in behaviour.answers(claim_of(number))
            if isinstance(answer := due.answer, switching.ClaimRejected)
        ]

        assert 190 < len(rejected) < 290
        assert len({each.reasons for each in rejected}) >= 3
        assert START not in {due.due for due in behaviour.answers(claim_of(1))}


def count(events: list[Event], kind: type[Event]) -> int:
    return sum(isinstance(event, kind) for event in events)
