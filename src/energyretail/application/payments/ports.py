"""What the use cases of payments need of the stores, the bank, and the formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from energyretail.domain import payments
from energyretail.domain.shared import Money

__all__ = [
    "BankEntries",
    "BankFile",
    "BankGateway",
    "Collections",
    "Debtors",
    "Mandates",
    "NotificationReader",
    "PaymentFileWriter",
    "PaymentFiles",
    "UnpaidItems",
]


class Debtors(Protocol):
    """Knows customers as debtors."""

    def parties(self, customers: Sequence[str]) -> Mapping[str, payments.Party]:
        """Return name and structured address by customer number; unknown ones are left out."""
        ...


class Mandates(Protocol):
    """Keeps mandates by their reference, one active at most for a contract."""

    def add(self, mandates: Sequence[payments.Mandate]) -> None:
        """Add mandates; one already there under its reference is left as it is.

        Raises Conflict ``payments.mandate.second_active`` when a contract would have two
        active ones.
        """
        ...

    def save(self, mandates: Sequence[payments.Mandate]) -> None:
        """Replace what changes in mandates that are there: `iban`, `state`, first and last use.

        What was signed stays, whatever is given here: contract, customer, creditor, debtor,
        day of signature. One that is not there is left out. One mandate may stop and another
        of its contract start in one save; raises Conflict as `add` does.
        """
        ...

    def named(self, references: Sequence[str]) -> tuple[payments.Mandate, ...]:
        """Return the mandates under `references`, ordered by reference; unknown ones left out."""
        ...


class UnpaidItems(Protocol):
    """Tells what customers owe and what was tried to collect it."""

    def due(self, by: date) -> tuple[payments.UnpaidItem, ...]:
        """Return the items owed and due up to `by`, and every credit whatever its due date.

        Ordered by customer, due date, item. A credit without a due date shows `by`.
        """
        ...


class Collections(Protocol):
    """Keeps collections by their end-to-end id.

    What is read inside a transaction no other one changes until that ends.
    """

    def add(self, collections: Sequence[payments.Collection]) -> None:
        """Add collections, in the order given.

        Raises Conflict ``payments.collection.exists`` for one that is there under its id or
        as this attempt of its item, ``payments.collection.in_flight`` when its item would
        have two in flight.
        """
        ...

    def save(self, collections: Sequence[payments.Collection]) -> None:
        """Replace what changes in collections that are there: `state`, `reason`, `returned_on`.

        What was asked of the debtor stays, whatever is given here. One that is not there is
        left out. One collection of an item may end and another be in flight in one save;
        raises Conflict ``payments.collection.in_flight`` when an item would have two.
        """
        ...

    def named(self, end_to_end_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return the collections under the ids, ordered by id; unknown ones left out."""
        ...

    def move(
        self, msg_id: str, before: payments.CollectionState, after: payments.CollectionState
    ) -> None:
        """Note `after` for the collections of a payment file whose state still is `before`.

        Whatever another process made of the others meanwhile stays. Raises Refused
        ``payments.collection.move`` as `payments.check_move` does, whether there are any or not:
        a return or rejection tells a reason, and goes through `save`.
        """
        ...

    def of_batches(self, payment_information_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return the collections of batches, ordered by id."""
        ...


class PaymentFiles(Protocol):
    """Keeps payment files with their bytes."""

    def add(self, file: payments.PaymentFile) -> None:
        """Add a file.

        Raises Conflict ``payments.file.exists`` for one that is there under its id or name.
        """
        ...

    def named(self, msg_ids: Sequence[str]) -> tuple[payments.PaymentFile, ...]:
        """Return the files under the ids, ordered by id; unknown ones left out."""
        ...

    def move(self, msg_id: str, before: payments.FileState, after: payments.FileState) -> None:
        """Note `after` for a file whose state still is `before`; its bytes never change."""
        ...


class BankEntries(Protocol):
    """Remembers which entries of the bank account were booked."""

    def known(self, references: Sequence[str]) -> Mapping[str, Money]:
        """Return the amounts booked under `references`; unknown ones left out."""
        ...

    def add(self, entries: Sequence[payments.BankEntry], *, source: str, on: date) -> None:
        """Note entries as booked; `source` is the inbox key of their file.

        Raises Conflict ``payments.entry.exists`` for a reference that is there.
        """
        ...


class PaymentFileWriter(Protocol):
    """Writes an order in the bank's format."""

    def __call__(self, order: payments.DirectDebitOrder) -> Iterable[bytes]:
        """Yield the file in chunks, the same bytes for the same order.

        Raises Invalid ``payments.order.totals`` when the batches are not what was told.
        """
        ...


class NotificationReader(Protocol):
    """Reads a notification in the bank's format."""

    def __call__(self, raw: bytes) -> payments.BankNotification:
        """Return what a file says; raises Invalid with the reason when it cannot be read."""
        ...


class BankFile(Protocol):
    """A whole file found in the folder we share with the bank."""

    @property
    def name(self) -> str:
        """Its plain name."""
        ...

    @property
    def content(self) -> bytes:
        """Its bytes."""
        ...


class BankGateway(Protocol):
    """The folder we share with the bank."""

    def put(self, name: str, content: bytes) -> None:
        """Put a file there, all of it or nothing.

        The same bytes under the same name again change nothing; other bytes raise Conflict.
        Raises Fault when the bank cannot be reached.
        """
        ...

    def arrivals(self) -> Sequence[BankFile]:
        """Return every whole file waiting for us; raises Fault as `put` does."""
        ...

    def done(self, name: str) -> None:
        """Take a file off the waiting ones; one that was taken off before is no error."""
        ...
