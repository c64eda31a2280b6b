"""A person has dealt with an item of the work list."""

from __future__ import annotations

from typing import Protocol

from energyretail.application.shared import Clock, Work
from energyretail.domain.operations import ClosedWorkItem, WorkItem
from energyretail.domain.shared import NotFound

__all__ = ["CloseWorkItem", "WorkItemsToClose"]


class WorkItemsToClose(Protocol):
    """The work list, for the one who closes its items; part of the open transaction."""

    def take(self, kind: str, key: str) -> WorkItem | None:
        """Take an item off the list; None when it is not on it.

        Of two at once the second waits for the first, and finds nothing.
        """
        ...

    def keep(self, closed: ClosedWorkItem) -> None:
        """Remember an item that was closed."""
        ...

    def last_closed(self, kind: str, key: str) -> ClosedWorkItem | None:
        """Return what was closed last under the key, if anything was."""
        ...


class CloseWorkItem:
    """Take an item off the work list and remember who dealt with it, and how.

    Closing again with the same remark gives the same answer. What is raised again later under
    the same key is an item of its own, to be closed again.
    """

    def __init__(self, *, work: Work, clock: Clock, items: WorkItemsToClose):
        self._work = work
        self._clock = clock
        self._items = items

    def __call__(self, kind: str, key: str, *, remark: str) -> ClosedWorkItem:
        """Return the closed item.

        Raises Invalid ``operations.work_item.remark`` without a remark, NotFound
        ``operations.work_item.unknown``, and Refused ``operations.work_item.closed`` when it
        was closed with another remark.
        """
        with self._work() as transaction:
            item = self._items.take(kind, key)
            if item is None:
                return self._known(kind, key).closed_again(remark)
            closed = ClosedWorkItem(item, self._clock.today(), remark)
            self._items.keep(closed)
            transaction.commit()
        return closed

    def _known(self, kind: str, key: str) -> ClosedWorkItem:
        found = self._items.last_closed(kind, key)
        if found is None:
            raise NotFound("operations.work_item.unknown", "no such item", kind=kind, key=key)
        return found
