"""Show a person every credit that must go back to a customer who is no customer any more."""

from __future__ import annotations

from typing import Protocol

import attrs

from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.billing import FinalBillRules, RefundOwed, refund_item

__all__ = ["RefundsOwed", "RefundsWatched", "WatchRefunds"]


class RefundsOwed(Protocol):
    """The credits left on final bills and on released deposits."""

    def owed(self, *, after: str, limit: int) -> tuple[RefundOwed, ...]:
        """Return up to `limit` of them, ordered by item, the first beyond `after`."""
        ...


@attrs.frozen
class RefundsWatched:
    """What one chunk found; `resume` is where the next one goes on, None when nothing is left."""

    shown: int
    resume: str | None


class WatchRefunds:
    """Put what must be paid back on the work list, with its last day.

    Rules: credit of a bill that reaches the end of its supply, and what is left of a released
    deposit, go back; so this runs once credit has paid what the customer owes. Nothing is paid
    out by a machine. An item that was closed while the credit is still there comes again.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        refunds: RefundsOwed,
        work_list: WorkList,
        rules: FinalBillRules,
    ):
        self._work = work
        self._clock = clock
        self._refunds = refunds
        self._work_list = work_list
        self._rules = rules

    def __call__(self, *, after: str = "", limit: int = 1000) -> RefundsWatched:
        """Show up to `limit` credits beyond `after`, the `resume` of the step before."""
        with self._work() as transaction:
            today = self._clock.today()
            page = self._refunds.owed(after=after, limit=limit)
            self._work_list.add([refund_item(o, rules=self._rules, today=today) for o in page])
            transaction.commit()
        resume = page[-1].item if len(page) == limit else None
        return RefundsWatched(len(page), resume)
