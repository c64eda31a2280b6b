"""The long lists of operations, over a store."""

from __future__ import annotations

from energyretail.adapters.memory.business_days import MemoryBusinessDays
from energyretail.adapters.memory.pages import asked, page_by_key
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.shared.texts import storable
from energyretail.application.operations import DayShown, work_item_key
from energyretail.application.shared import Page, page_of
from energyretail.domain.operations import WorkItem

__all__ = ["MemoryBusinessDayShelf", "MemoryWorkItemShelf"]


class MemoryWorkItemShelf:
    """The WorkItemShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self, *, after: str, limit: int, kind: str | None = None, code: str | None = None
    ) -> Page[WorkItem]:
        """Return items beyond a key."""
        found = (
            one
            for one in self._store.table("work_item").values()
            if asked(kind, is_=one.kind) and asked(code, is_=one.code)
        )
        return page_by_key(found, work_item_key, after=after, limit=limit)


class MemoryBusinessDayShelf:
    """The BusinessDayShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(self, *, after: str, limit: int) -> Page[DayShown]:
        """Return days before a day, the newest first."""
        days = MemoryBusinessDays(self._store)
        known = {*self._store.table("business_day"), *self._store.table("closed_day")}
        found = [
            DayShown(day, tuple(sorted(days.steps_done(day))), days.is_closed(day))
            for day in sorted(known, reverse=True)
            if not after or (storable(after) and day.isoformat() < after)
        ]
        return page_of(found, limit=limit, key=lambda one: one.day.isoformat())
