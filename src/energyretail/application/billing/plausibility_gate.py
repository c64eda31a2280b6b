"""The gate between draft and issue: nothing implausible leaves unless two people let it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from energyretail.application.billing.plausibility_ports import (
    BilledBefore,
    HeldBills,
    SupplyName,
)
from energyretail.application.shared import WorkList
from energyretail.domain.billing import (
    PARKED_KIND,
    BilledUse,
    BillingPolicy,
    Draft,
    Finding,
    HeldBill,
    HeldBillState,
    JudgedBill,
    draft_digest,
    find_implausible,
    held_bill_item,
    hold,
    use_of_draft,
)

__all__ = ["BillToJudge", "JudgedPage", "PlausibilityGate"]

_REMARK = "The gate: the bill is issued, is another by now, or is held for another reason."


@attrs.frozen
class BillToJudge:
    """A draft, and the highest power subscribed at its point, in kW or kVA, where it has one."""

    draft: Draft
    power_kw: Decimal | None = None

    @property
    def supply(self) -> SupplyName:
        """Whose it is."""
        return self.draft.contract, self.draft.cups


@attrs.frozen
class JudgedPage:
    """What may be issued, in the order it was given, and what is held.

    Drafts of a supply after one that is held are in neither: they wait behind it.
    """

    passed: tuple[Draft, ...]
    held: tuple[HeldBill, ...]


class PlausibilityGate:
    """Hold drafts that are not plausible, and let through those two people have released.

    Rules: a draft is judged beside the bills in force before it, and the drafts of its supply
    that pass with it. What a rule finds is kept with the draft and put on the work list; later
    drafts of its supply wait, other supplies go on. Judged again, a held draft that is another by
    now, or plausible, makes way: its work item is closed, its release is of no account. A
    confirmed release lets exactly the draft pass that was judged.

    It reads twice and writes at most four times a page, inside the open transaction; whoever
    issues what passes does so in the same one. Its two queries are `BilledBefore.before` and
    `HeldBills.of_supplies`.

    A bulk run need not bring every bill here: what surely passes is told by arithmetic over
    arrays alone (`Yardstick.surely_passes`), and may be issued at once where no draft of its
    supply is open in `HeldBills`. The rules decide, that only spares them work.
    """

    def __init__(
        self,
        *,
        past: BilledBefore,
        held: HeldBills,
        work_list: WorkList,
        policy: BillingPolicy,
    ):
        self._past = past
        self._held = held
        self._work_list = work_list
        self._policy = policy

    def __call__(self, bills: Sequence[BillToJudge], *, on: date) -> JudgedPage:
        """Judge the drafts of a page, those of a supply in the order of their days."""
        if not bills:
            return JudgedPage((), ())
        first_days: dict[SupplyName, date] = {}
        for bill in bills:
            first_days.setdefault(bill.supply, bill.draft.bill.period.start)
        known: dict[SupplyName, dict[str, HeldBill]] = {}
        for held in self._held.of_supplies(tuple(first_days)):
            known.setdefault((held.contract, held.cups), {})[held.key] = held
        judging = _Judging(self._policy, on, self._past_of(first_days, on), known)
        for bill in bills:
            judging.judge(bill)
        self._keep(judging)
        return JudgedPage(tuple(judging.passed), tuple(judging.held.values()))

    def _past_of(
        self, first_days: Mapping[SupplyName, date], on: date
    ) -> Mapping[SupplyName, tuple[BilledUse, ...]]:
        limits = self._policy.plausibility.on(on)
        if limits is None:
            return {}
        digits = self._policy.meter_digits
        return self._past.before(first_days, days=limits.history_days, digits=digits)

    def _keep(self, judging: _Judging) -> None:
        owner = self._policy.plausibility.owner
        changed, gone = judging.changes()
        self._held.save(changed)
        closed = sorted({(PARKED_KIND, bill.supply_key) for bill in gone})
        self._work_list.close(closed, on=judging.on, remark=_REMARK)
        self._work_list.add(
            [held_bill_item(bill, owner=owner, today=judging.on) for bill in judging.held.values()]
        )


@attrs.define
class _Judging:
    """The drafts of one page on their way through the rules."""

    policy: BillingPolicy
    on: date
    past: Mapping[SupplyName, tuple[BilledUse, ...]]
    known: Mapping[SupplyName, Mapping[str, HeldBill]]
    passed: list[Draft] = attrs.field(factory=list)
    held: dict[SupplyName, HeldBill] = attrs.field(factory=dict)
    _now: dict[SupplyName, list[BilledUse]] = attrs.field(factory=dict)
    _supplies: dict[SupplyName, None] = attrs.field(factory=dict)
    _issued: dict[str, HeldBill] = attrs.field(factory=dict)

    def judge(self, bill: BillToJudge) -> None:
        """Let a draft pass, or hold it; what stands behind a held one is left out."""
        if bill.supply in self.held:
            return
        self._supplies[bill.supply] = None
        findings = self._findings(bill)
        known = self._known(bill) if findings else None
        if findings and (known is None or known.state is not HeldBillState.CONFIRMED):
            self.held[bill.supply] = hold(bill.draft, findings, on=self.on, known=known)
            return
        if known is not None:
            self._issued[known.key] = known.issued()
        self.passed.append(bill.draft)
        use = use_of_draft(bill.draft, digits=self.policy.meter_digits)
        self._now.setdefault(bill.supply, []).append(use)

    def changes(self) -> tuple[list[HeldBill], list[HeldBill]]:
        """Return what is to be kept, with what makes way first, and whose work items are over."""
        gone: list[HeldBill] = []
        for supply in self._supplies:
            now = self.held.get(supply)
            for known in self.known.get(supply, {}).values():
                if known.key in self._issued:
                    gone.append(self._issued[known.key])
                elif known.is_open and (now is None or now.key != known.key):
                    gone.append(known.lapsed())
        new = [
            bill
            for supply, bill in self.held.items()
            if bill != self.known.get(supply, {}).get(bill.key)
        ]
        return [*gone, *new], [*gone, *new]

    def _findings(self, bill: BillToJudge) -> tuple[Finding, ...]:
        by = self.policy.yardstick(self.on, power_kw=bill.power_kw)
        if by is None:
            return ()
        past = self.past.get(bill.supply, ())
        judged = JudgedBill.of(
            bill.draft,
            (*past, *self._now.get(bill.supply, ())),
            limits=by.limits,
            digits=self.policy.meter_digits,
            power_kw=by.power_kw,
            standard_kwh=by.standard_kwh,
        )
        return find_implausible(judged)

    def _known(self, bill: BillToJudge) -> HeldBill | None:
        draft = bill.draft
        key = f"{draft.contract}/{draft.cups}/{draft.bill.period.start}/{draft_digest(draft)}"
        return self.known.get(bill.supply, {}).get(key)
