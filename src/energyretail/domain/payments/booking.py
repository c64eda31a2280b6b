"""What an entry on our bank account does to the ledger, to collections, and to mandates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import attrs

from energyretail.domain.ledger import Account, Entry, EntryPosted, Posting
from energyretail.domain.operations import WorkItem
from energyretail.domain.payments.answers import BankEntry, BankTransaction
from energyretail.domain.payments.collection import COLLECTIONS, Collection, CollectionTrigger
from energyretail.domain.payments.events import CollectionReturned, MandateStopped
from energyretail.domain.payments.mandates import MANDATES, Mandate
from energyretail.domain.payments.reasons import RETRIES_MAX, ReturnReason, return_reason
from energyretail.domain.shared import EndToEndId, Event, MandateReference

__all__ = ["NO_REASON", "Booking", "book_entry"]

# What we note when the bank returns money and says nothing at all about why.
NO_REASON = "NARR"


@attrs.frozen
class Booking:
    """What one bank entry leads to; `entry` always moves the whole amount through BANK."""

    entry: Entry
    collections: tuple[Collection, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    work_items: tuple[WorkItem, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def matched(self) -> bool:
        """Whether every cent found its item, so that nothing went to SUSPENSE."""
        return all(posting.account is not Account.SUSPENSE for posting in self.entry.postings)


def book_entry(
    entry: BankEntry,
    collections: Mapping[EndToEndId, Collection],
    mandates: Mapping[MandateReference, Mandate],
    *,
    on: date,
) -> Booking:
    """Decide what a booked entry means; `on` stands in for a booking day the bank left out.

    Money that came in credits the items of the collections it names, money that went out
    debits them again. What names no collection, another amount than was asked, or a
    collection that cannot take it, goes to SUSPENSE and on the work list. `collections` are
    by end-to-end id, `mandates` by reference; both may hold more than the entry names.
    """
    day = entry.booked_on or on
    came_in = entry.amount.cents > 0
    trigger = CollectionTrigger.CREDIT if came_in else CollectionTrigger.RETURN
    matches = tuple(_matches(entry, collections, trigger))
    ledger_entry = _ledger_entry(entry, tuple(c for c, _ in matches), day)
    unmatched = _unmatched_item(entry, ledger_entry, on)
    posted = EntryPosted(ledger_entry.key)
    if came_in:
        credited = tuple(collection.after(trigger) for collection, _ in matches)
        return Booking(ledger_entry, credited, work_items=unmatched, events=(posted,))
    return _book_returns(ledger_entry, matches, mandates, unmatched, day=day, on=on)


def _matches(
    entry: BankEntry, collections: Mapping[EndToEndId, Collection], trigger: CollectionTrigger
) -> Iterator[tuple[Collection, str]]:
    seen: set[EndToEndId] = set()
    for transaction in entry.transactions or _whole_batch(entry, collections, trigger):
        collection = collections.get(EndToEndId(transaction.end_to_end_id or ""))
        if (
            collection is not None
            and collection.end_to_end_id not in seen
            and collection.amount == transaction.amount
            and COLLECTIONS.allows(collection.state, trigger)
        ):
            seen.add(collection.end_to_end_id)
            yield collection, transaction.reason or NO_REASON


def _whole_batch(
    entry: BankEntry, collections: Mapping[EndToEndId, Collection], trigger: CollectionTrigger
) -> tuple[BankTransaction, ...]:
    """Name the transactions of a batch of which the bank told the sum alone."""
    batch = [
        collection
        for _, collection in sorted(collections.items())
        if collection.payment_information_id == entry.payment_information_id
        and COLLECTIONS.allows(collection.state, trigger)
    ]
    if sum(c.amount.cents for c in batch) != entry.amount.cents:
        return ()
    return tuple(BankTransaction(c.end_to_end_id, c.amount) for c in batch)


def _ledger_entry(entry: BankEntry, matched: tuple[Collection, ...], day: date) -> Entry:
    sign = -1 if entry.amount.cents > 0 else 1
    items = tuple(
        Posting(Account.RECEIVABLE, collection.amount * sign, collection.customer, collection.item)
        for collection in matched
    )
    rest = entry.amount
    for posting in items:
        rest += posting.amount
    suspense = (Posting(Account.SUSPENSE, -rest),) if rest else ()
    text = "Direct debits credited" if sign < 0 else "Direct debit returned"
    bank = Posting(Account.BANK, entry.amount)
    return Entry(f"bank:{entry.reference}", day, text, (bank, *items, *suspense))


def _unmatched_item(entry: BankEntry, booked: Entry, on: date) -> tuple[WorkItem, ...]:
    suspense = [p.amount for p in booked.postings if p.account is Account.SUSPENSE]
    if not suspense:
        return ()
    named = ", ".join(t.end_to_end_id or "?" for t in entry.transactions[:5]) or "nothing"
    return (
        WorkItem(
            kind="payments.unmatched",
            key=entry.reference,
            code="payments.entry.unmatched",
            text=f"{-suspense[0]} of {entry.reference} fits no collection; it names {named}",
            way_out="find out whose money it is and move it from the suspense account",
            raised_on=on,
        ),
    )


def _book_returns(
    ledger_entry: Entry,
    matches: tuple[tuple[Collection, str], ...],
    mandates: Mapping[MandateReference, Mandate],
    unmatched: tuple[WorkItem, ...],
    *,
    day: date,
    on: date,
) -> Booking:
    now = dict(mandates)
    changed: dict[MandateReference, Mandate] = {}
    collections: list[Collection] = []
    items = list(unmatched)
    events: list[Event] = [EntryPosted(ledger_entry.key)]
    for collection, code in matches:
        reason = return_reason(code, on=day)
        returned = collection.given_back(CollectionTrigger.RETURN, reason=code, on=day)
        collections.append(returned)
        events.append(_returned_event(returned, code, day))
        items += _return_item(returned, reason, on)
        if stopped := _stopped(now.get(collection.umr), reason):
            now[stopped.umr] = changed[stopped.umr] = stopped
            events.append(MandateStopped(stopped.umr, stopped.contract, code))
    return Booking(
        ledger_entry, tuple(collections), tuple(changed.values()), tuple(items), tuple(events)
    )


def _stopped(mandate: Mandate | None, reason: ReturnReason) -> Mandate | None:
    # Two items of one mandate may come back for the same reason: the second changes nothing.
    if mandate and reason.mandate and MANDATES.allows(mandate.state, reason.mandate):
        return mandate.after(reason.mandate)
    return None


def _returned_event(collection: Collection, code: str, day: date) -> CollectionReturned:
    return CollectionReturned(
        collection.end_to_end_id,
        collection.item,
        collection.customer,
        collection.amount,
        code,
        day,
    )


def _return_item(collection: Collection, reason: ReturnReason, on: date) -> tuple[WorkItem, ...]:
    used_up = collection.attempt > RETRIES_MAX
    if not (reason.way_out or used_up):
        return ()
    return (
        WorkItem(
            kind="payments.returned",
            key=collection.end_to_end_id,
            code=f"payments.return.{reason.code.lower()}",
            text=f"{collection.item}: {reason.text}, attempt {collection.attempt}",
            way_out=reason.way_out or "the last attempt failed: hand the item to dunning",
            raised_on=on,
        ),
    )
