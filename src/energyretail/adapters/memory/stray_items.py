"""The items to bill that no bill takes, over dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.shared.usage_facts import UsageFact, measured_of
from energyretail.domain.billing import StrayItem
from energyretail.domain.shared import Period

__all__ = ["MemoryStrayItems"]


class MemoryStrayItems:
    """The StrayItems port over the facts and contracts of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def stray(self, days: Period, *, after: str, limit: int) -> tuple[StrayItem, ...]:
        """Return items of some days on which no contract supplied their point."""
        found = [
            item
            for item in self._items()
            if item.key > after and item.on in days and not self._is_supplied(item.point, item.on)
        ]
        return tuple(sorted(found, key=lambda item: item.key)[:limit])

    def _items(self) -> Iterator[StrayItem]:
        newest: dict[tuple[str, object], UsageFact] = {}
        for cups, row in self._store.table("usage_fact").values():
            if isinstance(row, UsageFact):
                newest[cups.value[:20], row.key] = row
        for (point, _), fact in newest.items():
            if _is_billed(fact):
                yield StrayItem(point, fact.sort, fact.name, fact.days)

    def _is_supplied(self, point: str, day: date) -> bool:
        return any(
            supply.started_on is not None and day in Period(supply.started_on, supply.ended_on)
            for contract in self._store.table("contract").values()
            for supply in contract.supplies
            if supply.site.cups.value[:20] == point
        )


def _is_billed(fact: UsageFact) -> bool:
    usage = measured_of([fact], ()).usage
    return any(item.quantity for item in usage.extras) or any(
        line.amount for line in usage.passed_on
    )
