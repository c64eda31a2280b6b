"""What every implementation of the shared ports promises: work, time, numbers, days, jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

import attrs
import pytest

from energyretail.application.operations import BusinessDays, DayClock
from energyretail.application.shared import (
    Channel,
    Claimed,
    Clock,
    Delivery,
    DeliveryState,
    Inbox,
    Jobs,
    Message,
    Numbers,
    Outbox,
    Received,
    Work,
    WorkList,
)
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Refused

__all__ = [
    "DAY",
    "NEXT_DAY",
    "BusinessDaysConformance",
    "ClockConformance",
    "InboxRow",
    "MovableClock",
    "NumbersConformance",
    "SharedWorld",
    "WaitingJobs",
    "WorkConformance",
    "WorkListConformance",
    "entry",
    "item",
    "received",
    "sent",
]

DAY, NEXT_DAY = date(2026, 3, 1), date(2026, 3, 2)


class MovableClock(Clock, DayClock, Protocol):
    """A clock to read and to move."""


class WaitingJobs(Protocol):
    """Looks into the queue of the workers."""

    def waiting(self) -> list[tuple[str, str | None, Mapping[str, str]]]:
        """Return task, lock and arguments of the jobs not yet begun, oldest first."""
        ...

    def begin(self) -> None:
        """Begin the oldest job, as a worker would."""
        ...


@attrs.frozen
class InboxRow:
    """What is kept of an arrival."""

    received: Received
    on: date
    state: str
    code: str
    text: str


@attrs.frozen
class SharedWorld:
    """One implementation, empty; `inbox_row` tells what is kept under (source, key)."""

    work: Work
    clock: MovableClock
    numbers: Numbers
    inbox: Inbox
    inbox_row: Callable[[str, str], InboxRow | None]
    outbox: Outbox
    work_list: WorkList
    days: BusinessDays
    jobs: Jobs
    queue: WaitingJobs

    def take(self, series: str, count: int) -> range:
        """Take numbers in one committed transaction."""
        with self.work() as transaction:
            taken = self.numbers.take(series, count)
            transaction.commit()
        return taken

    def keep(self, received: Received, *, on: date = DAY) -> bool:
        """Keep an arrival in one committed transaction."""
        with self.work() as transaction:
            new = self.inbox.keep(received, on=on)
            transaction.commit()
        return new

    def add(self, *messages: Message) -> None:
        """Write messages in one committed transaction."""
        with self.work() as transaction:
            self.outbox.add(messages)
            transaction.commit()

    def claim(self, channel: Channel = Channel.ERP, *, limit: int = 10) -> tuple[Claimed, ...]:
        """Claim messages in one committed transaction."""
        with self.work() as transaction:
            claimed = self.outbox.claim(channel, limit=limit)
            transaction.commit()
        return claimed

    def settle(self, *deliveries: Delivery) -> None:
        """Settle messages in one committed transaction."""
        with self.work() as transaction:
            self.outbox.settle(deliveries)
            transaction.commit()

    def enqueue(
        self,
        task: str,
        *,
        lock: str | None = None,
        once: str | None = None,
        behind: bool = False,
        **arguments: str,
    ) -> None:
        """Enqueue a job in one committed transaction."""
        with self.work() as transaction:
            self.jobs.enqueue(task, lock=lock, once=once, behind=behind, **arguments)
            transaction.commit()


class WorkConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SharedWorld."""

    def test_keeps_what_was_committed(self, world: SharedWorld) -> None:
        assert world.take("a", 1) == range(1, 2)
        assert world.take("a", 1) == range(2, 3)

    def test_undoes_a_block_left_without_commit(self, world: SharedWorld) -> None:
        with world.work():
            world.outbox.add([entry("1")])

        assert world.outbox.waiting() == 0

    def test_undoes_a_block_left_by_an_exception(self, world: SharedWorld) -> None:
        def fail() -> None:
            with world.work():
                world.outbox.add([entry("1")])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()

        assert world.outbox.waiting() == 0

    def test_shows_a_block_its_own_changes(self, world: SharedWorld) -> None:
        with world.work():
            world.outbox.add([entry("1")])
            seen = world.outbox.waiting()

        assert seen == 1

    def test_does_not_nest(self, world: SharedWorld) -> None:
        with world.work(), pytest.raises(RuntimeError), world.work():
            pass

        assert world.take("a", 1) == range(1, 2)

    def test_refuses_to_write_after_the_commit(self, world: SharedWorld) -> None:
        with world.work() as transaction:
            transaction.commit()
            with pytest.raises(RuntimeError):
                world.outbox.add([entry("1")])
            with pytest.raises(RuntimeError):
                transaction.commit()

        assert world.outbox.waiting() == 0

    @pytest.mark.parametrize(
        "write",
        [
            lambda world: world.clock.move_to(DAY),
            lambda world: world.numbers.take("a", 1),
            lambda world: world.numbers.take_free(["a", "b"], 1),
            lambda world: world.inbox.keep(received("a"), on=DAY),
            lambda world: world.inbox.settle("bank", "a"),
            lambda world: world.outbox.add([entry("1")]),
            lambda world: world.outbox.claim(Channel.ERP, limit=1),
            lambda world: world.outbox.settle([sent("1")]),
            lambda world: world.work_list.add([item("a")]),
            lambda world: world.days.mark(DAY, "one"),
            lambda world: world.days.close(DAY),
            lambda world: world.jobs.enqueue("relay"),
        ],
    )
    def test_is_needed_to_write(
        self, world: SharedWorld, write: Callable[[SharedWorld], object]
    ) -> None:
        # What is not there cannot be settled either: then it would not be for want of a block.
        world.keep(received("a"))
        world.add(entry("1"))

        with pytest.raises(RuntimeError):
            write(world)

        assert world.inbox_row("bank", "a") == InboxRow(received("a"), DAY, "kept", "", "")
        assert [each.attempts for each in world.claim()] == [1]


class ClockConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SharedWorld."""

    def test_is_not_set_before_the_first_day(self, world: SharedWorld) -> None:
        with pytest.raises(Refused) as missing:
            world.clock.today()

        assert missing.value.code == "clock.not_set"

    def test_moves_on_and_stands(self, world: SharedWorld) -> None:
        seen = []
        for day in (DAY, DAY, NEXT_DAY):
            with world.work() as transaction:
                world.clock.move_to(day)
                transaction.commit()
            seen.append(world.clock.today())

        assert seen == [DAY, DAY, NEXT_DAY]

    def test_never_goes_back(self, world: SharedWorld) -> None:
        with world.work() as transaction:
            world.clock.move_to(NEXT_DAY)
            transaction.commit()

        with world.work(), pytest.raises(Refused) as refused:
            world.clock.move_to(DAY)

        assert refused.value.code == "clock.backwards"
        assert world.clock.today() == NEXT_DAY


class NumbersConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SharedWorld."""

    def test_begin_at_one_and_leave_no_gap(self, world: SharedWorld) -> None:
        taken = [number for count in (1, 3, 0, 2) for number in world.take("a", count)]

        assert taken == [1, 2, 3, 4, 5, 6]

    def test_go_on_within_a_transaction(self, world: SharedWorld) -> None:
        with world.work():
            assert world.numbers.take("a", 2) == range(1, 3)
            assert world.numbers.take("a", 1) == range(3, 4)

    def test_are_given_back_by_what_is_undone(self, world: SharedWorld) -> None:
        world.take("a", 2)
        with world.work():
            world.numbers.take("a", 5)

        assert world.take("a", 1) == range(3, 4)

    def test_count_each_series_for_itself(self, world: SharedWorld) -> None:
        world.take("a", 7)

        assert world.take("b", 1) == range(1, 2)

    def test_are_of_the_first_of_several_series_that_is_free(self, world: SharedWorld) -> None:
        world.take("b", 2)
        for _ in range(2):
            with world.work() as transaction:
                world.numbers.take_free(["b", "a", "c"], 3)
                transaction.commit()
        with world.work():
            assert world.numbers.take_free(["b", "a"], 1) == ("b", range(9, 10))
            assert world.numbers.take_free(["b", "a"], 2) == ("b", range(10, 12))
            assert world.numbers.take_free(["a"], 1) == ("a", range(1, 2))


class WorkListConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SharedWorld."""

    def test_keeps_an_item_once_and_shows_all_in_order(self, world: SharedWorld) -> None:
        first, other = item("b"), attrs.evolve(item("b"), text="said later")
        for items in ([first, item("a")], [other], [attrs.evolve(item("z"), kind="job")], []):
            with world.work() as transaction:
                world.work_list.add(items)
                transaction.commit()

        assert world.work_list.open_items() == (
            attrs.evolve(item("z"), kind="job"),
            item("a"),
            first,
        )

    def test_takes_off_what_waits_for_nobody_any_more(self, world: SharedWorld) -> None:
        keys = [("outbox", "a"), ("outbox", "never"), ("outbox", "a")]
        with world.work() as transaction:
            world.work_list.add([item("a"), item("b")])
            world.work_list.close(keys, on=NEXT_DAY, remark="sent")
            world.work_list.close([], on=NEXT_DAY, remark="nothing")
            transaction.commit()

        assert world.work_list.open_items() == (item("b"),)
        with world.work() as transaction:
            world.work_list.add([item("a")])
            world.work_list.close(keys, on=NEXT_DAY, remark="sent again")
            transaction.commit()
        assert world.work_list.open_items() == (item("b"),)

    def test_tells_the_keys_of_a_kind_in_a_range(self, world: SharedWorld) -> None:
        keys = ["K1/p/2026-03-01", "K1/p/2026-04-01", "K1/q/2026-03-01", "K10/p/2026-03-01", "k"]
        with world.work() as transaction:
            world.work_list.add([item(key) for key in reversed(keys)])
            world.work_list.add([attrs.evolve(item("K1/p/2026-03-02"), kind="job")])
            transaction.commit()

        def found(after: str = "", before: str = "") -> list[str]:
            return list(world.work_list.open_keys("outbox", after=after, before=before))

        assert found() == keys
        assert found("K1/p", "K1/p0") == keys[:2]
        assert found("K1/p/2026-03-01", "k") == keys[1:4]
        assert found("k") == []


class BusinessDaysConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SharedWorld."""

    def test_notes_steps_once_and_day_by_day(self, world: SharedWorld) -> None:
        for step in ("one", "two", "one"):
            with world.work() as transaction:
                world.days.mark(DAY, step)
                transaction.commit()

        assert world.days.steps_done(DAY) == {"one", "two"}
        assert world.days.steps_done(NEXT_DAY) == frozenset()

    def test_closes_a_day_once_and_keeps_its_steps(self, world: SharedWorld) -> None:
        closed_before = world.days.is_closed(DAY)
        for _ in range(2):
            with world.work() as transaction:
                world.days.mark(DAY, "one")
                world.days.close(DAY)
                transaction.commit()

        assert not closed_before
        assert world.days.is_closed(DAY)
        assert not world.days.is_closed(NEXT_DAY)
        assert world.days.steps_done(DAY) == {"one"}


def entry(key: str) -> Message:
    """Return a message for the ERP."""
    return Message(Channel.ERP, "entry", key)


def sent(key: str) -> Delivery:
    """Return that an entry was sent."""
    return Delivery(entry(key), DeliveryState.SENT)


def received(key: str, raw: bytes = b"<a/>", *, schema: str = "") -> Received:
    """Return an arrival from the bank."""
    return Received("bank", key, raw, schema)


def item(key: str) -> WorkItem:
    """Return something a person must look at."""
    return WorkItem("outbox", key, "erp.silent", "no answer", "send it again", DAY)
