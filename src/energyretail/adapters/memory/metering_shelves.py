"""The long list of a supply point's readings, over a store."""

from __future__ import annotations

from datetime import date

from energyretail.adapters.memory.pages import asked, page_by_key
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.metering import KeptReading
from energyretail.application.shared import Page
from energyretail.domain.metering import current
from energyretail.domain.shared import Cups

__all__ = ["MemoryReadingShelf"]


class MemoryReadingShelf:
    """The ReadingShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self,
        cups: Cups,
        *,
        after: str,
        limit: int,
        register: str | None = None,
        since: date | None = None,
        until: date | None = None,
        current_only: bool = False,
    ) -> Page[KeptReading]:
        """Return a point's readings beyond a key."""
        found = (
            kept
            for kept in self._kept(cups)
            if asked(register, is_=kept.reading.register)
            and (since is None or kept.reading.taken_on >= since)
            and (until is None or kept.reading.taken_on < until)
            and (kept.is_current or not current_only)
        )
        return page_by_key(found, lambda kept: kept.key, after=after, limit=limit)

    def _kept(self, cups: Cups) -> tuple[KeptReading, ...]:
        received = self._store.table("reading_received_on")
        readings = [one for one in self._store.table("reading").values() if one.cups == cups]
        newest = {one.key for one in current(readings)}
        return tuple(KeptReading(one, received[one.key], one.key in newest) for one in readings)
