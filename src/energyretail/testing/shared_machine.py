"""A random walk over outbox, inbox and numbers that two implementations must agree on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from energyretail.application.shared import (
    Channel,
    Delivery,
    DeliveryState,
    Message,
    Received,
)
from energyretail.domain.shared import DomainError
from energyretail.testing.conformance.shared import SharedWorld

__all__ = ["SharedMachine"]

_DAY: Final = date(2026, 3, 1)
_channels = st.sampled_from([Channel.ERP, Channel.BANK])
_keys = st.sampled_from("abcd")
_messages = st.builds(Message, _channels, st.sampled_from(["entry", "customer"]), _keys)
_arrivals = st.builds(
    Received, st.sampled_from(["bank", "operator"]), _keys, st.sampled_from([b"<a/>", b"\xff"])
)

_Act = Callable[[SharedWorld], object]


def _add(messages: Sequence[Message], world: SharedWorld) -> None:
    world.outbox.add(messages)


def _take(series: str, count: int, world: SharedWorld) -> object:
    return world.numbers.take(series, count)


def _keep_all(arrivals: Sequence[Received], world: SharedWorld) -> object:
    return world.inbox.keep_all(arrivals, on=_DAY)


def _keep(received: Received, code: str, world: SharedWorld) -> object:
    try:
        new = world.inbox.keep(received, on=_DAY)
    except DomainError as error:
        return error.code
    world.inbox.settle(received.source, received.key, code=code)
    return new


_acts = st.one_of(
    st.builds(partial, st.just(_add), st.lists(_messages, max_size=4)),
    st.builds(partial, st.just(_take), st.sampled_from("xy"), st.integers(0, 3)),
    st.builds(partial, st.just(_keep_all), st.lists(_arrivals, max_size=4)),
    st.builds(partial, st.just(_keep), _arrivals, st.sampled_from(["", "bank.unreadable"])),
)


class SharedMachine(RuleBasedStateMachine):
    """Do the same in both worlds; every answer must be the same, and so what is left."""

    def __init__(self, one: SharedWorld, other: SharedWorld):
        super().__init__()
        self.worlds = (one, other)

    @rule(acts=st.lists(_acts, min_size=1, max_size=4), commit=st.booleans())
    def transact(self, acts: Sequence[_Act], commit: bool) -> None:
        """Do some things in one transaction, and commit it or not."""
        one, other = (_transact(world, acts, commit=commit) for world in self.worlds)
        assert one == other

    @rule(
        channel=_channels,
        limit=st.integers(1, 5),
        states=st.lists(st.sampled_from(DeliveryState), max_size=5),
        commit=st.booleans(),
    )
    def relay(
        self, channel: Channel, limit: int, states: list[DeliveryState], commit: bool
    ) -> None:
        """Claim messages and settle some of them; the relay dies before the others."""
        one, other = (world.claim(channel, limit=limit) for world in self.worlds)
        assert one == other
        settled = [
            Delivery(claimed.message, state, state.value)
            for claimed, state in zip(one, states, strict=False)
        ]
        for world in self.worlds:
            _transact(world, [lambda world: world.outbox.settle(settled)], commit=commit)

    @invariant()
    def the_worlds_agree(self) -> None:
        """As many messages wait in both."""
        one, other = self.worlds
        assert one.outbox.waiting() == other.outbox.waiting()

    def teardown(self) -> None:
        """Compare the arrivals both hold in the end, and what became of them."""
        one, other = self.worlds
        for source in ("bank", "operator"):
            for key in "abcd":
                assert one.inbox_row(source, key) == other.inbox_row(source, key)


def _transact(world: SharedWorld, acts: Sequence[_Act], *, commit: bool) -> list[object]:
    with world.work() as transaction:
        told = [act(world) for act in acts]
        if commit:
            transaction.commit()
    return told
