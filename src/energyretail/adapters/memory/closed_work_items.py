"""What a person took off the work list, in a dictionary."""

from __future__ import annotations

from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain.operations import ClosedWorkItem, WorkItem

__all__ = ["MemoryWorkItemsToClose"]


class MemoryWorkItemsToClose:
    """The WorkItemsToClose port over a store; under each key is all that was closed."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def take(self, kind: str, key: str) -> WorkItem | None:
        """Take an item off the list; None when it is not on it."""
        taken: WorkItem | None = self._store.writable("work_item").pop((kind, key), None)
        return taken

    def keep(self, closed: ClosedWorkItem) -> None:
        """Remember an item that was closed."""
        table = self._store.writable("closed_work_item")
        key = (closed.item.kind, closed.item.key)
        table[key] = (*table.get(key, ()), closed)

    def last_closed(self, kind: str, key: str) -> ClosedWorkItem | None:
        """Return what was closed last under the key, if anything was."""
        closed = self._store.table("closed_work_item").get((kind, key), ())
        return closed[-1] if closed else None
