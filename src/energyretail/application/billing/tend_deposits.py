"""Do what is due on the deposits we hold: every business day, and with the bills that end them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from energyretail.application.billing.deposit_ports import Deposits
from energyretail.application.billing.documents import Issues, Keeps
from energyretail.application.billing.plan_ports import Deductions
from energyretail.application.shared import Books, Clock, Events, Work, WorkList
from energyretail.domain.billing import DepositRules, DepositStep, Draft, HeldDeposit, tended
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError, InvoiceNumber

__all__ = ["DepositTending", "DepositsTended", "DocumentsThatLetGo", "TendDeposits"]


@attrs.frozen
class DepositsTended:
    """What one chunk did; `resume` is where the next one goes on, None when nothing is left."""

    changed: int
    parked: int
    resume: str | None


class DepositTending:
    """Does what is due on deposits we hold, inside the open transaction.

    Rules: after the final bill of its contract a deposit pays what is open of it, the oldest
    first, and what does not pay another document is taken off that bill; after the months of
    good payment its market names it goes back. What goes back is credit of the customer. A
    deposit whose interest cannot be told is put on the work list and does not hold up the
    others.
    """

    def __init__(
        self,
        *,
        deposits: Deposits,
        deductions: Deductions,
        books: Books,
        events: Events,
        work_list: WorkList,
        rules: DepositRules,
    ):
        self._deposits = deposits
        self._deductions = deductions
        self._books = books
        self._events = events
        self._work_list = work_list
        self._rules = rules

    def chunk(self, *, after: str, limit: int, on: date) -> DepositsTended:
        """Tend up to `limit` deposits beyond the number `after`."""
        page = self._deposits.held(after=after, limit=limit)
        changed, parked = self._tend(page, on)
        resume = page[-1].deposit.number if len(page) == limit else None
        return DepositsTended(changed, parked, resume)

    def of_contracts(self, contracts: Sequence[str], *, on: date) -> None:
        """Tend the deposits of some contracts."""
        if named := sorted(set(contracts)):
            self._tend(self._deposits.held_of(named), on)

    def _tend(self, page: Sequence[HeldDeposit], on: date) -> tuple[int, int]:
        parked: list[WorkItem] = []
        steps = [step for held in page if (step := self._tended(held, parked, on))]
        self._deposits.save([step.deposit for step in steps])
        self._deductions.add([step.taken_off for step in steps if step.taken_off is not None])
        self._books.post([entry for step in steps for entry in step.entries])
        self._events.record([event for step in steps for event in step.events])
        self._work_list.add(parked)
        return len(steps), len(parked)

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


class TendDeposits:
    """Credit interest on its yearly day, and let go what need not be held any longer.

    One chunk is one transaction; done again, it finds nothing to do. What the bills of the day
    have let go already is not among it.
    """

    def __init__(self, *, work: Work, clock: Clock, tending: DepositTending):
        self._work = work
        self._clock = clock
        self._tending = tending

    def __call__(self, *, after: str = "", limit: int = 1000) -> DepositsTended:
        """Tend up to `limit` deposits beyond `after`, the `resume` of the step before."""
        with self._work() as transaction:
            step = self._tending.chunk(after=after, limit=limit, on=self._clock.today())
            transaction.commit()
        return step


class DocumentsThatLetGo:
    """Issues bills, and lets the deposits go that these end, before anybody is told of them."""

    def __init__(self, *, documents: Issues, tending: DepositTending):
        self._documents = documents
        self._tending = tending

    def issue(
        self,
        drafts: Sequence[Draft],
        *,
        on: date,
        numbers: Sequence[InvoiceNumber] | None = None,
        keep: Keeps | None = None,
    ) -> None:
        """Issue an invoice for each draft; a final one takes its contract's deposit."""
        self._documents.issue(drafts, on=on, numbers=numbers, keep=keep)
        self._tending.of_contracts([draft.contract for draft in drafts], on=on)
