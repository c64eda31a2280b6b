"""Setting plans up, asking their advances, reviewing and settling them, in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest

from energyretail.application.billing import WantedPlan
from energyretail.domain import billing
from energyretail.domain.billing import DeductionKind, EndOfPlan
from energyretail.domain.ledger import Account, EntryPosted
from energyretail.domain.shared import (
    Conflict,
    DomainError,
    Invalid,
    Money,
    NotFound,
    Outdated,
    Refused,
    add_months,
)
from energyretail.testing.billing import BY_DIFFERENCE, POLICY
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    reading_of,
    readings_of,
)
from energyretail.testing.plans import PlansDesk
from energyretail.testing.plans_worlds import memory_plans_desk

END = add_months(START, 3)
NOTICE = timedelta(days=5)


def euros(text: str) -> Money:
    return Money(text, "EUR")


def wanted(number: int = 1, *, total: str = "300.00", at_end: EndOfPlan = EndOfPlan.TRUE_UP):
    return WantedPlan(f"K{number:06d}", START, 3, 3, euros(total), at_end)


def read(desk: PlansDesk, number: int, day: date, index: int) -> None:
    desk.desk.world.read(readings_of(number, day, index))


def item(desk: PlansDesk, number: str) -> Money:
    found = [each.open for each in desk.desk.ledger.open_items() if each.item == number]
    return found[0] if found else euros("0")


def live(desk: PlansDesk, until: date) -> None:
    """Do every day's step from the desk's day on."""
    today = desk.desk.clock.today()
    for days in range((until - today).days + 1):
        desk.step(today + timedelta(days=days))


@pytest.fixture
def desk() -> PlansDesk:
    """A desk on START with two contracts, read on four days, the last the end of the plan."""
    desk = memory_plans_desk()
    desk.desk.open_day(START)
    desk.desk.world.sign(contract_of(1), contract_of(2))
    for number in (1, 2):
        for day, index in ((START, 100), (SECOND, 200), (THIRD, 300), (END, 400)):
            read(desk, number, day, index)
    return desk


class TestSetUpPlan:
    def test_makes_the_plan_once_however_often_it_is_wanted(self, desk: PlansDesk) -> None:
        plan = desk.set_up(wanted())

        assert desk.set_up(wanted()) == plan == desk.plan("K000001", START)
        assert [each.amount for each in plan.instalments] == [euros("100.00")] * 3
        assert [each.due_on for each in plan.instalments] == [
            date(2026, 3, 9),  # the 7th is a Saturday
            date(2026, 4, 7),  # Easter
            date(2026, 5, 7),
        ]
        assert desk.desk.events.recorded == [billing.PlanMade("K000001", START)]

    @pytest.mark.parametrize(
        ("change", "kind", "code"),
        [
            ({"contract": "K000009"}, NotFound, "billing.plan.contract_unknown"),
            ({"expected": Money("1.00", "GBP")}, Refused, "billing.plan.currency"),
            ({"tax": "IGIC"}, Refused, "billing.advance.tax"),
            ({"months": 0}, Invalid, "billing.plan.months"),
            ({"months": 121}, Invalid, "billing.plan.months"),
            ({"count": 0}, Invalid, "billing.instalments.count"),
            ({"count": 14}, Invalid, "billing.plan.often"),
            ({"first_due": END}, Invalid, "billing.instalments.due"),
            ({"first_day": date(9999, 12, 1)}, Invalid, "billing.plan.first_day"),
            ({"expected": Money("0.001", "EUR")}, Invalid, "money.not_whole_cents"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, desk: PlansDesk, change: dict[str, object], kind: type[DomainError], code: str
    ) -> None:
        with pytest.raises(kind) as caught:
            desk.set_up(attrs.evolve(wanted(), **change))

        assert caught.value.code == code
        assert desk.desk.events.recorded == []

    def test_refuses_another_plan_for_the_same_days(self, desk: PlansDesk) -> None:
        desk.set_up(wanted())

        with pytest.raises(Conflict, match=r"billing\.plan\.exists"):
            desk.set_up(wanted(total="301.00"))
        with pytest.raises(Conflict, match=r"billing\.plan\.overlaps"):
            desk.set_up(attrs.evolve(wanted(), first_day=START + timedelta(days=1)))

    def test_refuses_days_that_are_billed(self, desk: PlansDesk) -> None:
        desk.step(SECOND)

        with pytest.raises(Refused, match=r"billing\.plan\.billed"):
            desk.set_up(wanted())

        assert desk.set_up(attrs.evolve(wanted(), first_day=SECOND)).first_day == SECOND

    def test_refuses_a_contract_that_is_over(self, desk: PlansDesk) -> None:
        desk.desk.world.sign(contract_of(3, ended_on=SECOND))

        with pytest.raises(Refused, match=r"billing\.plan\.contract_over"):
            desk.set_up(wanted(3))


class TestAskAdvances:
    def test_asks_each_instalment_the_days_of_notice_before_it_is_due(
        self, desk: PlansDesk
    ) -> None:
        plan = desk.set_up(wanted())

        live(desk, END - timedelta(days=1))

        advances = desk.world.advances.of_plans([("K000001", START)])
        assert [each.number for each in advances] == [f"AN26-{n:06d}" for n in (1, 2, 3)]
        # The first notice began before the contract did.
        assert [each.due_on for each in advances] == [
            START + NOTICE,
            *(each.due_on for each in plan.instalments[1:]),
        ]
        assert all(each.due_on == each.issued_on + NOTICE for each in advances)

    def test_rounds_net_and_vat_by_document_at_the_rate_of_its_due_day(
        self, desk: PlansDesk
    ) -> None:
        desk.set_up(wanted())

        live(desk, SECOND)

        first, second = desk.world.advances.of_plans([("K000001", START)])
        # 21 % until the 22nd of March, then 10 %.
        assert (first.net, first.tax) == (euros("82.64"), euros("17.36"))
        assert (second.net, second.tax) == (euros("90.91"), euros("9.09"))

    def test_posts_a_receivable_against_the_liability_and_vat(self, desk: PlansDesk) -> None:
        desk.set_up(wanted())

        desk.step(START)

        (entry,) = desk.desk.ledger.entries(["advance:AN26-000001"])
        assert {posting.account: posting.amount for posting in entry.postings} == {
            Account.RECEIVABLE: euros("100.00"),
            Account.ADVANCES: euros("-82.64"),
            Account.VAT: euros("-17.36"),
        }
        assert desk.desk.events.recorded[1:] == [
            billing.AdvanceAsked("AN26-000001", "K000001", "C000001", 10_000),
            EntryPosted("advance:AN26-000001"),
        ]
        (open_item,) = desk.desk.ledger.open_items()
        assert (open_item.item, open_item.due_on) == ("AN26-000001", START + NOTICE)

    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_numbers_in_the_order_of_contracts_whatever_the_size_of_a_chunk(
        self, desk: PlansDesk, limit: int
    ) -> None:
        for number in (2, 1):
            desk.set_up(wanted(number))
        desk.desk.open_day(SECOND)

        step = desk.ask(limit=limit)

        asked = [
            (each.number, each.contract)
            for key in ("K000001", "K000002")
            for each in desk.world.advances.of_plans([(key, START)])
        ]
        owners = ["K000001", "K000001", "K000002", "K000002"]
        assert asked == [(f"AN26-{n:06d}", owner) for n, owner in enumerate(owners, 1)]
        assert (step.issued, desk.ask(limit=limit).issued) == (4, 0)

    def test_asks_late_what_fell_due_while_there_was_supply_and_no_more(
        self, desk: PlansDesk
    ) -> None:
        desk.desk.world.sign(contract_of(1, ended_on=SECOND))
        plan = desk.set_up(wanted(2))
        desk.world.add(attrs.evolve(plan, contract="K000001"))
        desk.desk.open_day(THIRD)

        desk.ask()

        late = desk.world.advances.of_plans([("K000001", START)])
        assert [each.instalment_on < SECOND for each in late] == [True]
        # Nobody is debited without notice, however late it is asked.
        assert late[0].due_on == THIRD + NOTICE
        assert len(desk.world.advances.of_plans([("K000002", START)])) == 3

    def test_parks_a_plan_whose_tax_is_unknown_on_the_day_and_asks_the_others(
        self, desk: PlansDesk
    ) -> None:
        known = desk.set_up(wanted(2))
        before = attrs.evolve(
            known,
            contract="K000001",
            first_day=date(2024, 10, 1),
            first_due=date(2024, 10, 1),
            months=36,
            instalments=(attrs.evolve(known.instalments[0], amount=known.expected),),
            tariff="2.0TD-FIJO",
            tax="IVA",
        )
        desk.world.add(attrs.evolve(before, tariff="unknown"))

        step = desk.ask()

        (parked,) = desk.desk.work_list.open_items()
        assert (step.issued, step.parked) == (1, 1)
        assert (parked.kind, parked.code) == ("billing_advance", "markets.tariff_unknown")
        assert parked.key == f"K000001/{known.instalments[0].due_on}"


class TestReviewPlan:
    def test_keeps_what_is_asked_and_spreads_the_rest(self, desk: PlansDesk) -> None:
        desk.set_up(wanted())
        desk.step(START)

        reviewed = desk.review("K000001", START, euros("250.01"), version=1)

        assert [each.amount for each in reviewed.instalments] == [
            euros("100.00"),
            euros("75.01"),
            euros("75.00"),
        ]
        assert reviewed.version == 2
        assert desk.desk.events.recorded[-1] == billing.PlanReviewed("K000001", START, 2)

    def test_changes_nothing_for_the_same_total(self, desk: PlansDesk) -> None:
        plan = desk.set_up(wanted())

        assert desk.review("K000001", START, plan.expected, version=1) == plan

    def test_refuses_a_plan_changed_since_it_was_read_or_unknown(self, desk: PlansDesk) -> None:
        desk.set_up(wanted())
        desk.review("K000001", START, euros("10.00"), version=1)

        with pytest.raises(Outdated):
            desk.review("K000001", START, euros("20.00"), version=1)
        with pytest.raises(NotFound):
            desk.review("K000001", SECOND, euros("20.00"), version=1)


class TestSettlePlans:
    def bills(self, desk: PlansDesk, number: int = 1) -> tuple[billing.Invoice, ...]:
        return desk.desk.world.invoices.of_contract(f"K{number:06d}")

    def test_bills_the_whole_span_at_once_and_takes_the_advances_off(self, desk: PlansDesk) -> None:
        desk.set_up(wanted())

        live(desk, END)

        (bill,) = self.bills(desk)
        advances = desk.world.advances.of_plans([("K000001", START)])
        assert (bill.period.start, bill.period.until) == (START, END)
        assert item(desk, bill.number) == bill.gross - euros("300.00")
        assert [item(desk, each.number) for each in advances] == [euros("100.00")] * 3
        assert desk.world.deductions.of_bills([bill.number]) == tuple(
            billing.TakenOff(bill.number, END, each.deduction) for each in advances
        )
        assert desk.plan("K000001", START).settled_on == END
        # Without a plan every period read has a bill of its own.
        assert len(self.bills(desk, 2)) == 3
        assert desk.desk.problems() == ()

    def test_owes_the_bill_once_all_is_settled_and_paid(self, desk: PlansDesk) -> None:
        desk.set_up(wanted())
        live(desk, END)
        (bill,) = self.bills(desk)

        for number in ("AN26-000001", "AN26-000002", "AN26-000003"):
            desk.desk.pay(f"payment:{number}", bill.customer, number, 10_000)

        owed = [each for each in desk.desk.ledger.open_items() if each.customer == bill.customer]
        following = desk.world.advances.of_plans([("K000001", END)])
        assert Money.total((each.open for each in owed), "EUR") == (
            bill.gross - euros("300.00") + Money.total((a.payable for a in following), "EUR")
        )

    def test_begins_the_next_plan_with_what_was_billed(self, desk: PlansDesk) -> None:
        desk.set_up(wanted())

        live(desk, END)

        (bill,) = self.bills(desk)
        following = desk.plan("K000001", END)
        assert (following.expected, following.carried) == (bill.gross, euros("0"))
        assert following.first_due == END

    def test_carries_the_rest_into_the_next_plan(self, desk: PlansDesk) -> None:
        desk.set_up(wanted(at_end=EndOfPlan.ROLL_OVER))

        live(desk, END)

        (bill,) = self.bills(desk)
        following = desk.plan("K000001", END)
        assert following.carried == bill.gross - euros("300.00")
        assert item(desk, bill.number) == euros("0")
        # The first instalment of the next plan is asked the same day, with its carried share.
        (asked,) = desk.world.advances.of_plans([("K000001", END)])
        assert item(desk, asked.number) == following.instalments[0].payable
        assert asked.carried == following.instalments[0].carried

    def test_settles_with_the_final_bill_of_a_supply_that_ends(self, desk: PlansDesk) -> None:
        desk.set_up(wanted(at_end=EndOfPlan.ROLL_OVER))
        desk.desk.world.sign(contract_of(1, ended_on=SECOND))

        live(desk, SECOND)

        (bill,) = self.bills(desk)
        advances = desk.world.advances.of_plans([("K000001", START)])
        assert bill.period.until == SECOND
        # What would fall due after the end of supply is never asked.
        assert len(advances) == 1
        assert item(desk, bill.number) == bill.gross - euros("100.00")
        with pytest.raises(NotFound):
            desk.plan("K000001", END)

    def test_leaves_the_advances_with_a_bill_that_is_corrected_later(self, desk: PlansDesk) -> None:
        desk.set_up(wanted())
        live(desk, END)
        desk.desk.world.read([reading_of(1, END, "P1", 410, version=2)])

        desk.desk.correct()
        desk.settle()

        first, _, rebill = self.bills(desk)
        # The credit note lowers the item of its original, which so is the customer's credit.
        assert item(desk, first.number) == euros("-300.00")
        assert item(desk, rebill.number) == rebill.gross
        assert desk.desk.allocate() == 1
        assert desk.desk.problems() == ()

    def test_settles_all_the_plans_that_one_bill_reaches_each_by_what_the_one_before_left(
        self,
    ) -> None:
        desk = memory_plans_desk()
        desk.desk.open_day(START)
        desk.desk.world.sign(contract_of(1))
        read(desk, 1, START, 100)
        read(desk, 1, END, 400)
        desk.set_up(attrs.evolve(wanted(at_end=EndOfPlan.ROLL_OVER), months=1, count=1))

        live(desk, END)

        # No meter was read between: one bill is there for the days of three plans.
        (bill,) = self.bills(desk)
        plans = [desk.plan("K000001", add_months(START, months)) for months in range(4)]
        assert [plan.settled_on for plan in plans] == [END, END, END, None]
        assert item(desk, bill.number) == euros("0")
        rest = bill.gross - euros("300.00")
        assert [plan.carried for plan in plans[1:]] == [rest, rest, rest]
        # What is billed already is not asked in advance any more.
        assert len(desk.world.advances.of_plans([(p.contract, p.first_day) for p in plans])) == 2

    def test_settles_two_plans_by_one_bill_and_carries_what_both_leave(self) -> None:
        desk = memory_plans_desk()
        desk.desk.open_day(START)
        desk.desk.world.sign(contract_of(1))
        read(desk, 1, START, 100)
        read(desk, 1, END, 400)
        for first_day, months in ((START, 1), (add_months(START, 1), 2)):
            more = {"first_day": first_day, "months": months, "count": 1}
            desk.set_up(attrs.evolve(wanted(at_end=EndOfPlan.ROLL_OVER), **more))

        live(desk, END)

        (bill,) = self.bills(desk)
        assert item(desk, bill.number) == euros("0")
        assert desk.plan("K000001", END).carried == bill.gross - euros("600.00")

    @pytest.mark.parametrize("again", [PlansDesk.settle, PlansDesk.ask])
    def test_does_nothing_twice(
        self, desk: PlansDesk, again: Callable[[PlansDesk], object]
    ) -> None:
        desk.set_up(wanted())
        desk.set_up(wanted(2))
        live(desk, END)
        before = desk.desk.ledger.open_items()

        again(desk)

        assert desk.desk.ledger.open_items() == before
        assert desk.settle(limit=1).settled == 0

    def test_parks_what_cannot_be_settled_and_settles_the_others(
        self, desk: PlansDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.set_up(wanted())
        desk.set_up(wanted(2))
        found = type(desk.world.to_settle).closed

        def one_without_bills(*given: object, **named: object) -> object:
            first, *others = found(*given, **named)
            return (attrs.evolve(first, bills=(), left=()), *others)

        live(desk, END - timedelta(days=1))
        monkeypatch.setattr(type(desk.world.to_settle), "closed", one_without_bills)
        desk.desk.open_day(END)
        desk.desk.bill()
        step = desk.settle()

        (parked,) = desk.desk.work_list.open_items()
        assert (step.settled, step.parked) == (1, 1)
        assert (parked.kind, parked.code) == ("billing_settlement", "billing.plan.unbilled")
        assert parked.key == f"K000001/{START}"
        assert desk.plan("K000002", START).settled_on == END


class TestSettleCorrectedBills:
    """Two points under one contract: what is billed first is corrected before the plan closes."""

    @pytest.fixture(params=[POLICY, BY_DIFFERENCE], ids=["pairs", "differences"])
    def desk(self, request: pytest.FixtureRequest) -> PlansDesk:
        desk = memory_plans_desk(request.param)
        desk.desk.open_day(START)
        desk.desk.world.sign(contract_of(1, points=(1, 2)))
        for number in (1, 2):
            read(desk, number, START, 100)
        return desk

    def close(self, desk: PlansDesk, at_end: EndOfPlan) -> tuple[billing.Invoice, ...]:
        """Bill the first point, correct it, then bill the second, which closes the plan."""
        desk.set_up(wanted(at_end=at_end))
        read(desk, 1, END, 400)
        live(desk, END)
        desk.desk.world.read(readings_of(1, END, 350, version=2))
        read(desk, 2, END, 200)
        desk.step(END + timedelta(days=1))
        return desk.desk.world.invoices.of_contract("K000001")

    def test_carries_all_that_the_bill_and_its_corrections_leave(self, desk: PlansDesk) -> None:
        bills = self.close(desk, EndOfPlan.ROLL_OVER)

        charged = Money.total((bill.gross for bill in bills), "EUR")
        assert {bill.item: item(desk, bill.item) for bill in bills} == {
            bill.item: euros("0") for bill in bills
        }
        assert desk.plan("K000001", END).carried == charged - euros("300.00")

    def test_leaves_on_their_items_all_that_they_come_to(self, desk: PlansDesk) -> None:
        bills = self.close(desk, EndOfPlan.TRUE_UP)

        charged = Money.total((bill.gross for bill in bills), "EUR")
        left = Money.total((item(desk, number) for number in {bill.item for bill in bills}), "EUR")
        assert left == charged - euros("300.00")
        assert desk.plan("K000001", END).carried == euros("0")

    def test_takes_each_advance_off_once(self, desk: PlansDesk) -> None:
        bills = self.close(desk, EndOfPlan.ROLL_OVER)

        taken = desk.world.deductions.of_bills([bill.number for bill in bills])
        advances = [one for one in taken if one.deduction.kind is DeductionKind.ADVANCE]
        documents = sorted(one.deduction.document for one in advances)
        assert documents == ["AN26-000001", "AN26-000002", "AN26-000003"]
        carried = [one for one in taken if one.deduction.kind is DeductionKind.CARRIED_ON]
        assert carried
        assert len(advances) + len(carried) == len(taken)
        assert desk.desk.problems() == ()
