"""A collection run: selected items become collections in one payment file."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final

import attrs

from energyretail.domain.payments.collection import Collection
from energyretail.domain.payments.mandates import Mandate, Party
from energyretail.domain.payments.mandates import Sequence as SequenceType
from energyretail.domain.payments.references import check_reference
from energyretail.domain.payments.selection import Selection
from energyretail.domain.shared import (
    CreditorIdentifier,
    EndToEndId,
    Iban,
    Invalid,
    MandateReference,
    MessageId,
    Money,
    Transition,
    TransitionTable,
    end_to_end_id,
)

__all__ = [
    "PAYMENT_FILES",
    "Creditor",
    "DirectDebit",
    "DirectDebitBatch",
    "DirectDebitOrder",
    "FileState",
    "FileTrigger",
    "PaymentFile",
    "Run",
    "message_id",
    "order_of",
    "plan_run",
]


@attrs.frozen
class Creditor:
    """Us, as the bank knows us.

    `code` starts every MsgId and file name: 1 to 17 letters or digits, which leaves room
    for the date, a run of two digits, and the sequence type. `bic` may be empty: the
    bank then derives it. `remittance` is what the debtor reads before the invoice number.

    Raises Invalid ``payments.creditor.code`` (1 to 17 letters or digits).
    """

    code: str = attrs.field()
    identifier: CreditorIdentifier
    party: Party
    iban: Iban
    bic: str = ""
    remittance: str = "Factura"

    @code.validator
    def _short(self, _: object, value: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9]{1,17}", value):
            raise Invalid("payments.creditor.code", "1 to 17 letters or digits", creditor=value)


@attrs.frozen
class Run:
    """What one run decided: the collections, and the mandates as used by them.

    `collections` are ordered by sequence type, due item, item; `mandates` by reference.
    """

    msg_id: MessageId
    created_on: date
    due_on: date
    collections: tuple[Collection, ...]
    mandates: tuple[Mandate, ...]


def message_id(creditor: Creditor, *, due_on: date, run: int) -> MessageId:
    """Return the natural key of the `run`-th payment file for a due date."""
    return MessageId(check_reference(f"{creditor.code}-{due_on:%Y%m%d}-{run}"))


def plan_run(
    selections: Iterable[Selection],
    mandates: Mapping[MandateReference, Mandate],
    *,
    msg_id: MessageId,
    created_on: date,
    due_on: date,
) -> Run:
    """Turn what was selected into collections, first use of a mandate before later ones."""
    used = dict(mandates)
    made: list[Collection] = []
    for selection in selections:
        if selection.amount is None:
            continue
        item = selection.item
        mandate = used[item.umr or MandateReference("")]
        used[mandate.umr] = mandate.used(due_on)
        sequence = mandate.next_sequence
        made.append(
            Collection(
                end_to_end_id=end_to_end_id(item.item, item.attempts + 1),
                item=item.item,
                customer=item.customer,
                umr=mandate.umr,
                amount=selection.amount,
                due_on=due_on,
                attempt=item.attempts + 1,
                sequence=sequence,
                msg_id=msg_id,
                payment_information_id=f"{msg_id}-{sequence.value}",
            )
        )
    made.sort(key=lambda collection: (collection.sequence.value, collection.end_to_end_id))
    changed = {collection.umr for collection in made}
    return Run(msg_id, created_on, due_on, tuple(made), tuple(used[umr] for umr in sorted(changed)))


@attrs.frozen
class DirectDebit:
    """One transaction of a payment file, as the debtor's bank will see it."""

    end_to_end_id: EndToEndId
    amount: Money
    umr: MandateReference
    signed_on: date
    debtor: Party
    iban: Iban
    remittance: str


@attrs.frozen
class DirectDebitBatch:
    """The transactions of one sequence type; `count` and `total` are told before them.

    `debits` may be any iterable that can be gone through once: a million fit.
    """

    payment_information_id: str
    sequence: SequenceType
    due_on: date
    count: int
    total: Money
    debits: Iterable[DirectDebit]


@attrs.frozen
class DirectDebitOrder:
    """A payment file before it is written; the totals are told before the batches."""

    msg_id: MessageId
    created_on: date
    creditor: Creditor
    count: int
    total: Money
    batches: Sequence[DirectDebitBatch]


def order_of(run: Run, creditor: Creditor) -> DirectDebitOrder:
    """Return what a run asks of the bank; raises Invalid for a run without collections."""
    if not run.collections:
        raise Invalid("payments.run.empty", "nothing to collect", run=run.msg_id)
    mandates = {mandate.umr: mandate for mandate in run.mandates}
    batches = tuple(
        _batch(tuple(of_sequence), mandates, creditor)
        for _, of_sequence in groupby(run.collections, key=lambda c: c.sequence)
    )
    total = Money.total((batch.total for batch in batches), batches[0].total.currency)
    return DirectDebitOrder(
        run.msg_id, run.created_on, creditor, len(run.collections), total, batches
    )


def _batch(
    collections: tuple[Collection, ...],
    mandates: Mapping[MandateReference, Mandate],
    creditor: Creditor,
) -> DirectDebitBatch:
    first = collections[0]
    return DirectDebitBatch(
        payment_information_id=first.payment_information_id,
        sequence=first.sequence,
        due_on=first.due_on,
        count=len(collections),
        total=Money.total((c.amount for c in collections), first.amount.currency),
        debits=tuple(_debit(c, mandates[c.umr], creditor) for c in collections),
    )


def _debit(collection: Collection, mandate: Mandate, creditor: Creditor) -> DirectDebit:
    return DirectDebit(
        end_to_end_id=collection.end_to_end_id,
        amount=collection.amount,
        umr=mandate.umr,
        signed_on=mandate.signed_on,
        debtor=mandate.debtor,
        iban=mandate.iban,
        remittance=f"{creditor.remittance} {collection.item}",
    )


class FileState(enum.Enum):
    """Whether the bank has a payment file."""

    CREATED = "created"
    SENT = "sent"


class FileTrigger(enum.Enum):
    """What happens to a payment file."""

    SEND = "send"


PAYMENT_FILES: Final = TransitionTable(
    "payments.file",
    FileState.CREATED,
    (
        Transition(
            FileState.CREATED, FileTrigger.SEND, FileState.SENT, "the bank's folder holds it"
        ),
    ),
)


@attrs.frozen
class PaymentFile:
    """The bytes the bank gets, made once and never again; `sha256` is of `content`, in hex."""

    msg_id: MessageId
    file_name: str
    content: bytes = attrs.field(repr=False)
    sha256: str
    control_sum: Money
    count: int
    due_on: date
    state: FileState = PAYMENT_FILES.initial
