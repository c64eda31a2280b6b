"""Let a customer's credit pay what the same customer owes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from energyretail.application.ledger.ports import OpenItems, PostedEntries
from energyretail.application.shared import Books, Clock, Events, Work
from energyretail.domain.ledger import Entry, EntryPosted, OpenItem, allocate_credit

__all__ = ["AllocateCredits"]


class AllocateCredits:
    """Move credit onto open items, once a customer and business day.

    Credit of one customer pays only that customer, the longest due first, in one currency. The
    entry's key is ``allocation:<customer>:<currency>:<day>``: a second run on one day moves
    nothing, and credit that arises later waits for the next day.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        items: OpenItems,
        posted: PostedEntries,
        books: Books,
        events: Events,
    ):
        self._work = work
        self._clock = clock
        self._items = items
        self._posted = posted
        self._books = books
        self._events = events

    def __call__(self) -> int:
        """Allocate for every customer; return how many entries moved credit.

        There is one a customer and currency; none of a second run on the same day.
        """
        with self._work() as transaction:
            entries = self._new_entries()
            self._books.post(entries)
            self._events.record(EntryPosted(entry.key) for entry in entries)
            transaction.commit()
        return len(entries)

    def _new_entries(self) -> tuple[Entry, ...]:
        entries = tuple(self._entries())
        known = {entry.key for entry in self._posted.entries([entry.key for entry in entries])}
        return tuple(entry for entry in entries if entry.key not in known)

    def _entries(self) -> Iterator[Entry]:
        day = self._clock.today()
        items = sorted(self._items.open_items(), key=_whose)
        for (customer, currency), owed in groupby(items, key=_whose):
            key = f"allocation:{customer}:{currency}:{day.isoformat()}"
            if entry := allocate_credit(owed, key=key, day=day):
                yield entry


def _whose(item: OpenItem) -> tuple[str, str]:
    return item.customer, item.open.currency
