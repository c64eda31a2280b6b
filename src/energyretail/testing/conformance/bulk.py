"""What every implementation of BulkBills and BulkRating promises: the bills made one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

import attrs
import pytest

from energyretail.application.billing import (
    BillingStep,
    BulkBills,
    BulkRating,
    BulkStep,
    FigureBook,
    UsageBook,
)
from energyretail.application.ledger import PostedEntries
from energyretail.application.shared import WorkList
from energyretail.domain.billing import BillStage, Invoice, whole_counts
from energyretail.domain.shared import Event
from energyretail.testing.conformance.billing_cases import (
    SECOND,
    START,
    THIRD,
    contract_of,
    reading_of,
    readings_of,
)
from energyretail.testing.conformance.billing_world import BillingWorld
from energyretail.testing.conformance.bulk_doubles import ClashingBills, StaleBills

__all__ = ["BulkConformance", "BulkDesk", "BulkDeskPort", "told_by"]


class _Recorded(Protocol):
    @property
    def recorded(self) -> Sequence[Event]: ...


class BulkDeskPort(Protocol):
    """A desk that bills, as `energyretail.testing.billing` has it."""

    @property
    def world(self) -> BillingWorld:
        """What is billed, and where the bills go."""
        ...

    @property
    def usage(self) -> UsageBook:
        """What was measured beside indexes."""
        ...

    @property
    def figures(self) -> FigureBook:
        """What is published for everybody."""
        ...

    @property
    def ledger(self) -> PostedEntries:
        """What was posted."""
        ...

    @property
    def work_list(self) -> WorkList:
        """What waits for a person."""
        ...

    @property
    def events(self) -> _Recorded:
        """What was told of."""
        ...

    def open_day(self, day: date) -> None:
        """Move the clock."""
        ...

    def bill(self, *, limit: int = 100, on: date | None = None) -> BillingStep:
        """Bill what is due one by one, and return the sums."""
        ...

    def bill_in_bulk(
        self,
        bills: BulkBills,
        rating: BulkRating,
        *,
        limit: int = 1000,
        on: date | None = None,
        page_size: int = 10_000,
    ) -> BulkStep:
        """Bill what is due, those alike by columns, and return the sums.

        It is read in pages of `page_size`.
        """
        ...

    def correct(self) -> BillingStep:
        """Correct what changed, and return the sums."""
        ...

    def problems(self) -> Sequence[str]:
        """Return what the ledger says is wrong."""
        ...


@attrs.frozen
class BulkDesk:
    """Two empty desks of one sort; at `desk` bills are made by columns, at `other` one by one."""

    desk: BulkDeskPort
    other: BulkDeskPort
    bills: BulkBills
    rating: BulkRating


class BulkConformance:
    """Subclass in a test and give a fixture `bulk` that returns a BulkDesk."""

    def test_finds_together_what_is_billed_alike(self, bulk: BulkDesk) -> None:
        _signed(bulk)

        page = bulk.bills.due(today=SECOND, after="", limit=100)

        assert sorted(len(each.places) for each in page.alike) == [1, 1, 4]
        assert sorted(page.others.values()) == ["K000005/" + _cups(5)]
        assert page.resume is None
        places = [place for each in page.alike for place in each.places]
        assert sorted([*places, *page.others]) == list(range(1, 8))
        for each in page.alike:
            assert list(each.indexes) == [(r.register, r.taken_on) for r in each.one.readings]
            assert each.key(0) == each.one.key

    def test_finds_registers_whatever_they_are_called(self, bulk: BulkDesk) -> None:
        names = ("1.8.0/1", "A,B", 'a "name" \\', "x")
        world = bulk.desk.world
        world.sign(contract_of(1), contract_of(2))
        for number in (1, 2):
            for day, index in ((START, 100), (SECOND, 130)):
                world.read([reading_of(number, day, name, index + number) for name in names])

        (alike,) = bulk.bills.due(today=SECOND, after="", limit=100).alike

        assert [r.register for r in alike.one.readings] == sorted(names) * 2
        assert {name for name, _ in alike.indexes} == set(names)
        assert all(list(column) == [101_000, 102_000] for (_, day), column in alike.indexes.items()
                   if day == START)  # fmt: skip

    def test_pages_in_the_order_of_keys(self, bulk: BulkDesk) -> None:
        _signed(bulk)

        first = bulk.bills.due(today=SECOND, after="", limit=3)
        rest = bulk.bills.due(today=SECOND, after=first.resume or "", limit=100)

        assert first.resume == "K000003/" + _cups(3)
        keys = [each.key(at) for page in (first, rest) for each in page.alike
                for at in range(len(each.places))]  # fmt: skip
        assert len(set(keys)) == len(keys) == 6

    def test_gives_supplies_by_key_as_they_are_billed_one_by_one(self, bulk: BulkDesk) -> None:
        _signed(bulk)
        due = bulk.desk.world.supplies.due(today=SECOND, after="", limit=100)
        keys = [supply.key for supply in due[1:3]]

        assert bulk.bills.supplies(keys, today=SECOND) == dict(zip(keys, due[1:3], strict=True))

    @pytest.mark.parametrize(("limit", "page_size"), [(3, 2_500), (7, 2), (5, 1)])
    def test_keeps_the_very_bills_that_are_made_one_by_one(
        self, bulk: BulkDesk, limit: int, page_size: int
    ) -> None:
        _signed(bulk)

        for day in (SECOND, THIRD):
            bulk.desk.open_day(day)
            bulk.other.open_day(day)
            step = bulk.desk.bill_in_bulk(bulk.bills, bulk.rating, limit=limit, page_size=page_size)
            one = bulk.other.bill(limit=limit)
            assert (step.issued, step.parked) == (one.issued, one.parked)
            assert step.one_by_one <= 2

        assert told_by(bulk.desk) == told_by(bulk.other)
        assert len(told_by(bulk.desk)[0]) == 13
        stages = {str(bill.contract): bill.stage for bill in _invoices(bulk.desk)[:7]}
        assert stages == {f"K00000{n}": BillStage.FIRST for n in range(1, 8)} | {
            "K000006": BillStage.FINAL
        }
        assert bulk.desk.problems() == ()

    @pytest.mark.parametrize(("days", "bills"), [(400, 1), (1, 1), (0, 0)])
    def test_tells_what_was_billed_before(self, bulk: BulkDesk, days: int, bills: int) -> None:
        _signed(bulk)
        bulk.desk.open_day(SECOND)
        bulk.desk.bill()
        before = {f"{each.contract}/{each.cups}": each for each in _invoices(bulk.desk)}

        page = bulk.bills.due(today=THIRD, after="", limit=100, past_days=days)

        told = dict[str, bool]()
        for alike in page.alike:
            assert alike.past is not None
            for at in range(len(alike.places)):
                assert alike.past.comparable[at]
                # The last bill of the seventh rests on an estimate.
                is_open = alike.contracts[at] == "K000007"
                told[alike.contracts[at]] = is_open
                sums = (alike.past.settled, alike.past.open)[is_open]
                other = (alike.past.open, alike.past.settled)[is_open]
                assert (list(other.days(at)), other.energy[at], other.gross[at]) == ([], 0, 0)
                assert [each[at] for each in other.counted] == [0, 0, 0]
                assert len(sums.days(at)) == bills
                if bills:
                    one = before[alike.key(at)]
                    assert list(sums.days(at)) == [one.period]
                    energy = int((one.bill.energy or 0) * 10**6)
                    assert (sums.energy[at], sums.gross[at]) == (energy, one.gross.cents)
                    counted = tuple(each[at] for each in sums.counted)
                    assert counted == whole_counts(one.readings)
        assert told == {f"K00000{number}": number == 7 for number in (1, 2, 3, 4, 5, 7)}

    def test_compares_no_past_in_which_a_register_began_again(self, bulk: BulkDesk) -> None:
        _signed(bulk)
        later = THIRD + timedelta(days=30)
        for number in (1, 2, 3, 7):
            bulk.desk.world.read(readings_of(number, later, 152 * number))
        for day in (SECOND, THIRD):
            bulk.desk.open_day(day)
            bulk.desk.bill()

        page = bulk.bills.due(today=later, after="", limit=100, past_days=400)

        told = {
            contract: bool(each.past.comparable[at])
            for each in page.alike
            if each.past is not None
            for at, contract in enumerate(each.contracts)
        }
        # The second's P3 passed its last figure in the second of its two bills.
        assert told == {"K000001": True, "K000002": False, "K000003": True, "K000007": True}
        # The second bill of the seventh begins with an estimate and so has settled the first.
        (seventh,) = (each for each in page.alike if "K000007" in each.contracts)
        assert seventh.past is not None
        at = seventh.contracts.index("K000007")
        told_of = [each.days(at) for each in (seventh.past.settled, seventh.past.open)]
        assert list(map(len, told_of)) == [2, 0]

    def test_tells_of_no_bill_before_unless_asked(self, bulk: BulkDesk) -> None:
        _signed(bulk)

        page = bulk.bills.due(today=SECOND, after="", limit=100)
        asked = bulk.bills.due(today=SECOND, after="", limit=100, past_days=400)

        assert [each.past for each in page.alike] == [None, None, None]
        for each in asked.alike:
            assert each.past is not None
            for sums in (each.past.settled, each.past.open):
                assert all(list(sums.days(at)) == [] for at in range(len(each.places)))
            assert all(each.past.comparable)

    def test_bills_nothing_twice(self, bulk: BulkDesk) -> None:
        _signed(bulk)
        bulk.desk.open_day(SECOND)
        bulk.desk.bill_in_bulk(bulk.bills, bulk.rating)

        again = bulk.desk.bill_in_bulk(bulk.bills, bulk.rating)

        assert (again.issued, again.parked) == (0, 0)

    def test_corrects_what_it_billed_as_any_bill(self, bulk: BulkDesk) -> None:
        _signed(bulk)
        for desk in (bulk.desk, bulk.other):
            desk.open_day(SECOND)
        bulk.desk.bill_in_bulk(bulk.bills, bulk.rating)
        bulk.other.bill()
        for desk in (bulk.desk, bulk.other):
            desk.world.read(readings_of(1, SECOND, 170, version=2))
            desk.open_day(THIRD)
            desk.correct()

        assert told_by(bulk.desk) == told_by(bulk.other)

    def test_bills_on_the_day_it_is_told_whatever_the_clock_says(self, bulk: BulkDesk) -> None:
        _signed(bulk)
        for desk in (bulk.desk, bulk.other):
            desk.open_day(THIRD)

        bulk.desk.bill_in_bulk(bulk.bills, bulk.rating, on=SECOND)
        bulk.other.bill(on=SECOND)

        bills = told_by(bulk.desk)
        assert bills == told_by(bulk.other)
        days = {bill.issued_on for bill in bulk.desk.world.invoices.by_numbers(tuple(bills[0]))}
        assert days == {SECOND}

    def test_bills_one_by_one_whoever_clashes_and_nobody_else(self, bulk: BulkDesk) -> None:
        _signed(bulk)
        bulk.desk.open_day(SECOND)
        bulk.other.open_day(SECOND)
        clashing = ClashingBills(bulk.bills, "K000003")

        step = bulk.desk.bill_in_bulk(clashing, bulk.rating)
        bulk.other.bill()

        assert (step.issued, step.parked) == (7, 0)
        assert (step.one_by_one, step.reasons) == (2, {
            "billing.not_plain": 1, "billing.billed_twice": 1,
        })  # fmt: skip
        assert told_by(bulk.desk)[:2] == told_by(bulk.other)[:2]

    def test_refuses_what_clashes_with_what_is_issued(self, bulk: BulkDesk) -> None:
        """What was found is billed by somebody else before it is kept."""
        _signed(bulk)
        bulk.desk.open_day(SECOND)
        stale = StaleBills(bulk.bills, bulk.bills.due(today=SECOND, after="", limit=100))
        bulk.desk.bill()
        before = told_by(bulk.desk)

        step = bulk.desk.bill_in_bulk(stale, bulk.rating)

        assert (step.issued, step.parked, step.reasons) == (0, 0, {})
        assert told_by(bulk.desk) == before


def _signed(bulk: BulkDesk) -> None:
    """Sign seven supplies at both desks: four alike, one estimated, one ending, one of its own."""
    for desk in (bulk.desk, bulk.other):
        world = desk.world
        world.sign(*(contract_of(number) for number in (1, 2, 3, 4, 7)))
        world.sign(contract_of(5), contract_of(6, ended_on=SECOND))
        for number in (1, 2, 3, 4, 5, 6, 7):
            world.read(readings_of(number, START, 100 * number))
            world.read(readings_of(number, SECOND, 150 * number, estimated=number == 7))
            if number != 6:
                world.read(readings_of(number, THIRD, 151 * number))
        # Read between, and a register that passed its last figure.
        world.read([reading_of(5, date(2026, 3, 20), "P1", 600)])
        world.read([reading_of(2, THIRD, "P3", Decimal("0.250"), version=2)])


def _cups(number: int) -> str:
    (supply,) = contract_of(number).supplies
    return supply.site.cups.value


def _invoices(desk: BulkDeskPort) -> Sequence[Invoice]:
    numbers = [event.number for event in desk.events.recorded if hasattr(event, "number")]
    return desk.world.invoices.by_numbers(numbers)


def told_by(
    desk: BulkDeskPort,
) -> tuple[dict[str, object], dict[str, object], list[str]]:
    """Return the documents and entries of a desk by their keys, and what happened."""
    numbers = [event.number for event in desk.events.recorded if hasattr(event, "number")]
    entries = desk.ledger.entries([f"invoice:{number}" for number in numbers])
    return (
        {invoice.number: invoice for invoice in desk.world.invoices.by_numbers(numbers)},
        {entry.key: entry for entry in entries},
        list(map(str, desk.events.recorded)),
    )
