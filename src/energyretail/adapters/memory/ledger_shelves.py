"""The long lists of the ledger, over a store."""

from __future__ import annotations

from energyretail.adapters.memory.ledger import MemoryLedger
from energyretail.adapters.memory.pages import page_as_kept, page_by_key
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.shared import Page
from energyretail.domain.ledger import Account, Entry, OpenItem

__all__ = ["MemoryEntryShelf", "MemoryOpenItemShelf"]


class MemoryOpenItemShelf:
    """The OpenItemShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._ledger = MemoryLedger(store)

    def page(self, *, after: str, limit: int, customer: str | None = None) -> Page[OpenItem]:
        """Return open items beyond an item."""
        found = self._ledger.open_items(customer)
        return page_by_key(found, lambda one: one.item, after=after, limit=limit)


class MemoryEntryShelf:
    """The EntryShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self, *, after: str, limit: int, item: str | None = None, customer: str | None = None
    ) -> Page[Entry]:
        """Return entries posted after a key."""

        def wanted(entry: Entry) -> bool:
            owed = [one for one in entry.postings if one.account is Account.RECEIVABLE]
            return (item is None or any(one.item == item for one in owed)) and (
                customer is None or any(one.customer == customer for one in owed)
            )

        table = self._store.table("entry")
        return page_as_kept(table, wanted, lambda entry: entry.key, after=after, limit=limit)
