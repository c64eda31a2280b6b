"""Receive what the bank reports."""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs

from energyretail.application.payments.ports import (
    BankEntries,
    BankGateway,
    Collections,
    Mandates,
    NotificationReader,
)
from energyretail.application.shared import Books, Clock, Events, Inbox, Received, Work, WorkList
from energyretail.domain import payments
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Conflict, EndToEndId, Event, Invalid, MandateReference

__all__ = ["BankFilesReceived", "ReceiveBankFiles"]

_SOURCE: Final = "bank"


@attrs.frozen
class BankFilesReceived:
    """How many files were booked, were there before, and were parked."""

    booked: int = 0
    repeated: int = 0
    parked: int = 0


class ReceiveBankFiles:
    """Book every bank file that waits, in the order of the names, one transaction a file.

    Rules: the raw bytes are kept; a file is done after its transaction; an entry is booked
    once under the bank's reference, whatever file brings it; what cannot be read, is not
    for our account, or comes with other bytes under a known key is parked with its reason.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        bank: BankGateway,
        reader: NotificationReader,
        inbox: Inbox,
        entries: BankEntries,
        collections: Collections,
        mandates: Mandates,
        books: Books,
        work_list: WorkList,
        events: Events,
        creditor: payments.Creditor,
    ):
        self._work = work
        self._clock = clock
        self._bank = bank
        self._reader = reader
        self._inbox = inbox
        self._entries = entries
        self._collections = collections
        self._mandates = mandates
        self._books = books
        self._work_list = work_list
        self._events = events
        self._iban = creditor.iban.value

    def __call__(self) -> BankFilesReceived:
        """Receive all waiting files; return what became of them. Raises Fault when the bank
        cannot be reached; files booked until then stay booked."""
        today = self._clock.today()
        outcomes = []
        for file in sorted(self._bank.arrivals(), key=lambda file: file.name):
            outcomes.append(self._receive(file.name, file.content, today))
            self._bank.done(file.name)
        return BankFilesReceived(*(outcomes.count(o) for o in ("booked", "repeated", "parked")))

    def _receive(self, name: str, raw: bytes, today: date) -> str:
        try:
            notification = self._reader(raw)
            self._check_account(notification)
            return self._book(name, raw, notification, today)
        except (Invalid, Conflict) as error:
            return self._park(name, raw, error, today)

    def _check_account(self, notification: payments.BankNotification) -> None:
        if notification.iban not in (None, self._iban):
            raise Invalid(
                "payments.bank_file.account", "not our account", account=notification.iban
            )

    def _book(
        self, name: str, raw: bytes, notification: payments.BankNotification, today: date
    ) -> str:
        key = f"{name}:{notification.message_id}"
        received = Received(_SOURCE, key, raw, notification.schema)
        with self._work() as transaction:
            if not self._inbox.keep(received, on=today):
                return "repeated"
            fresh = self._fresh(notification.entries, today)
            self._entries.add(fresh, source=key, on=today)
            self._book_entries(fresh, today)
            self._inbox.settle(_SOURCE, key)
            transaction.commit()
        return "booked"

    def _fresh(
        self, entries: tuple[payments.BankEntry, ...], today: date
    ) -> tuple[payments.BankEntry, ...]:
        """Leave out what is booked; one that comes again with another amount goes to a person."""
        known = dict(self._entries.known([entry.reference for entry in entries]))
        fresh, changed = [], []
        for entry in entries:
            if entry.reference not in known:
                fresh.append(entry)
                known[entry.reference] = entry.amount
            elif known[entry.reference] != entry.amount:
                changed.append(_changed(entry, today))
        self._work_list.add(changed)
        return tuple(fresh)

    def _book_entries(self, entries: tuple[payments.BankEntry, ...], today: date) -> None:
        collections = self._named_by(entries)
        umrs = sorted({collection.umr for collection in collections.values()})
        mandates = {mandate.umr: mandate for mandate in self._mandates.named(umrs)}
        changed: dict[EndToEndId, payments.Collection] = {}
        stopped: dict[MandateReference, payments.Mandate] = {}
        # A later entry of the file sees what an earlier one did.
        collections_now, mandates_now = ChainMap(changed, collections), ChainMap(stopped, mandates)
        bookings = []
        for entry in entries:
            booking = payments.book_entry(entry, collections_now, mandates_now, on=today)
            changed.update((c.end_to_end_id, c) for c in booking.collections)
            stopped.update((m.umr, m) for m in booking.mandates)
            bookings.append(booking)
        self._books.post([booking.entry for booking in bookings])
        self._collections.save(tuple(changed.values()))
        self._mandates.save(tuple(stopped.values()))
        self._work_list.add([item for booking in bookings for item in booking.work_items])
        self._events.record(_events(bookings))

    def _named_by(
        self, entries: tuple[payments.BankEntry, ...]
    ) -> dict[EndToEndId, payments.Collection]:
        ids = {t.end_to_end_id for entry in entries for t in entry.transactions}
        batches = {e.payment_information_id for e in entries if not e.transactions}
        found = (
            *self._collections.named(sorted(filter(None, ids))),
            *self._collections.of_batches(sorted(filter(None, batches))),
        )
        return {collection.end_to_end_id: collection for collection in found}

    def _park(self, name: str, raw: bytes, error: Invalid | Conflict, today: date) -> str:
        key = f"{name}:{hashlib.sha256(raw).hexdigest()[:16]}"
        with self._work() as transaction:
            if not self._inbox.keep(Received(_SOURCE, key, raw), on=today):
                return "repeated"
            self._work_list.add(
                (
                    WorkItem(
                        kind="payments.bank_file",
                        key=key,
                        code=error.code,
                        text=str(error),
                        way_out="ask the bank for the file again",
                        raised_on=today,
                    ),
                )
            )
            self._inbox.settle(_SOURCE, key, code=error.code, text=str(error))
            transaction.commit()
        return "parked"


def _events(bookings: Iterable[payments.Booking]) -> tuple[Event, ...]:
    return tuple(event for booking in bookings for event in booking.events)


def _changed(entry: payments.BankEntry, today: date) -> WorkItem:
    return WorkItem(
        kind="payments.entry_changed",
        key=entry.reference,
        code="payments.entry.changed",
        text=f"bank entry {entry.reference} came again with another amount, {entry.amount}",
        way_out="ask the bank which amount is right",
        raised_on=today,
    )
