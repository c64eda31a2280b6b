"""Business days opened by the clock on the wall: in order, in time, never over an open one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.memory.bill_runs import MemoryBillRuns, MemoryBillRunShelf
from energyretail.adapters.memory.business_days import MemoryBusinessDays
from energyretail.adapters.memory.jobs import MemoryJobs
from energyretail.adapters.memory.shared import MemoryClock
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.operations import BeginBusinessDay, OpenBusinessDay, OpenDayInTime
from energyretail.domain.markets import SPAIN
from energyretail.domain.operations import BillRun, BillRunState

DAY = timedelta(days=1)
FIRST = date(2026, 3, 27)

# Over the last Sunday of March, when the clocks on the wall go forward.
steps = st.lists(
    st.one_of(st.just("close"), st.timedeltas(timedelta(minutes=1), timedelta(days=2))),
    max_size=30,
)


class Company:
    """A company over memory, begun on FIRST unless told otherwise, at noon of that day."""

    def __init__(self, at: time | None, *, first: date | None = FIRST) -> None:
        store = MemoryStore()
        self.work, self.clock = MemoryWork(store), MemoryClock(store)
        self.runs = MemoryBillRuns(store)
        self.days, self.jobs = MemoryBusinessDays(store), MemoryJobs(store)
        self.now = datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC)
        self.open = OpenBusinessDay(work=self.work, clock=self.clock, days=self.days)
        self.begin = BeginBusinessDay(work=self.work, days=self.days, jobs=self.jobs)
        self.in_time = OpenDayInTime(
            clock=self.clock,
            days=self.days,
            runs=MemoryBillRunShelf(store),
            open_day=self.open,
            begin_day=self.begin,
            now=lambda: self.now,
            zone=SPAIN.zone,
            at=at,
        )
        if first is not None:
            self.open(first)
            self.begin(first)

    def close(self) -> None:
        with self.work() as transaction:
            self.days.close(self.clock.today())
            transaction.commit()


class TestDaysOpenedInTime:
    @given(at=st.times(), steps=steps)
    def test_come_in_order_each_closed_and_none_before_its_time(
        self, at: time, steps: list[object]
    ) -> None:
        company, opened = Company(at), [FIRST]
        for step in steps:
            if isinstance(step, timedelta):
                company.now += step
            else:
                company.close()
            was_closed = company.days.is_closed(opened[-1])

            day = company.in_time()

            local = company.now.astimezone(SPAIN.zone.start_of(FIRST).tzinfo)
            last_due = local.date() if local.time() >= at else local.date() - DAY
            assert (day is not None) == (was_closed and opened[-1] < last_due)
            if day is not None:
                assert (day, company.clock.today()) == (opened[-1] + DAY, day)
                assert company.days.is_begun(day)
                opened.append(day)
        assert len(company.jobs.waiting()) == len(opened)

    @pytest.mark.parametrize(
        ("instant", "due"),
        [
            ("2026-03-27T22:59:59", False),
            ("2026-03-27T23:00:00", True),
            # On the last Sunday of October the time between two and three comes twice.
            ("2026-10-24T22:29:59", False),
            ("2026-10-24T22:30:00", True),
        ],
    )
    def test_come_at_the_very_minute(self, instant: str, *, due: bool) -> None:
        now = datetime.fromisoformat(f"{instant}+00:00")
        at = time(0) if now.month == 3 else time(0, 30)
        company = Company(at, first=SPAIN.zone.day_of(now + timedelta(minutes=5)) - DAY)
        company.close()
        company.now = now

        assert (company.in_time() is not None) == due

    @pytest.mark.parametrize("minutes", [0, 30, 60, 90])
    def test_come_once_in_the_hour_that_comes_twice(self, minutes: int) -> None:
        company = Company(time(2, 30), first=date(2026, 10, 24))
        company.close()
        company.now = datetime(2026, 10, 25, 0, tzinfo=UTC) + timedelta(minutes=minutes)

        opened = [company.in_time() for _ in "ab"]

        # Half past two is at 00:30 and at 01:30 of UTC; at 01:00 it is two o'clock again.
        assert opened == [date(2026, 10, 25) if minutes in (30, 90) else None, None]

    @pytest.mark.parametrize(
        ("state", "opens"),
        [
            (BillRunState.PLANNED, False),
            (BillRunState.RUNNING, False),
            (BillRunState.FAILED, True),
            (BillRunState.DONE, True),
        ],
    )
    def test_come_after_the_bill_runs_of_the_day_before(
        self, state: BillRunState, *, opens: bool
    ) -> None:
        company = Company(time(0))
        company.close()
        company.now += DAY
        with company.work() as transaction:
            company.runs.add(BillRun(1, FIRST, "Ana", dry_run=True, state=state), ())
            transaction.commit()

        assert (company.in_time() is not None) == opens

    def test_begin_with_a_persons(self) -> None:
        assert Company(time(0), first=None).in_time() is None

    def test_are_all_a_persons_without_a_time(self) -> None:
        company = Company(None)
        company.close()
        company.now += 3 * DAY

        assert company.in_time() is None

    def test_are_begun_though_whoever_opened_them_died(self) -> None:
        company = Company(time(0))
        company.close()
        company.now += DAY
        company.open(FIRST + DAY)

        assert [company.in_time() for _ in "ab"] == [FIRST + DAY, None]
        assert company.days.is_begun(FIRST + DAY)
