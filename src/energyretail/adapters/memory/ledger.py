"""The books in a dictionary of entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from energyretail.adapters.memory.due_days import due_days
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.ledger import LedgerTotals
from energyretail.domain.ledger import Account, Entry, OpenItem, Posting, balance_of, open_items
from energyretail.domain.shared import Money

__all__ = ["MemoryBooks", "MemoryLedger"]


class MemoryBooks:
    """Implements the Books port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def post(self, entries: Sequence[Entry]) -> None:
        """Append entries, once each by key."""
        table = self._store.writable("entry")
        for entry in entries:
            table.setdefault(entry.key, entry)


class MemoryLedger:
    """Implements LedgerState, OpenItems and PostedEntries over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def open_items(self, customer: str | None = None) -> tuple[OpenItem, ...]:
        """Return the unsettled items, ordered by item."""
        found = open_items(self._entries(), due_days(self._store))
        return tuple(item for item in found if customer is None or item.customer == customer)

    def entries(self, keys: Sequence[str]) -> tuple[Entry, ...]:
        """Return the entries under `keys`, in that order."""
        table = self._store.table("entry")
        return tuple(table[key] for key in dict.fromkeys(keys) if key in table)

    def imbalances(self) -> tuple[Money, ...]:
        """Return what each currency is out by; nothing for one that is right."""
        sums = _by_currency(posting.amount for posting in self._postings())
        return tuple(sums[currency] for currency in sorted(sums) if sums[currency])

    def unbalanced_entries(self) -> tuple[str, ...]:
        """Return the keys of entries that do not sum to zero."""
        return tuple(sorted(e.key for e in self._entries() if balance_of(e.postings)))

    def totals(self) -> tuple[LedgerTotals, ...]:
        """Return the totals of each currency."""
        documents = _by_currency(bill.gross for bill in self._store.table("invoice").values())
        receivable = _by_currency(p.amount for p in self._postings() if p.item is not None)
        invoiced = _by_currency(
            posting.amount
            for entry in self._entries()
            for posting in entry.postings
            if posting.account is Account.RECEIVABLE and entry.key.startswith("invoice:")
        )
        open_ = _by_currency(item.open for item in self.open_items())
        return tuple(
            LedgerTotals(
                documents.get(currency, Money.zero(currency)),
                invoiced.get(currency, Money.zero(currency)),
                receivable.get(currency, Money.zero(currency)),
                open_.get(currency, Money.zero(currency)),
            )
            for currency in sorted({*documents, *receivable})
        )

    def _entries(self) -> tuple[Entry, ...]:
        return tuple(self._store.table("entry").values())

    def _postings(self) -> Iterable[Posting]:
        return (posting for entry in self._entries() for posting in entry.postings)


def _by_currency(amounts: Iterable[Money]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for amount in amounts:
        currency = amount.currency
        sums[currency] = sums.get(currency, Money.zero(currency)) + amount
    return sums
