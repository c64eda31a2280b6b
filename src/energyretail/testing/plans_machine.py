"""A random walk over plans, their bills, corrections and settlements two worlds agree on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from energyretail.application.billing import WantedPlan
from energyretail.domain import billing
from energyretail.domain.ledger import Account, Entry
from energyretail.domain.shared import DomainError, Money
from energyretail.testing.billing import LateTariffs
from energyretail.testing.conformance.billing_cases import START, contract_of, readings_of
from energyretail.testing.plans import PlansDesk
from energyretail.testing.plans_checks import (
    document_keys,
    documents_of,
    left_on_items,
    payable_by_item,
    posted_by_item,
    rolled_over,
)

__all__ = ["PlansMachine"]

_POINTS = (1, 2, 3)
_READ = st.sampled_from([_POINTS, _POINTS, _POINTS, (1, 3), (2,), ()])
_CONTRACTS = ("K000001", "K000002")
# Prices of the Spanish products are known until then.
_LAST = date(2026, 12, 20)
_mostly = st.sampled_from([True, True, False])
_cents = st.integers(-2_000, 60_000)


class PlansMachine(RuleBasedStateMachine):
    """Walk both desks alike; after every step nothing is lost and the desks agree.

    Contract 1 has two supply points, contract 2 one, and both are the first customer's.
    """

    def __init__(self, one: PlansDesk, other: PlansDesk, late: LateTariffs | None = None):
        super().__init__()
        self.desks = (one, other)
        self.late = late
        self.today = START
        self.kept: dict[tuple[int, date], tuple[int, int]] = {}
        self.version = 1

    @initialize(months=st.integers(1, 3), at_end=st.sampled_from(billing.EndOfPlan))
    def sign(self, months: int, at_end: billing.EndOfPlan) -> None:
        """Begin with three supplies read on their first day, and a plan for one of them."""
        contracts = (contract_of(1, points=(1, 2)), contract_of(2, points=(3,), customer=1))
        for each in self.desks:
            each.desk.open_day(START)
            each.desk.world.sign(*contracts)
        for point in _POINTS:
            self._keep(point, START, 1000)
        self.set_up("K000002", 0, months, 2, 20_001, at_end)

    @rule(days=st.integers(1, 45), kwh=st.integers(0, 300), read=_READ)
    def live(self, days: int, kwh: int, read: tuple[int, ...]) -> None:
        """Let days go by, perhaps read some meters, and do what the last day does."""
        later = self.today + timedelta(days=days)
        if later > _LAST:
            return
        self.today = later
        for point in read:
            last = max(day for of, day in self.kept if of == point)
            self._keep(point, later, self.kept[point, last][0] + kwh)
        self.go_on()

    @rule()
    def go_on(self) -> None:
        """Do what a business day does; what rolls over with it is owed nowhere else."""
        before = self._plans(self.desks[0])
        for each in self.desks:
            each.step(self.today)
        after = self._plans(self.desks[0])
        rolled = rolled_over(before, after)
        for plan in after:
            assert plan.key not in rolled or left_on_items(self.desks[0], plan) == {}

    @rule(point=st.sampled_from(_POINTS), pick=st.integers(0, 9), by=st.integers(-300, 300))
    def supersede(self, point: int, pick: int, by: int) -> None:
        """Replace a reading, perhaps by one below its predecessor, which is a rollover."""
        taken = sorted(day for of, day in self.kept if of == point)
        day = taken[pick % len(taken)]
        self._keep(point, day, max(0, self.kept[point, day][0] + by))

    @rule(days=st.integers(-40, 40), percent=st.integers(0, 30))
    def reprice(self, days: int, percent: int) -> None:
        """Let a law change the VAT, back to some days ago or from some days ahead."""
        if self.late is not None:
            self.late.set_vat(percent, since=self.today + timedelta(days=days))

    @rule(limit=st.integers(1, 4))
    def correct(self, limit: int) -> None:
        """Correct what changed; a second time finds nothing new."""
        assert len({each.desk.correct(limit=limit) for each in self.desks}) == 1
        assert self.desks[0].desk.correct().issued == 0

    @rule(
        contract=st.sampled_from(_CONTRACTS),
        ahead=st.sampled_from([0, 0, 0, 0, -1, 1, 30]),
        months=st.integers(1, 3),
        count=st.integers(1, 4),
        cents=_cents,
        at_end=st.sampled_from(billing.EndOfPlan),
    )
    def set_up(
        self,
        contract: str,
        ahead: int,
        months: int,
        count: int,
        cents: int,
        at_end: billing.EndOfPlan,
    ) -> None:
        """Ask for a plan from where bills end; both make it, or refuse it for one reason."""
        billed = self.desks[0].world.contracts.terms(contract).billed_until
        first_day = (billed or START) + timedelta(days=ahead)
        expected = Money.of_cents(cents, "EUR")
        wanted = WantedPlan(contract, first_day, months, count, expected, at_end)
        told = [_told(partial(each.set_up, wanted)) for each in self.desks]
        assert told[0] == told[1]

    @rule(pick=st.integers(0, 9), cents=_cents, stale=st.booleans())
    def review(self, pick: int, cents: int, stale: bool) -> None:
        """Review a plan; what is asked stays, and the sum is the new one."""
        known = self._plans(self.desks[0])
        if not known:
            return
        plan = known[pick % len(known)]
        expected = Money.of_cents(cents, "EUR")
        version = plan.version + stale
        told = [
            _told(partial(each.review, plan.contract, plan.first_day, expected, version=version))
            for each in self.desks
        ]
        assert told[0] == told[1]
        assert not stale or told[0] == "billing.plan.changed"
        if isinstance(told[0], billing.InstalmentPlan):
            asked = [each for each in plan.instalments if each.asked]
            assert asked == [each for each in told[0].instalments if each.asked]

    @rule(pick=st.integers(0, 9))
    def pay(self, pick: int) -> None:
        """Pay an open item in full."""
        owed = self.desks[0].desk.ledger.open_items()
        if owed:
            item = owed[pick % len(owed)]
            self.version += 1
            for each in self.desks:
                key = f"payment:{self.version}"
                each.desk.pay(key, item.customer, item.item, item.open.cents)

    @rule()
    def do_all_again(self) -> None:
        """Do the day's steps once more: nothing is done twice."""
        for each in self.desks:
            each.step(self.today)
        before = [self._entries(each) for each in self.desks]
        for each in self.desks:
            assert each.desk.correct().issued == each.bill().issued == 0
            assert each.settle().settled == 0
            assert each.ask().issued == 0
        assert before == [self._entries(each) for each in self.desks]

    @rule()
    def let_credit_pay(self) -> None:
        """Move what a bill gives back onto what is owed; it moves no sum."""
        assert len({each.desk.allocate() for each in self.desks}) == 1

    @invariant()
    def the_books_are_sound(self) -> None:
        """Every entry and currency sums to zero; receivable is the open items."""
        for each in self.desks:
            assert each.desk.problems() == ()

    @invariant()
    def a_document_asks_for_what_its_item_is_owed(self) -> None:
        """No bill asks for what an advance has asked before it, or an instalment will."""
        for each in self.desks:
            for plan in self._plans(each):
                assert payable_by_item(each, plan.contract) == posted_by_item(each, plan)

    @invariant()
    def the_accounts_are_what_plans_bills_and_advances_say(self) -> None:
        """Owed is billed and asked less settled and paid; ADVANCES holds what is not settled."""
        for each in self.desks:
            bills = documents_of(each, _CONTRACTS)
            plans = self._plans(each)
            asked = self._advances(each)
            taken = {
                one.deduction.document
                for one in each.world.deductions.of_bills([bill.number for bill in bills])
                if one.deduction.kind is billing.DeductionKind.ADVANCE
            }
            held = [advance for advance in asked if advance.number not in taken]
            entries = self._entries(each)
            carried = _sum(p.carried_to_ask for p in plans if p.settled_on is None)
            assert _on(entries, Account.ADVANCES) == -_sum(a.net for a in held)
            assert _on(entries, Account.CARRIED) == carried
            charged = _sum(b.gross for b in bills) + _sum(a.gross for a in held)
            owed = _on(entries, Account.RECEIVABLE) + _on(entries, Account.BANK)
            assert owed + carried == charged
            settled = {(p.contract, p.first_day) for p in plans if p.settled_on}
            assert taken == {a.number for a in asked if (a.contract, a.first_day) in settled}

    @invariant()
    def the_worlds_agree(self) -> None:
        """Plans, advances, entries and open items are the same in both."""
        one, other = self.desks
        assert self._plans(one) == self._plans(other)
        assert self._advances(one) == self._advances(other)
        assert self._entries(one) == self._entries(other)
        assert one.desk.ledger.open_items() == other.desk.ledger.open_items()
        assert one.desk.work_list.open_items() == other.desk.work_list.open_items()
        by = self.today
        assert one.world.unpaid.due(by) == other.world.unpaid.due(by)

    def _keep(self, point: int, day: date, index: int) -> None:
        version = self.kept.get((point, day), (0, 0))[1] + 1
        self.kept[point, day] = (index, version)
        for each in self.desks:
            each.desk.world.read(readings_of(point, day, index, version=version))

    def _plans(self, of: PlansDesk) -> tuple[billing.InstalmentPlan, ...]:
        days = (START + timedelta(days=n) for n in range(-60, 400))
        return of.world.plans.named([(c, day) for day in days for c in _CONTRACTS])

    def _advances(self, of: PlansDesk) -> tuple[billing.Advance, ...]:
        keys = [(plan.contract, plan.first_day) for plan in self._plans(of)]
        return of.world.advances.of_plans(keys)

    def _entries(self, of: PlansDesk) -> tuple[Entry, ...]:
        return of.desk.ledger.entries(
            [
                *document_keys(of, _CONTRACTS),
                *(f"advance:{advance.number}" for advance in self._advances(of)),
                *(f"settlement:{plan.key}" for plan in self._plans(of)),
                *(f"payment:{count}" for count in range(1, self.version + 1)),
            ]
        )


def _told(act: Callable[[], billing.InstalmentPlan]) -> billing.InstalmentPlan | str:
    """Return the plan, or why there is none."""
    try:
        return act()
    except DomainError as error:
        return error.code


def _sum(amounts: Iterable[Money]) -> Money:
    return Money.total(amounts, "EUR")


def _on(entries: tuple[Entry, ...], account: Account) -> Money:
    return _sum(p.amount for entry in entries for p in entry.postings if p.account is account)
