"""Do what a business day makes due on the deposits we hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from energyretail.application.billing.deposit_ports import Deposits
from energyretail.application.shared import Books, Clock, Events, Work, WorkList
from energyretail.domain.billing import (
    DepositRules,
    DepositStep,
    HeldDeposit,
    tended,
)
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError

__all__ = ["DepositsTended", "TendDeposits"]


@attrs.frozen
class DepositsTended:
    """What one chunk did; `resume` is where the next one goes on, None when nothing is left."""

    changed: int
    parked: int
    resume: str | None


class TendDeposits:
    """Credit interest on its yearly day, and let go what need not be held any longer.

    Rules: after the final bill of its contract a deposit pays what is open of it, the oldest
    first; after the months of good payment its market names it goes back. What goes back is
    credit of the customer. A deposit whose interest cannot be told is put on the work list and
    does not hold up the others. One chunk is one transaction; done again, it finds nothing.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        books: Books,
        events: Events,
        deposits: Deposits,
        work_list: WorkList,
        rules: DepositRules,
    ):
        self._work = work
        self._clock = clock
        self._books = books
        self._events = events
        self._deposits = deposits
        self._work_list = work_list
        self._rules = rules

    def __call__(self, *, after: str = "", limit: int = 1000) -> DepositsTended:
        """Tend up to `limit` deposits beyond `after`, the `resume` of the step before."""
        with self._work() as transaction:
            today = self._clock.today()
            page = self._deposits.held(after=after, limit=limit)
            parked: list[WorkItem] = []
            steps = [step for held in page if (step := self._tended(held, parked, today))]
            self._keep(steps)
            self._work_list.add(parked)
            transaction.commit()
        resume = page[-1].deposit.number if len(page) == limit else None
        return DepositsTended(len(steps), len(parked), resume)

    def _tended(self, held: HeldDeposit, parked: list[WorkItem], today: date) -> DepositStep | None:
        try:
            return tended(held, rules=self._rules, today=today)
        except DomainError as error:
            parked.append(
                WorkItem(
                    kind="deposit",
                    key=held.deposit.number,
                    code=error.code,
                    text=str(error),
                    way_out="billing desk: put the rate or the items right; it is tried each day",
                    raised_on=today,
                )
            )
            return None

    def _keep(self, steps: Sequence[DepositStep]) -> None:
        self._deposits.save([step.deposit for step in steps])
        self._books.post([entry for step in steps for entry in step.entries])
        self._events.record([event for step in steps for event in step.events])
