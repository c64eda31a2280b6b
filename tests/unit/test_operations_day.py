"""The business day: opened, walked in steps that may die anywhere, closed when nothing is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.memory.business_days import MemoryBusinessDays
from energyretail.adapters.memory.jobs import MemoryJobs, WaitingJob
from energyretail.adapters.memory.shared import MemoryClock, MemoryOutbox
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.operations import (
    DAYS_AHEAD_MAX,
    BeginBusinessDay,
    InChunks,
    OpenBusinessDay,
    RelayedOutbox,
    StepEnd,
    WalkBusinessDay,
)
from energyretail.application.shared import Channel, Delivery, DeliveryState, Message
from energyretail.domain.shared import Fault, Refused

DAY = date(2026, 3, 1)
NEXT = date(2026, 3, 2)
STEPS = ("one", "two", "three")
ENTRY = Message(Channel.ERP, "entry", "1")


class Office:
    """A day of three steps over memory.

    `falls` are the steps that fail, `waits` those that are not done yet, each so many times.
    """

    def __init__(
        self, falls: dict[str, int] | None = None, waits: dict[str, int] | None = None
    ) -> None:
        self.store = MemoryStore()
        self.work, self.clock = MemoryWork(self.store), MemoryClock(self.store)
        self.days, self.jobs = MemoryBusinessDays(self.store), MemoryJobs(self.store)
        self.outbox = RelayedOutbox(MemoryOutbox(self.store), self.jobs)
        self.done: list[str] = []
        self.falls = dict(falls or {})
        self.waits = dict(waits or {})
        self.pauses = 0
        self.walk = WalkBusinessDay(
            work=self.work,
            clock=self.clock,
            days=self.days,
            jobs=self.jobs,
            outbox=self.outbox,
            steps={name: self._step(name) for name in STEPS},
            pause=self._pause,
        )
        self.move_to(DAY)

    def move_to(self, day: date) -> None:
        with self.work() as transaction:
            self.clock.move_to(day)
            transaction.commit()

    def _step(self, name: str) -> Callable[[], object]:
        def step() -> StepEnd:
            if self.waits.get(name, 0):
                self.waits[name] -= 1
                return StepEnd.NOT_YET
            if self.falls.get(name, 0):
                self.falls[name] -= 1
                raise Fault("bank.silent", "no answer")
            self.done.append(name)
            return StepEnd.DONE

        return step

    def _pause(self, _: float) -> None:
        self.pauses += 1

    def write(self, *messages: Message) -> None:
        with self.work() as transaction:
            self.outbox.add(messages)
            transaction.commit()

    def send(self) -> None:
        """Send what waits for the ERP."""
        with self.work() as transaction:
            claimed = self.outbox.claim(Channel.ERP, limit=10)
            self.outbox.settle([Delivery(c.message, DeliveryState.SENT) for c in claimed])
            transaction.commit()

    def waiting(self) -> list[tuple[str, str | None]]:
        return [(job.task, job.lock) for job in self.jobs.waiting()]


class TestOpenBusinessDay:
    def test_moves_the_clock_and_may_be_done_again(self) -> None:
        office = Office()
        open_day = OpenBusinessDay(work=office.work, clock=office.clock, days=office.days)

        open_day(DAY)
        open_day(DAY)

        assert office.clock.today() == DAY

    def test_refuses_an_earlier_day(self) -> None:
        office = Office()
        open_day = OpenBusinessDay(work=office.work, clock=office.clock, days=office.days)
        open_day(DAY)

        with pytest.raises(Refused):
            open_day(date(2026, 2, 28))

        assert office.clock.today() == DAY

    def test_goes_a_month_ahead_at_most(self) -> None:
        office = Office()
        open_day = OpenBusinessDay(work=office.work, clock=office.clock, days=office.days)
        open_day(DAY)

        with pytest.raises(Refused) as refused:
            open_day(DAY + timedelta(days=DAYS_AHEAD_MAX + 1))

        assert refused.value.code == "day.too_far"
        open_day(DAY + timedelta(days=DAYS_AHEAD_MAX))
        assert office.clock.today() == DAY + timedelta(days=DAYS_AHEAD_MAX)

    def test_opens_the_first_day_of_all(self) -> None:
        store = MemoryStore()
        clock = MemoryClock(store)

        OpenBusinessDay(work=MemoryWork(store), clock=clock, days=MemoryBusinessDays(store))(DAY)

        assert clock.today() == DAY

    def test_refuses_to_leave_a_day_that_was_begun_and_is_not_closed(self) -> None:
        office = Office({"two": 1})
        open_day = OpenBusinessDay(work=office.work, clock=office.clock, days=office.days)
        BeginBusinessDay(work=office.work, days=office.days, jobs=office.jobs)(DAY)

        with pytest.raises(Refused) as waiting:
            open_day(NEXT)
        with pytest.raises(Fault):
            office.walk(DAY)
        with pytest.raises(Refused) as half_way:
            open_day(NEXT)

        assert (waiting.value.code, half_way.value.code) == ("day.previous_open",) * 2
        assert office.clock.today() == DAY
        open_day(DAY)
        office.walk(DAY)
        open_day(NEXT)
        assert office.clock.today() == NEXT

    def test_may_leave_a_day_that_was_never_begun(self) -> None:
        office = Office()

        OpenBusinessDay(work=office.work, clock=office.clock, days=office.days)(NEXT)

        assert office.clock.today() == NEXT


class TestBeginBusinessDay:
    def test_makes_the_walk_due_once(self) -> None:
        office = Office()
        begin = BeginBusinessDay(work=office.work, days=office.days, jobs=office.jobs)

        begin(DAY)
        begin(DAY)

        assert office.jobs.waiting() == (
            WaitingJob("business_day", "day", "day:2026-03-01", (("day", "2026-03-01"),)),
        )

    def test_lets_days_wait_for_each_other(self) -> None:
        office = Office()
        begin = BeginBusinessDay(work=office.work, days=office.days, jobs=office.jobs)

        begin(DAY)
        begin(date(2026, 3, 2))

        assert office.waiting() == [("business_day", "day")] * 2


class TestWalkBusinessDay:
    def test_does_the_steps_in_their_order_and_closes(self) -> None:
        office = Office()

        office.walk(DAY)

        assert office.done == list(STEPS)
        assert office.days.is_closed(DAY)
        assert (office.waiting(), office.pauses) == ([], 0)

    @given(
        falls=st.dictionaries(st.sampled_from(STEPS), st.integers(1, 3)),
        more=st.integers(0, 2),
    )
    def test_goes_on_where_it_stood_and_does_no_step_twice(
        self, falls: dict[str, int], more: int
    ) -> None:
        office = Office(falls)

        failures = 0
        for _ in range(sum(falls.values()) + 1 + more):
            try:
                office.walk(DAY)
            except Fault:
                failures += 1

        assert failures == sum(falls.values())
        assert office.done == list(STEPS)
        assert office.days.is_closed(DAY)

    def test_leaves_the_day_open_at_a_step_that_failed(self) -> None:
        office = Office({"two": 1})

        with pytest.raises(Fault):
            office.walk(DAY)

        assert office.days.steps_done(DAY) == {"one"}
        assert not office.days.is_closed(DAY)

    def test_waits_behind_the_workers_that_do_a_step(self) -> None:
        office = Office(waits={"two": 2})
        with office.work() as transaction:
            office.jobs.enqueue("bill_chunk", lock="1", once="1", behind=True)
            transaction.commit()

        for _ in range(2):
            office.walk(DAY)

            assert office.done == ["one"]
            assert office.days.steps_done(DAY) == {"one"}
            assert office.waiting() == [("bill_chunk", "1"), ("business_day", "day")]

        office.walk(DAY)

        assert (office.done, office.pauses) == (list(STEPS), 2)
        assert office.days.is_closed(DAY)

    @pytest.mark.parametrize("other", [date(2026, 2, 28), NEXT])
    def test_does_nothing_on_another_day_than_the_clocks(self, other: date) -> None:
        office = Office()
        office.write(ENTRY)
        jobs = office.waiting()

        with pytest.raises(Refused) as refused:
            office.walk(other)

        assert refused.value.code == "day.not_today"
        assert (office.done, office.waiting(), office.pauses) == ([], jobs, 0)
        assert not office.days.is_begun(other)

    def test_is_done_with_a_day_that_is_closed_and_past(self) -> None:
        office = Office()
        office.walk(DAY)
        office.move_to(NEXT)

        office.walk(DAY)

        assert office.done == list(STEPS)

    def test_waits_for_the_relays_while_a_message_waits(self) -> None:
        office = Office()
        office.write(ENTRY)

        office.walk(DAY)

        assert not office.days.is_closed(DAY)
        assert office.pauses == 1
        assert sorted(office.waiting()) == sorted(
            [
                ("business_day", "day"),
                *(("relay", f"relay:{channel.value}") for channel in Channel),
            ]
        )

    def test_closes_once_the_outbox_is_empty(self) -> None:
        office = Office()
        office.write(ENTRY)
        office.walk(DAY)
        office.send()

        office.walk(DAY)

        assert office.days.is_closed(DAY)
        assert office.done == list(STEPS)

    def test_closes_over_a_message_that_was_parked(self) -> None:
        office = Office()
        office.write(ENTRY)
        with office.work() as transaction:
            office.outbox.claim(Channel.ERP, limit=1)
            office.outbox.settle([Delivery(ENTRY, DeliveryState.PARKED, "erp.refuses")])
            transaction.commit()

        office.walk(DAY)

        assert office.days.is_closed(DAY)


class TestRelayedOutbox:
    def test_makes_each_channels_relay_due_once(self) -> None:
        office = Office()

        office.write(ENTRY, Message(Channel.BANK, "payment_file", "1"))
        office.write(Message(Channel.ERP, "entry", "2"))

        assert office.waiting() == [("relay", "relay:bank"), ("relay", "relay:erp")]
        assert office.outbox.waiting() == 3

    def test_makes_nothing_due_without_a_message_or_a_commit(self) -> None:
        office = Office()

        office.write()
        with office.work():
            office.outbox.add([ENTRY])

        assert (office.waiting(), office.outbox.waiting()) == ([], 0)


@attrs.frozen
class Part:
    """One chunk."""

    resume: str | None


class TestInChunks:
    @given(size=st.integers(0, 20), limit=st.integers(1, 7))
    def test_does_everything_once_in_order(self, size: int, limit: int) -> None:
        keys = [f"{number:02d}" for number in range(size)]
        done: list[str] = []

        def use_case(*, after: str) -> Part:
            chunk = [key for key in keys if key > after][:limit]
            done.extend(chunk)
            return Part(chunk[-1] if len(chunk) == limit else None)

        chunks = InChunks(use_case)()

        assert done == keys
        assert chunks == size // limit + 1

    def test_begins_anew_when_it_is_run_again(self) -> None:
        begun: list[str] = []

        def use_case(*, after: str) -> Part:
            begun.append(after)
            if after:
                raise Fault("bank.silent", "no answer")
            return Part("a")

        for _ in range(2):
            with pytest.raises(Fault):
                InChunks(use_case)()

        assert begun == ["", "a", "", "a"]
