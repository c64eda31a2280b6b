"""A random walk over the table of switches that two implementations must agree on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from energyretail.application.shared import Work
from energyretail.application.switching import Switches
from energyretail.domain import switching
from energyretail.domain.shared import Refused
from energyretail.testing.conformance.switching import DAY, switch_of
from energyretail.testing.outcomes import outcome
from energyretail.testing.strategies.switching import answers

__all__ = ["SwitchesWorld", "SwitchingMachine"]

_NUMBERS: Final = (1, 2, 3, 4)
_DAYS: Final = tuple(DAY + timedelta(days=n) for n in range(6))


def _switch(number: int) -> switching.Switch:
    """Return the `number`-th request; two are for each of two points, each of another day."""
    return switch_of(number, point=1 + number % 2, requested_on=_DAYS[number])


@st.composite
def _words(draw: st.DrawFn, number: int) -> switching.Switch:
    """The `number`-th request as somebody words it: any supply, day asked on, day wanted."""
    requested_on = draw(st.sampled_from(_DAYS))
    wanted_on = draw(st.none() | st.just(requested_on + timedelta(days=3)))
    made = switch_of(number, point=draw(st.integers(1, 2)), requested_on=requested_on)
    return attrs.evolve(made, wanted_on=wanted_on)


@st.composite
def _saves(draw: st.DrawFn) -> list[switching.Switch]:
    """Some requests in any words, each as far as some answers bring it."""
    numbers = draw(st.lists(st.sampled_from(_NUMBERS), min_size=1, max_size=3, unique=True))
    switches = []
    for number in numbers:
        switch = draw(st.just(_switch(number)) | _words(number))
        for answer in draw(st.lists(answers(switch), max_size=2)):
            switch = _after(switch, answer)
        switches.append(switch)
    return switches


@attrs.frozen
class SwitchesWorld:
    """One implementation, empty."""

    work: Work
    switches: Switches

    def save(self, *switches: switching.Switch, commit: bool = True) -> None:
        """Save in a transaction of its own; leave without a commit to undo it."""
        with self.work() as transaction:
            self.switches.save(switches)
            if commit:
                transaction.commit()

    def change(self, number: int, answer: switching.Answer) -> None:
        """Load for change, take an answer, save: as the use case does."""
        with self.work() as transaction:
            for known in self.switches.for_change([_switch(number).request]):
                self.switches.save([switching.take_answer(known, answer)[0]])
            transaction.commit()


class SwitchingMachine(RuleBasedStateMachine):
    """Do the same in both worlds; every refusal and every look must be the same."""

    def __init__(self, one: SwitchesWorld, other: SwitchesWorld):
        super().__init__()
        self.worlds = (one, other)

    @rule(
        numbers=st.lists(st.sampled_from(_NUMBERS), min_size=1, max_size=3, unique=True),
        commit=st.booleans(),
    )
    def request(self, numbers: list[int], commit: bool) -> None:
        """Request switches, perhaps of a supply that has one, or over one that is there."""
        self._both("save", *map(_switch, numbers), commit=commit)

    @rule(
        number=st.sampled_from(_NUMBERS),
        answer=st.sampled_from(_NUMBERS).flatmap(lambda number: answers(_switch(number))),
    )
    def answer(self, number: int, answer: switching.Answer) -> None:
        """Take an answer, to this request or another."""
        self._both("change", number, answer)

    @rule(switches=_saves())
    def save_in_any_state(self, switches: list[switching.Switch]) -> None:
        """Save switches in any state; a known one is worded as it was first."""
        self._both("save", *switches)

    @invariant()
    def the_worlds_agree(self) -> None:
        """Whatever is asked is answered alike."""
        one, other = (_seen(world.switches) for world in self.worlds)
        assert one == other

    def _both(self, act: str, *given: object, **named: object) -> None:
        acts = (partial(getattr(world, act), *given, **named) for world in self.worlds)
        one, other = (outcome(each) for each in acts)
        assert one == other


def _after(switch: switching.Switch, answer: switching.Answer) -> switching.Switch:
    try:
        return switching.take_answer(switch, answer)[0]
    except Refused:
        return switch


def _seen(switches: Switches) -> Sequence[object]:
    every = [_switch(number) for number in _NUMBERS]
    points = sorted({switch.cups.value for switch in every})
    return [
        switches.by_request([switch.request for switch in every]),
        switches.by_supply([(switch.contract, switch.cups.value) for switch in every]),
        switches.by_points(points),
        switches.by_points([point[:20] for point in points]),
        *(switches.open_requested_before(day) for day in _DAYS),
    ]
