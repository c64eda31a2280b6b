"""Show a person every item to bill that no bill will ever take."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import attrs

from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.billing import STRAY_LOOK_BACK, StrayItem, stray_work_item
from energyretail.domain.shared import Period

__all__ = ["StrayItems", "StrayItemsWatched", "WatchStrayItems"]


class StrayItems(Protocol):
    """Items to bill, told for days on which no contract supplied their point."""

    def stray(self, days: Period, *, after: str, limit: int) -> tuple[StrayItem, ...]:
        """Return up to `limit` of those of some days, ordered by key, the first beyond `after`.

        An item of nothing, by which one told by mistake is taken back, is none.
        """
        ...


@attrs.frozen
class StrayItemsWatched:
    """What one chunk found; `resume` is where the next one goes on, None when nothing is left."""

    shown: int
    resume: str | None


class WatchStrayItems:
    """Put every item on the work list that waits for the bill of a day nobody is billed for.

    Rules: an item is billed with its day, by whose contract the point then had. That day is over
    and no contract had it: the supply ended before, began later, or the item names a wrong day.
    An item that was closed too early comes again the next day.
    """

    def __init__(self, *, work: Work, clock: Clock, items: StrayItems, work_list: WorkList):
        self._work = work
        self._clock = clock
        self._items = items
        self._work_list = work_list

    def __call__(self, *, after: str = "", limit: int = 1000) -> StrayItemsWatched:
        """Watch up to `limit` items beyond `after`, the `resume` of the step before."""
        with self._work() as transaction:
            today = self._clock.today()
            page = self._items.stray(_past(today), after=after, limit=limit)
            self._work_list.add([stray_work_item(item, today=today) for item in page])
            transaction.commit()
        resume = page[-1].key if len(page) == limit else None
        return StrayItemsWatched(len(page), resume)


def _past(today: date) -> Period:
    return Period(today - STRAY_LOOK_BACK, today)
