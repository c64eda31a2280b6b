"""Bill what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

import attrs

from energyretail.application.billing.drafting import Drafting, DraftingDesk
from energyretail.application.billing.ports import SuppliesToBill
from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.billing import BillableSupply, Draft
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Conflict, DomainError

__all__ = ["BillDueSupplies", "BillingStep"]


@attrs.frozen
class BillingStep:
    """What one chunk did; `resume` is where the next one goes on, None when nothing is left.

    `held` counts documents made and held for a person, `why` what was held or parked by its code.
    """

    issued: int
    parked: int
    resume: str | None
    held: int = 0
    why: tuple[tuple[str, int], ...] = attrs.field(default=(), eq=False)


class _Issues(Protocol):
    def issue(self, drafts: Sequence[Draft], *, on: date) -> None: ...


class BillDueSupplies:
    """Bill every supply that has been read since its last bill.

    Rules: periods lie between days on which all the tariff's registers are read, one bill a period,
    in the order of time, none before its predecessor; numbers go in the order of (contract, supply
    point, period). Days too old for the market to allow it are not charged. A supply that cannot
    be rated, or clashes with what is issued, is put on the work list under its period and does not
    hold up the others; it is tried again every business day. One chunk is one transaction; done
    again, it finds nothing due.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        supplies: SuppliesToBill,
        drafting: Drafting,
        documents: _Issues,
        work_list: WorkList,
    ):
        self._work = work
        self._clock = clock
        self._supplies = supplies
        self._drafting = drafting
        self._documents = documents
        self._work_list = work_list

    def __call__(self, *, after: str = "", until: str = "", limit: int = 1000) -> BillingStep:
        """Bill up to `limit` supplies beyond `after`, the `resume` of the step before.

        None beyond `until`, unless that is empty. Of a chunk that clashes with what is issued
        only a half is billed, and so on until the supply that clashes stands alone.
        """
        try:
            return self._bill(after, until, limit)
        except Conflict as clash:
            if limit > 1:
                return self(after=after, until=until, limit=limit // 2)
            return self._park(after, until, clash)

    def _park(self, after: str, until: str, clash: Conflict) -> BillingStep:
        with self._work() as transaction:
            today = self._clock.today()
            found = self._supplies.due(today=today, after=after, until=until, limit=1)
            parked = [_work_item(one, one.bill_from, clash, today) for one in found]
            self._work_list.add(parked)
            transaction.commit()
        # Where nothing is due any more, somebody else billed it meanwhile.
        resume = found[-1].key if found else None
        return BillingStep(0, len(parked), resume, why=_why(parked))

    def _bill(self, after: str, until: str, limit: int) -> BillingStep:
        with self._work() as transaction:
            today = self._clock.today()
            page = self._supplies.due(today=today, after=after, until=until, limit=limit)
            desk = self._drafting.due(page, today=today)
            drafts: list[Draft] = []
            parked: list[WorkItem] = []
            for supply in page:
                drafts += _drafts(desk, supply, parked)
            self._documents.issue(drafts, on=today)
            self._work_list.add(parked)
            transaction.commit()
        resume = page[-1].key if len(page) == limit else None
        return BillingStep(len(drafts), len(parked), resume, why=_why(parked))


def _why(parked: Iterable[WorkItem]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(item.code for item in parked).items())


def _drafts(desk: DraftingDesk, supply: BillableSupply, parked: list[WorkItem]) -> Sequence[Draft]:
    """Draft until the first failure: a later period billed first would leave a gap for good."""
    drafts: list[Draft] = []
    try:
        for drafted in desk.drafts(supply):
            drafts.append(drafted)
    except DomainError as error:
        start = drafts[-1].bill.period.until if drafts else supply.bill_from
        parked.append(_work_item(supply, start, error, desk.today))
    return drafts


def _work_item(supply: BillableSupply, start: date, error: DomainError, today: date) -> WorkItem:
    return WorkItem(
        kind="billing",
        key=f"{supply.key}/{start}",
        code=error.code,
        text=str(error),
        way_out="put right the readings, what was told or the tariff; it is billed the next day",
        raised_on=today,
    )
