"""A random walk over debts, mandates, collections and entries that two worlds must agree on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from energyretail.domain import payments
from energyretail.domain.shared import MessageId
from energyretail.testing.conformance.payments import (
    DUE_ON,
    PaymentsWorld,
    collection,
    euros,
    mandate,
    payment_file,
)
from energyretail.testing.outcomes import outcome

__all__ = ["PaymentsMachine"]

_ITEMS: Final = ("F1", "F2", "F3")
_UMRS: Final = ("K1-1", "K1-2")
_MSG_IDS: Final = ("LUMA-20260430-1", "LUMA-20260529-1")
_REFERENCES: Final = ("B1", "B2", "B3")
_items, _msg_ids = st.sampled_from(_ITEMS), st.sampled_from(_MSG_IDS)
_attempts = st.integers(1, 3)
_IDS: Final = tuple(f"{item}-{attempt}" for item in _ITEMS for attempt in range(1, 4))
_GIVEN_BACK: Final = (payments.CollectionTrigger.RETURN, payments.CollectionTrigger.REJECT)
_MOVES: Final = (
    (payments.CollectionState.REQUESTED, payments.CollectionState.SENT),
    (payments.CollectionState.SENT, payments.CollectionState.COLLECTED),
)
# A contract has one active mandate at most, here always the first.
_LIVES: Final = {
    "K1-1": tuple(payments.MandateState),
    "K1-2": (payments.MandateState.SUSPENDED, payments.MandateState.ENDED),
}


def _collection(item: str, attempt: int, msg_id: str) -> payments.Collection:
    return attrs.evolve(
        collection(item, attempt),
        msg_id=MessageId(msg_id),
        payment_information_id=f"{msg_id}-FRST",
    )


class PaymentsMachine(RuleBasedStateMachine):
    """Do the same in both worlds; every refusal and every look must be the same."""

    def __init__(self, one: PaymentsWorld, other: PaymentsWorld):
        super().__init__()
        self.worlds = (one, other)
        self.owed: set[str] = set()

    @rule(item=_items, cents=st.integers(-9_999, 9_999).filter(bool), later=st.integers(0, 1))
    def owe(self, item: str, cents: int, later: int) -> None:
        """An item is posted once, with its invoice."""
        if item not in self.owed:
            self.owed.add(item)
            for world in self.worlds:
                world.owe(item, cents, due_on=DUE_ON + timedelta(days=29 * later))

    @rule(
        life=st.sampled_from([(umr, state) for umr in _UMRS for state in _LIVES[umr]]),
        replace=st.booleans(),
    )
    def sign(self, life: tuple[str, payments.MandateState], replace: bool) -> None:
        """A mandate is added, which leaves one that is there, or replaced where there is one."""
        umr, state = life
        one = attrs.evolve(mandate(umr), state=state, signed_on=date(2026, 3, 1 + int(umr[-1])))
        act = "save" if replace else "add"
        self._both(lambda world: getattr(world.mandates, act)([one]))

    @rule(item=_items, attempt=_attempts, msg_id=_msg_ids)
    def collect(self, item: str, attempt: int, msg_id: str) -> None:
        """A collection is added once, for an item with none in flight."""
        one = _collection(item, attempt, msg_id)
        self._both(lambda world: world.collections.add([one]))

    @precondition(lambda self: self._may_hear())
    @rule(pick=st.integers(0, 9))
    def hear(self, pick: int) -> None:
        """A collection moves by its table, and is replaced."""
        may = self._may_hear()
        known, trigger = may[pick % len(may)]
        moved = _moved(known, trigger)
        self._both(lambda world: world.collections.save([moved]))

    def _may_hear(self) -> list[tuple[payments.Collection, payments.CollectionTrigger]]:
        return [
            (known, trigger)
            for known in self.worlds[0].collections.named(_IDS)
            for trigger in payments.CollectionTrigger
            if payments.COLLECTIONS.allows(known.state, trigger)
        ]

    @rule(msg_id=_msg_ids, move=st.sampled_from(_MOVES))
    def move(
        self, msg_id: str, move: tuple[payments.CollectionState, payments.CollectionState]
    ) -> None:
        """The collections of a file that are in one state come to another."""
        self._both(lambda world: world.collections.move(msg_id, *move))

    @rule(msg_id=_msg_ids, sent=st.booleans())
    def keep_file(self, msg_id: str, sent: bool) -> None:
        """A file is kept once, and may be noted as sent."""
        created, done = payments.FileState.CREATED, payments.FileState.SENT
        if sent:
            self._both(lambda world: world.files.move(msg_id, created, done))
        else:
            self._both(lambda world: world.files.add(payment_file(msg_id)))

    @rule(
        references=st.lists(st.sampled_from(_REFERENCES), min_size=1, max_size=2, unique=True),
        cents=st.integers(1, 999),
    )
    def book(self, references: list[str], cents: int) -> None:
        """Bank entries are noted, all or none."""
        entries = [payments.BankEntry(name, euros(cents), DUE_ON) for name in references]
        self._both(lambda world: world.entries.add(entries, source="camt", on=DUE_ON))

    @invariant()
    def the_worlds_agree(self) -> None:
        """Whatever is asked is answered alike."""
        one, other = (_seen(world) for world in self.worlds)
        assert one == other

    def _both(self, act: Callable[[PaymentsWorld], object]) -> None:
        one, other = (outcome(partial(_committed, world, act)) for world in self.worlds)
        assert one == other


def _moved(known: payments.Collection, trigger: payments.CollectionTrigger) -> payments.Collection:
    if trigger in _GIVEN_BACK:
        return known.given_back(trigger, reason="AM04", on=DUE_ON)
    return known.after(trigger)


def _committed(world: PaymentsWorld, act: Callable[[PaymentsWorld], object]) -> None:
    with world.work() as transaction:
        act(world)
        transaction.commit()


def _seen(world: PaymentsWorld) -> object:
    return (
        world.mandates.named(_UMRS),
        world.collections.named(_IDS),
        world.collections.of_batches([f"{msg_id}-FRST" for msg_id in _MSG_IDS]),
        world.files.named(_MSG_IDS),
        dict(world.entries.known(_REFERENCES)),
        world.items.due(DUE_ON),
        world.items.due(DUE_ON + timedelta(days=29)),
    )
