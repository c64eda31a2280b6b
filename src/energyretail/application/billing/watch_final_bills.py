"""Show a person every ended supply that may miss its final bill."""

from __future__ import annotations

from typing import Protocol

import attrs

from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.billing import EndedSupply, FinalBillRules, final_bill_item

__all__ = ["EndedSupplies", "FinalBillsWatched", "WatchFinalBills"]


class EndedSupplies(Protocol):
    """The supplies that have ended and whose bills do not reach their end exactly."""

    def without_final_bill(self, *, after: str, limit: int) -> tuple[EndedSupply, ...]:
        """Return up to `limit` of them, ordered by key, the first beyond `after` (empty for all).

        A bill taken back counts for nothing. One that goes beyond the end is no final bill.
        """
        ...


@attrs.frozen
class FinalBillsWatched:
    """What one chunk found; `resume` is where the next one goes on, None when nothing is left."""

    shown: int
    resume: str | None


class WatchFinalBills:
    """Put what stands between an ended supply and its final bill on the work list.

    Rules: the final bill is the one that reaches the end of supply; it is issued by billing,
    from readings, like any other. What is not there by a margin before the market's deadline is
    shown with the reason and the way out, and what was billed beyond the end at once. Nothing
    is estimated here. An item that was closed too early comes again the next day.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        supplies: EndedSupplies,
        work_list: WorkList,
        rules: FinalBillRules,
    ):
        self._work = work
        self._clock = clock
        self._supplies = supplies
        self._work_list = work_list
        self._rules = rules

    def __call__(self, *, after: str = "", limit: int = 1000) -> FinalBillsWatched:
        """Watch up to `limit` supplies beyond `after`, the `resume` of the step before."""
        with self._work() as transaction:
            today = self._clock.today()
            page = self._supplies.without_final_bill(after=after, limit=limit)
            found = [final_bill_item(one, rules=self._rules, today=today) for one in page]
            items = [item for item in found if item is not None]
            self._work_list.add(items)
            transaction.commit()
        resume = page[-1].key if len(page) == limit else None
        return FinalBillsWatched(len(items), resume)
