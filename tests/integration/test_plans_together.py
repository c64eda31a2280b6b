"""Those who ask, review and set up plans at the same time, over one database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Barrier, Event
from time import sleep
from typing import Any

import attrs
import pytest

from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import BillingStep, WantedPlan
from energyretail.application.shared import Books
from energyretail.domain.billing import InstalmentPlan
from energyretail.domain.ledger import Entry
from energyretail.domain.shared import Conflict, DomainError, Money, Refused, add_months
from energyretail.testing.conformance.billing import SECOND, START, contract_of, readings_of
from energyretail.testing.plans import PlansDesk
from energyretail.testing.plans_worlds import postgres_plans_desk

CONTRACTS = 12
END = add_months(START, 3)
TOTAL = Money("300.05", "EUR")


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do everything at the same time, each in a thread; return what each returned or refused."""
    start = Barrier(len(acts))

    def act(wanted: Callable[[], object]) -> object:
        start.wait()
        try:
            return wanted()
        except DomainError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def wanted(number: int, first_day: date = START) -> WantedPlan:
    return WantedPlan(f"K{number:06d}", first_day, 3, 3, TOTAL)


class _Meeting:
    """A port of which whoever has read it first waits for the other to have read its own."""

    def __init__(self, port: Any, both: Barrier):
        self._port = port
        self._both = both
        self._met = False

    def __getattr__(self, name: str) -> Callable[..., object]:
        def read(*given: object, **named: object) -> object:
            found = getattr(self._port, name)(*given, **named)
            if not self._met:
                self._met = True
                self._both.wait(10)
            return found

        return read


class _Slow:
    """Books that tell when a document is kept, and take their time before it is committed."""

    def __init__(self, books: Books, issued: Event, *, seconds: float):
        self._books = books
        self._issued = issued
        self._seconds = seconds

    def post(self, entries: Sequence[Entry]) -> None:
        self._books.post(entries)
        if entries:
            self._issued.set()
            sleep(self._seconds)


def bill_to(desk: PlansDesk, day: date) -> None:
    """Have contract 1 alone to bill, to a day inside the span of the plan that is wanted."""
    desk.desk.world.read(readings_of(1, day, 150))
    desk.desk.open_day(day)


def assert_one_of_both(desk: PlansDesk) -> None:
    """No bill ends inside the span of the plan, and no work is left for a person."""
    bills = desk.desk.world.invoices.of_contract("K000001")
    plans = desk.world.plans.named([("K000001", START)])
    assert len(bills) + len(plans) == 1
    assert desk.desk.work_list.open_items() == ()


@pytest.fixture
def desk(database_url: str) -> Iterator[PlansDesk]:
    database = Database(database_url)
    desk = postgres_plans_desk(database)
    desk.desk.open_day(START)
    desk.desk.world.sign(*(contract_of(number) for number in range(1, CONTRACTS + 1)))
    for number in range(1, CONTRACTS + 1):
        desk.desk.world.read(readings_of(number, START, 100), readings_of(number, END, 300))
    yield desk
    database.close()


class TestTogether:
    def test_ask_each_instalment_once(self, desk: PlansDesk) -> None:
        for number in range(1, CONTRACTS + 1):
            desk.set_up(wanted(number))

        steps = at_once(*[partial(desk.ask, limit=3)] * 4)

        issued = [step.issued for step in steps if isinstance(step, BillingStep)]
        keys = [(f"K{number:06d}", START) for number in range(1, CONTRACTS + 1)]
        advances = desk.world.advances.of_plans(keys)
        assert sum(issued) == len(advances) == CONTRACTS
        assert sorted(each.number for each in advances) == [
            f"AN26-{count:06d}" for count in range(1, CONTRACTS + 1)
        ]

    def test_ask_and_review_without_losing_a_cent(self, desk: PlansDesk) -> None:
        for number in range(1, CONTRACTS + 1):
            desk.set_up(wanted(number))
        other = Money("500.00", "EUR")
        reviews = [
            partial(desk.review, f"K{number:06d}", START, other, version=1)
            for number in range(1, CONTRACTS + 1)
        ]

        told = at_once(desk.ask, *reviews, desk.ask)

        assert not [each for each in told if isinstance(each, DomainError)]
        for number in range(1, CONTRACTS + 1):
            plan = desk.plan(f"K{number:06d}", START)
            asked = {each.number: each.gross for each in self.advances(desk, number)}
            shown = {each.asked: each.amount for each in plan.instalments if each.asked}
            assert plan.expected == other
            assert asked == shown
            assert len(asked) == 1

    def test_settle_each_plan_once(self, desk: PlansDesk) -> None:
        for number in range(1, CONTRACTS + 1):
            desk.set_up(wanted(number))
        desk.ask()
        desk.desk.open_day(END)
        desk.desk.bill()

        at_once(*[partial(desk.settle, limit=2)] * 3)
        desk.settle()

        for number in range(1, CONTRACTS + 1):
            assert desk.plan(f"K{number:06d}", START).settled_on == END
            assert desk.plan(f"K{number:06d}", END).version == 1
        assert desk.desk.problems() == ()
        assert desk.desk.work_list.open_items() == ()

    def test_set_one_plan_up_for_a_day(self, desk: PlansDesk) -> None:
        days = [START + timedelta(days=n) for n in range(6)]

        told = at_once(*(partial(desk.set_up, wanted(1, day)) for day in days))

        made = [each for each in told if isinstance(each, InstalmentPlan)]
        refused = [each for each in told if isinstance(each, Conflict)]
        assert (len(made), len(refused)) == (1, len(days) - 1)
        assert {each.code for each in refused} == {"billing.plan.overlaps"}

    def test_set_a_plan_up_or_bill_its_days_when_both_have_read_what_there_is(
        self, desk: PlansDesk
    ) -> None:
        bill_to(desk, SECOND)
        both = Barrier(2)
        planner = attrs.evolve(
            desk, world=attrs.evolve(desk.world, contracts=_Meeting(desk.world.contracts, both))
        )
        biller = attrs.evolve(
            desk.desk,
            world=attrs.evolve(desk.desk.world, supplies=_Meeting(desk.desk.world.supplies, both)),
        )

        at_once(partial(planner.set_up, wanted(1)), biller.bill)

        assert_one_of_both(desk)

    def test_set_no_plan_up_for_days_that_a_bill_being_made_covers(self, desk: PlansDesk) -> None:
        bill_to(desk, SECOND)
        issued = Event()
        biller = attrs.evolve(desk.desk, books=_Slow(desk.desk.books, issued, seconds=1))

        def set_up_once_issued() -> object:
            assert issued.wait(10)
            return desk.set_up(wanted(1))

        _, refused = at_once(biller.bill, set_up_once_issued)

        assert isinstance(refused, Refused)
        assert refused.code == "billing.plan.billed"
        assert_one_of_both(desk)

    def advances(self, desk: PlansDesk, number: int) -> tuple:
        return desk.world.advances.of_plans([(f"K{number:06d}", START)])
