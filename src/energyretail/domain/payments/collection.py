"""One attempt to collect one open item: its life is the table below."""

from __future__ import annotations

import enum
from datetime import date
from typing import Final

import attrs

from energyretail.domain.payments.mandates import Sequence
from energyretail.domain.payments.references import reference
from energyretail.domain.shared import (
    CustomerNumber,
    EndToEndId,
    Invalid,
    InvoiceNumber,
    MandateReference,
    MessageId,
    Money,
    Refused,
    Transition,
    TransitionTable,
)

__all__ = [
    "COLLECTIONS",
    "GIVEN_BACK",
    "IN_FLIGHT",
    "Collection",
    "CollectionState",
    "CollectionTrigger",
    "check_move",
]


class CollectionState(enum.Enum):
    """How far a collection came."""

    REQUESTED = "requested"
    SENT = "sent"
    COLLECTED = "collected"
    RETURNED_EARLY = "returned_early"
    RETURNED = "returned"
    REJECTED = "rejected"


class CollectionTrigger(enum.Enum):
    """What we do, and what the bank reports."""

    SEND = "send"
    CREDIT = "credit"
    RETURN = "return"
    REJECT = "reject"


_PROOF = "the bank's answer proves that the file arrived, whatever our own note of it says"
_EARLY = "the return was read before the credit it undoes: the credit is still to come"

COLLECTIONS: Final = TransitionTable(
    "payments.collection",
    CollectionState.REQUESTED,
    (
        Transition(
            CollectionState.REQUESTED,
            CollectionTrigger.SEND,
            CollectionState.SENT,
            "its payment file is at the bank",
        ),
        Transition(
            CollectionState.REQUESTED, CollectionTrigger.CREDIT, CollectionState.COLLECTED, _PROOF
        ),
        Transition(
            CollectionState.REQUESTED,
            CollectionTrigger.RETURN,
            CollectionState.RETURNED_EARLY,
            _PROOF,
        ),
        Transition(
            CollectionState.REQUESTED, CollectionTrigger.REJECT, CollectionState.REJECTED, _PROOF
        ),
        Transition(
            CollectionState.SENT,
            CollectionTrigger.CREDIT,
            CollectionState.COLLECTED,
            "credited on the due date with its batch (camt.054)",
        ),
        Transition(
            CollectionState.SENT, CollectionTrigger.RETURN, CollectionState.RETURNED_EARLY, _EARLY
        ),
        Transition(
            CollectionState.SENT,
            CollectionTrigger.REJECT,
            CollectionState.REJECTED,
            "refused before settlement: no money moved (EPC016-06)",
        ),
        Transition(
            CollectionState.RETURNED_EARLY,
            CollectionTrigger.CREDIT,
            CollectionState.RETURNED,
            "the credit the return had undone before",
        ),
        Transition(
            CollectionState.COLLECTED,
            CollectionTrigger.RETURN,
            CollectionState.RETURNED,
            "returned up to 5 days, refunded up to 8 weeks or 13 months after (EPC016-06)",
        ),
    ),
)

# While one of these lasts the bank may still move money for the item.
IN_FLIGHT: Final = frozenset(
    {CollectionState.REQUESTED, CollectionState.SENT, CollectionState.RETURNED_EARLY}
)

# Whoever brings one of these about tells the bank's reason and its day.
GIVEN_BACK: Final = frozenset(
    {CollectionState.RETURNED_EARLY, CollectionState.RETURNED, CollectionState.REJECTED}
)


def check_move(before: CollectionState, after: CollectionState) -> None:
    """Check that a collection comes from `before` to `after` by its state alone.

    Raises Refused ``payments.collection.move`` where the table has no such row, and where the
    row is a return or rejection: that tells a reason and a day, which is `given_back`.
    """
    is_a_row = any((row.source, row.target) == (before, after) for row in COLLECTIONS.rows)
    if not is_a_row or (after in GIVEN_BACK and before not in GIVEN_BACK):
        raise Refused(
            "payments.collection.move",
            "no collection comes from one state to the other without more being told",
            before=before.value,
            after=after.value,
        )


@attrs.frozen
class Collection:
    """An amount asked from one mandate for one item; `end_to_end_id` is its natural key.

    `amount` is positive whole cents. `reason` and `returned_on` tell of a return or rejection.

    Raises Invalid ``payments.collection.amount`` (collect more than nothing) and
    ``payments.collection.reason`` (one given back tells reason and day, and no other does).
    """

    end_to_end_id: EndToEndId = attrs.field(validator=reference)
    item: InvoiceNumber
    customer: CustomerNumber
    umr: MandateReference = attrs.field(validator=reference)
    amount: Money
    due_on: date
    attempt: int
    sequence: Sequence
    msg_id: MessageId
    payment_information_id: str
    state: CollectionState = COLLECTIONS.initial
    reason: str | None = None
    returned_on: date | None = None

    def __attrs_post_init__(self) -> None:
        if self.amount.cents <= 0:
            raise Invalid(
                "payments.collection.amount",
                "collect more than nothing",
                collection=self.end_to_end_id,
            )
        given_back = self.state in GIVEN_BACK
        if {self.reason is not None, self.returned_on is not None} != {given_back}:
            raise Invalid(
                "payments.collection.reason",
                "a collection given back tells its reason and day, and no other does",
                collection=self.end_to_end_id,
                state=self.state.value,
            )

    @property
    def in_flight(self) -> bool:
        """Whether the bank may still move money for it."""
        return self.state in IN_FLIGHT

    def after(self, trigger: CollectionTrigger) -> Collection:
        """Return the collection after `trigger`; raises Refused where the table has no row.

        A return or rejection needs its reason, which `given_back` takes: here it is Invalid.
        """
        return attrs.evolve(self, state=COLLECTIONS.after(self.state, trigger))

    def given_back(self, trigger: CollectionTrigger, *, reason: str, on: date) -> Collection:
        """Return the collection after a return or rejection for `reason`, booked on `on`."""
        state = COLLECTIONS.after(self.state, trigger)
        return attrs.evolve(self, state=state, reason=reason, returned_on=on)
