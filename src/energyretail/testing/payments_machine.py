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
from energyretail.domain.shared import Iban, MessageId
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
_IBANS: Final = ("ES9121000418450200051332", "ES7921000813610123456789")
_REFERENCES: Final = ("B1", "B2", "B3")
_items, _msg_ids = st.sampled_from(_ITEMS), st.sampled_from(_MSG_IDS)
_attempts = st.integers(1, 3)
_IDS: Final = tuple(f"{item}-{attempt}" for item in _ITEMS for attempt in range(1, 4))
_GIVEN_BACK: Final = (payments.CollectionTrigger.RETURN, payments.CollectionTrigger.REJECT)
_ACTS: Final = ("add", "save")
_states = st.sampled_from(payments.CollectionState)


@st.composite
def _mandate(draw: st.DrawFn, umr: str) -> payments.Mandate:
    """A mandate of either contract, of any life: what was signed may differ from before."""
    made = attrs.evolve(
        mandate(umr, contract=draw(st.sampled_from(["K1", "K1", "K2"]))),
        iban=Iban(draw(st.sampled_from(_IBANS))),
        signed_on=date(2026, 3, draw(st.integers(1, 3))),
        state=draw(st.sampled_from(payments.MandateState)),
    )
    return made.used(DUE_ON) if draw(st.booleans()) else made


@st.composite
def _collection(draw: st.DrawFn, name: tuple[str, int]) -> payments.Collection:
    """A collection in any state, of any file and amount."""
    item, attempt = name
    msg_id, state = draw(_msg_ids), draw(_states)
    is_back = state in payments.GIVEN_BACK
    return attrs.evolve(
        collection(item, attempt, draw(st.integers(1, 2))),
        msg_id=MessageId(msg_id),
        payment_information_id=f"{msg_id}-FRST",
        state=state,
        reason=draw(st.sampled_from(["AM04", "MD06"])) if is_back else None,
        returned_on=DUE_ON if is_back else None,
    )


_names = st.lists(st.tuples(_items, _attempts), min_size=1, max_size=3, unique=True)


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
        mandates=st.permutations(_UMRS).flatmap(lambda umrs: st.tuples(*map(_mandate, umrs))),
        count=st.integers(1, 2),
        act=st.sampled_from(_ACTS),
    )
    def sign(self, mandates: tuple[payments.Mandate, ...], count: int, act: str) -> None:
        """Mandates are added, which leaves one that is there, or replaced where there is one."""
        self._both(lambda world: getattr(world.mandates, act)(mandates[:count]))

    @rule(item=_items, attempt=_attempts, msg_id=_msg_ids)
    def collect(self, item: str, attempt: int, msg_id: str) -> None:
        """A collection is added once, for an item with none in flight."""
        one = attrs.evolve(
            collection(item, attempt),
            msg_id=MessageId(msg_id),
            payment_information_id=f"{msg_id}-FRST",
        )
        self._both(lambda world: world.collections.add([one]))

    @rule(
        collections=_names.flatmap(lambda names: st.tuples(*map(_collection, names))),
        act=st.sampled_from(_ACTS),
    )
    def keep(self, collections: tuple[payments.Collection, ...], act: str) -> None:
        """Collections in any state are added, or replaced where they are there."""
        self._both(lambda world: getattr(world.collections, act)(collections))

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

    @rule(msg_id=_msg_ids, before=_states, after=_states)
    def move(
        self, msg_id: str, before: payments.CollectionState, after: payments.CollectionState
    ) -> None:
        """The collections of a file that are in one state come to another, if that may be."""
        self._both(lambda world: world.collections.move(msg_id, before, after))

    @rule(msg_id=_msg_ids, name=_msg_ids, sent=st.booleans())
    def keep_file(self, msg_id: str, name: str, sent: bool) -> None:
        """A file is kept once, under one name, and may be noted as sent."""
        created, done = payments.FileState.CREATED, payments.FileState.SENT
        file = attrs.evolve(payment_file(msg_id), file_name=f"{name}.xml")
        if sent:
            self._both(lambda world: world.files.move(msg_id, created, done))
        else:
            self._both(lambda world: world.files.add(file))

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
