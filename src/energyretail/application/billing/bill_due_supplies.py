"""Bill what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from energyretail.application.billing.documents import Issues
from energyretail.application.billing.drafting import Drafting, DraftingDesk
from energyretail.application.billing.parked_supplies import close_parked, parked_item
from energyretail.application.billing.plausibility_gate import BillToJudge, PlausibilityGate
from energyretail.application.billing.ports import SuppliesToBill
from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.billing import BillableSupply, Draft, HeldBill
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Conflict, DomainError

__all__ = ["BillDueSupplies", "BillingStep", "billed_until", "drafts_of", "why_of"]


@attrs.frozen
class BillingStep:
    """What one chunk did; `resume` is where the next one goes on, None when nothing is left.

    `held` counts bills that are not plausible and wait for a person, `why` what was held or parked
    by its code.
    """

    issued: int
    parked: int
    resume: str | None
    held: int = 0
    why: tuple[tuple[str, int], ...] = attrs.field(default=(), eq=False)


class BillDueSupplies:
    """Bill every supply that has been read since its last bill.

    Rules: periods lie between days on which all the tariff's registers are read, one bill a period,
    in the order of time, none before its predecessor; numbers go in the order of (contract, supply
    point, period). Days too old for the market to allow it are not charged. A supply that cannot
    be rated, or clashes with what is issued, is put on the work list under its period and does not
    hold up the others; it is tried again every business day. What is not plausible is held: it is
    issued once it is drafted otherwise, or two people have released it. One chunk is one
    transaction; done again, it finds nothing due.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        supplies: SuppliesToBill,
        drafting: Drafting,
        gate: PlausibilityGate,
        documents: Issues,
        work_list: WorkList,
    ):
        self._work = work
        self._clock = clock
        self._supplies = supplies
        self._drafting = drafting
        self._gate = gate
        self._documents = documents
        self._work_list = work_list

    def __call__(
        self, *, after: str = "", until: str = "", limit: int = 1000, on: date | None = None
    ) -> BillingStep:
        """Bill up to `limit` supplies beyond `after`, the `resume` of the step before.

        None beyond `until`, unless that is empty. The business day is `on` where whoever bills
        has one, the clock's otherwise. Of a chunk that clashes with what is issued only a half is
        billed, and so on until the supply that clashes stands alone.
        """
        page: list[BillableSupply] = []
        try:
            return self._bill(after, until, limit, on or self._clock.today(), page)
        except Conflict as clash:
            if limit > 1:
                return self(after=after, until=until, limit=limit // 2, on=on)
            (clashing,) = page
            return self._park(clashing, after, until, clash, on or self._clock.today())

    def _park(
        self, clashing: BillableSupply, after: str, until: str, clash: Conflict, today: date
    ) -> BillingStep:
        """Park a supply that clashes, unless somebody else billed it meanwhile."""
        with self._work() as transaction:
            found = self._supplies.due(today=today, after=after, until=until, limit=1)
            still = [
                one
                for one in found
                if (one.key, one.bill_from) == (clashing.key, clashing.bill_from)
            ]
            parked = [parked_item(one.key, one.bill_from, clash, on=today) for one in still]
            self._work_list.add(parked)
            transaction.commit()
        # What is due by now in its place clashed with nothing: it is yet to be billed.
        resume = clashing.key if still or not found else after
        return BillingStep(0, len(parked), resume, why=why_of(parked))

    def _bill(
        self, after: str, until: str, limit: int, today: date, page: list[BillableSupply]
    ) -> BillingStep:
        """Bill a page, and tell in `page` what it is, however it ends."""
        with self._work() as transaction:
            page += self._supplies.due(today=today, after=after, until=until, limit=limit)
            desk = self._drafting.due(page, today=today)
            drafts: list[BillToJudge] = []
            parked: list[WorkItem] = []
            for supply in page:
                power = desk.highest_power(supply)
                drafts += (BillToJudge(each, power) for each in drafts_of(desk, supply, parked))
            judged = self._gate(drafts, on=today)
            self._documents.issue(judged.passed, on=today)
            resume = page[-1].key if len(page) == limit else None
            close_parked(
                self._work_list,
                after=after,
                until=resume or until,
                billed=lambda _: billed_until(judged.passed),
                on=today,
            )
            self._work_list.add(parked)
            transaction.commit()
        return BillingStep(
            issued=len(judged.passed),
            parked=len(parked),
            resume=resume,
            held=len(judged.held),
            why=why_of(parked, judged.held),
        )


def why_of(
    parked: Iterable[WorkItem], held: Iterable[HeldBill] = ()
) -> tuple[tuple[str, int], ...]:
    """Count what was parked and held by its code: of what is held, the first that was found."""
    codes = [item.code for item in parked] + [bill.findings[0].code for bill in held]
    return tuple(Counter(codes).items())


def billed_until(drafts: Iterable[Draft]) -> Iterable[tuple[str, date]]:
    """Return of every draft whose it is, as a supply's key, and the day its bill ends."""
    return ((f"{each.contract}/{each.cups}", each.bill.period.until) for each in drafts)


def drafts_of(
    desk: DraftingDesk, supply: BillableSupply, parked: list[WorkItem]
) -> Sequence[Draft]:
    """Draft until the first failure: a later period billed first would leave a gap for good."""
    drafts: list[Draft] = []
    try:
        for drafted in desk.drafts(supply):
            drafts.append(drafted)
    except DomainError as error:
        start = drafts[-1].bill.period.until if drafts else supply.bill_from
        parked.append(parked_item(supply.key, start, error, on=desk.today))
    return drafts
