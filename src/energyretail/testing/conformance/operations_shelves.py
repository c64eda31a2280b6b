"""What the long lists of operations promise, and the closing of their items."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import attrs
import pytest

from energyretail.application.operations import (
    BusinessDayShelf,
    CloseWorkItem,
    DayShown,
    WorkItemShelf,
    WorkItemsToClose,
)
from energyretail.domain.operations import ClosedWorkItem, WorkItem
from energyretail.domain.shared import Invalid, NotFound, Refused
from energyretail.testing.conformance.pages import check_pages, leaf_through
from energyretail.testing.conformance.shared import DAY, NEXT_DAY, SharedWorld, item

__all__ = ["OperationShelves", "OperationShelvesConformance"]


@attrs.frozen
class OperationShelves:
    """One implementation, empty, with what fills it."""

    world: SharedWorld
    items: WorkItemShelf
    days: BusinessDayShelf
    closing: WorkItemsToClose

    @property
    def close(self) -> CloseWorkItem:
        """The use case over this implementation."""
        return CloseWorkItem(work=self.world.work, clock=self.world.clock, items=self.closing)

    def raise_(self, *items: WorkItem) -> None:
        """Put items on the list."""
        with self.world.work() as transaction:
            self.world.work_list.add(items)
            transaction.commit()

    def open_day(self, day: date) -> None:
        """Move the clock."""
        with self.world.work() as transaction:
            self.world.clock.move_to(day)
            transaction.commit()

    def walk(self, day: date, *steps: str, close: bool = False) -> None:
        """Begin a day, do steps of it, close it if asked to."""
        with self.world.work() as transaction:
            self.world.days.begin(day)
            for step in steps:
                self.world.days.mark(day, step)
            if close:
                self.world.days.close(day)
            transaction.commit()


class OperationShelvesConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty OperationShelves."""

    def test_gives_every_item_once_in_order_of_kind_and_key(
        self, shelves: OperationShelves
    ) -> None:
        check_pages(shelves.items.page, ())
        items = [item("a/b"), item("a/c"), item("b")]
        job = attrs.evolve(item("z"), kind="job")
        shelves.raise_(*reversed(items), job)

        check_pages(shelves.items.page, [job, *items])

    def test_goes_on_when_the_last_item_was_closed_meanwhile(
        self, shelves: OperationShelves
    ) -> None:
        shelves.open_day(DAY)
        shelves.raise_(item("a"), item("b"), item("c"))

        def meanwhile() -> None:
            shelves.close("outbox", "a", remark="Ana")

        found = leaf_through(shelves.items.page, 1, meanwhile=meanwhile)

        assert found == (item("a"), item("b"), item("c"))

    def test_is_asked_by_kind_and_code(self, shelves: OperationShelves) -> None:
        job, other = attrs.evolve(item("a"), kind="job"), attrs.evolve(item("b"), code="bank.no")
        shelves.raise_(item("a"), job, other)
        page = shelves.items.page

        check_pages(partial(page, kind="outbox"), [item("a"), other])
        check_pages(partial(page, code="erp.silent"), [job, item("a")])
        check_pages(partial(page, kind="job", code="bank.no"), [])

    def test_gives_every_day_once_the_newest_first(self, shelves: OperationShelves) -> None:
        check_pages(shelves.days.page, ())
        last = NEXT_DAY + timedelta(days=1)
        shelves.walk(DAY, "two", "one", close=True)
        shelves.walk(last)
        shelves.walk(NEXT_DAY, "one")
        shown = [
            DayShown(last, (), False),
            DayShown(NEXT_DAY, ("one",), False),
            DayShown(DAY, ("one", "two"), True),
        ]

        check_pages(shelves.days.page, shown)
        left = [
            len(shelves.days.page(after=after, limit=9).items)
            for after in ("9", "2026-03-03", "0", "9\0")
        ]
        assert left == [3, 2, 0, 0]

    def test_closes_an_item_and_remembers_it(self, shelves: OperationShelves) -> None:
        shelves.open_day(NEXT_DAY)
        shelves.raise_(item("a"), item("b"))

        closed = shelves.close("outbox", "a", remark="  Ana: sent by hand ")

        assert closed == ClosedWorkItem(item("a"), NEXT_DAY, "Ana: sent by hand")
        assert shelves.world.work_list.open_items() == (item("b"),)
        assert shelves.closing.last_closed("outbox", "a") == closed
        assert shelves.closing.last_closed("outbox", "b") is None

    def test_answers_the_same_to_the_same_remark_alone(self, shelves: OperationShelves) -> None:
        shelves.open_day(DAY)
        shelves.raise_(item("a"))
        closed = shelves.close("outbox", "a", remark="Ana")
        shelves.open_day(NEXT_DAY)

        assert shelves.close("outbox", "a", remark="Ana ") == closed
        with pytest.raises(Refused) as refused:
            shelves.close("outbox", "a", remark="Berta")
        assert refused.value.code == "operations.work_item.closed"

    def test_closes_again_what_was_raised_again(self, shelves: OperationShelves) -> None:
        shelves.open_day(DAY)
        shelves.raise_(item("a"))
        shelves.close("outbox", "a", remark="Ana")
        shelves.open_day(NEXT_DAY)
        again = attrs.evolve(item("a"), text="once more", raised_on=NEXT_DAY)
        shelves.raise_(again)
        open_again = shelves.world.work_list.open_items()

        closed = shelves.close("outbox", "a", remark="Berta")

        assert open_again == (again,)
        assert closed == ClosedWorkItem(again, NEXT_DAY, "Berta")
        assert shelves.closing.last_closed("outbox", "a") == closed
        assert shelves.world.work_list.open_items() == ()

    @pytest.mark.parametrize(("key", "remark"), [("b", " "), ("b\0", "A\0"), ("\ud800", "")])
    def test_closes_nothing_that_never_was_and_nothing_without_a_remark(
        self, shelves: OperationShelves, key: str, remark: str
    ) -> None:
        shelves.open_day(DAY)
        shelves.raise_(item("a"))

        with pytest.raises(NotFound) as missing:
            shelves.close("outbox", key, remark="Ana")
        with pytest.raises(Invalid) as silent:
            shelves.close("outbox", "a", remark=remark)

        assert missing.value.code == "operations.work_item.unknown"
        assert silent.value.code == "operations.work_item.remark"
        assert shelves.world.work_list.open_items() == (item("a"),)
