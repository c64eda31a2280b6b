"""Bill runs in memory and in Postgres, by themselves and with the use cases around them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import date
from itertools import accumulate

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from energyretail.adapters.memory.bill_runs import (
    MemoryBillRuns,
    MemoryBillRunShelf,
    MemorySuppliesDue,
)
from energyretail.adapters.memory.jobs import MemoryJobs
from energyretail.adapters.memory.shared import (
    MemoryClock,
    MemoryNumbers,
    MemoryOutbox,
    MemoryWorkList,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWhole, MemoryWork
from energyretail.adapters.postgres.bill_run_shelves import PostgresBillRunShelf
from energyretail.adapters.postgres.bill_runs import PostgresBillRuns
from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, Limits, PostgresWhole, PostgresWork
from energyretail.adapters.postgres.jobs import PostgresJobs
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.supplies_due import PostgresSuppliesDue
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.operations import BillRunShelf, RunShown, ShareBills, StepEnd
from energyretail.application.shared import Transaction
from energyretail.domain.operations import BillRunState, ChunkResult, ChunkState
from energyretail.domain.shared import Conflict, Refused
from energyretail.testing.bill_run_machine import BillRunMachine
from energyretail.testing.bill_runs import BillRunOffice
from energyretail.testing.billing_worlds import memory_world, postgres_world
from energyretail.testing.conformance.bill_runs import (
    BillRunsConformance,
    BillRunsWorld,
    SuppliesDueConformance,
    SuppliesDueWorld,
)
from energyretail.testing.conformance.billing import SECOND, START, contract_of, readings_of
from energyretail.testing.conformance.shared import DAY, NEXT_DAY
from energyretail.testing.conformance.whole import WholeConformance, WholeWorld

KEYS = ("a1", "a2", "h3", "p4", "a5")


def in_memory(store: MemoryStore | None = None) -> BillRunsWorld:
    store = store or MemoryStore()
    return BillRunsWorld(
        work=MemoryWork(store),
        whole=MemoryWhole(store),
        clock=MemoryClock(store),
        numbers=MemoryNumbers(store),
        jobs=MemoryJobs(store),
        work_list=MemoryWorkList(store),
        runs=MemoryBillRuns(store),
        shelf=MemoryBillRunShelf(store),
    )


def in_postgres(database: Database) -> BillRunsWorld:
    return BillRunsWorld(
        work=PostgresWork(database),
        whole=PostgresWhole(database),
        clock=PostgresClock(database),
        numbers=PostgresNumbers(database),
        jobs=PostgresJobs(database),
        work_list=PostgresWorkList(database),
        runs=PostgresBillRuns(database),
        shelf=PostgresBillRunShelf(database),
    )


class TestWholeInMemory(WholeConformance):
    @pytest.fixture
    def world(self) -> WholeWorld:
        store = MemoryStore()
        return WholeWorld(MemoryWork(store), MemoryWhole(store), MemoryOutbox(store))


class TestWholeInPostgres(WholeConformance):
    @pytest.fixture
    def world(self, database: Database) -> WholeWorld:
        return WholeWorld(PostgresWork(database), PostgresWhole(database), PostgresOutbox(database))


class TestBillRunsInMemory(BillRunsConformance):
    @pytest.fixture
    def world(self) -> BillRunsWorld:
        return in_memory()


class TestBillRunsInPostgres(BillRunsConformance):
    @pytest.fixture
    def world(self, database: Database) -> BillRunsWorld:
        return in_postgres(database)


class TestSuppliesDueInMemory(SuppliesDueConformance):
    @pytest.fixture
    def world(self) -> SuppliesDueWorld:
        store = MemoryStore()
        return SuppliesDueWorld(memory_world(store), MemorySuppliesDue(store))


class TestSuppliesDueInPostgres(SuppliesDueConformance):
    @pytest.fixture
    def world(self, database: Database) -> SuppliesDueWorld:
        return SuppliesDueWorld(postgres_world(database), PostgresSuppliesDue(database))


class TestSuppliesDueInPartsInPostgres(SuppliesDueConformance):
    @pytest.fixture
    def world(self, database: Database) -> SuppliesDueWorld:
        return SuppliesDueWorld(postgres_world(database), PostgresSuppliesDue(database, part=2))

    @pytest.mark.parametrize("pool_size", [2, 8])
    def test_are_put_together_of_crumbs(
        self, world: SuppliesDueWorld, database: Database, pool_size: int
    ) -> None:
        numbers = range(1, 24)
        world.billing.sign(*map(contract_of, numbers))
        world.billing.read(*(readings_of(n, START, 0) for n in numbers))
        world.billing.read(*(readings_of(n, SECOND, 100) for n in numbers if n % 5))
        keys = [each.key for each in world.billing.due(SECOND)]

        with closing(Database(database.url, pool_size=pool_size, limits=Limits(2))) as other:
            due = PostgresSuppliesDue(other, part=7, crumbs=3)
            ends = due.chunk_ends(today=SECOND, size=6)

        lasts, counts = zip(*ends, strict=True)
        assert [keys.index(last) + 1 for last in lasts] == list(accumulate(counts))
        assert sum(counts) == len(keys) == 19
        assert all(4 < count <= 6 for count in counts[:-1])


@pytest.fixture(params=["memory", "postgres"])
def office(request: pytest.FixtureRequest) -> BillRunOffice:
    made: dict[str, Callable[[], BillRunsWorld]] = {
        "memory": in_memory,
        "postgres": lambda: in_postgres(request.getfixturevalue("database")),
    }
    office = BillRunOffice(made[request.param](), KEYS)
    office.open(DAY)
    return office


def state(office: BillRunOffice, number: int) -> BillRunState:
    return office.world.shelf.by_number(number).run.state


@attrs.frozen
class BlindShelf:
    """A shelf on which the run that somebody starts just now is not seen yet."""

    shelf: BillRunShelf

    def of_day(self, day: date) -> tuple[RunShown, ...]:
        return ()


def chunk_states(office: BillRunOffice, number: int) -> list[ChunkState]:
    return [c.state for c in office.world.shelf.chunks(number, after="", limit=99).items]


class TestADaysBills:
    def test_that_are_a_chunk_are_left_to_the_day(self, office: BillRunOffice) -> None:
        office.supplies.keys = [*KEYS[:3]]

        assert office.share() is StepEnd.DONE
        assert office.world.shelf.page(after="", limit=1).items == ()

    def test_that_are_more_are_shared_once_and_waited_for(self, office: BillRunOffice) -> None:
        assert [office.share() for _ in "ab"] == [StepEnd.NOT_YET] * 2

        (shown,) = office.world.shelf.page(after="", limit=9).items
        assert (shown.run.started_by, shown.progress.waiting) == ("business day", 2)
        office.bill(shown.run.number, 1)
        assert office.share() is StepEnd.NOT_YET
        office.bill(shown.run.number, 2)
        office.supplies.keys += ["x1", "x2", "x3", "x4"]

        assert office.share() is StepEnd.DONE
        assert len(office.world.shelf.of_day(shown.run.as_of)) == 1

    @pytest.mark.parametrize("dry_run", [True, False])
    def test_wait_for_the_run_a_person_started(self, office: BillRunOffice, dry_run: bool) -> None:
        run = office.start(dry_run=dry_run, size=1)

        assert office.share() is StepEnd.NOT_YET
        office.bill_all(run.number)
        office.supplies.keys += ["x1", "x2", "x3", "x4"]
        # What a person had billed, or came due since, takes nothing from the day's own run.
        assert office.share() is StepEnd.NOT_YET
        assert [shown.run.started_by for shown in office.world.shelf.of_day(run.as_of)] == [
            "business day",
            "Ana",
        ]

    def test_wait_for_the_run_that_a_person_starts_just_now(self, office: BillRunOffice) -> None:
        seen = office.world.shelf.of_day
        office.start()
        blind = attrs.evolve(office.world, shelf=BlindShelf(office.world.shelf))
        share = ShareBills(
            clock=blind.clock, shelf=blind.shelf, start=office.start_run, chunk_size=3
        )

        assert share() is StepEnd.NOT_YET
        assert len(seen(office.world.clock.today())) == 1

    def test_do_not_wait_for_what_no_run_will_end(
        self, office: BillRunOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def clash(*_: object, **__: object) -> None:
            raise Conflict("x.clash", "with something else")

        monkeypatch.setattr(office.start_run, "if_more_than_a_chunk", clash)

        with pytest.raises(Conflict, match="with something else"):
            office.share()

    @pytest.mark.parametrize("dry_run", [True, False])
    def test_are_a_persons_once_a_run_failed(self, office: BillRunOffice, dry_run: bool) -> None:
        run = office.start(dry_run=dry_run, size=3)
        for chunk in (1, 2):
            office.give_up(run.number, chunk, Refused("x.broken", "no"))
        with pytest.raises(Refused) as failed:
            office.share()
        office.resume(run.number)

        assert failed.value.code == "day.bill_run_failed"
        assert office.share() is StepEnd.NOT_YET

    def test_are_a_persons_once_the_last_run_was_called_off(self, office: BillRunOffice) -> None:
        office.abort(office.start(dry_run=True).number)
        assert office.share() is StepEnd.NOT_YET
        (own, _) = office.world.shelf.of_day(office.world.clock.today())
        office.abort(own.run.number)

        with pytest.raises(Refused) as aborted:
            office.share()

        assert aborted.value.code == "day.bill_run_aborted"
        office.bill_all(office.start().number)
        assert office.share() is StepEnd.DONE


class TestARun:
    def test_bills_all_that_is_due_and_tells_what_came_of_it(self, office: BillRunOffice) -> None:
        run = office.start()

        office.bill_all(run.number)

        shown = office.world.shelf.by_number(run.number)
        why = (("few.held", 1), ("few.parked", 1))
        assert office.supplies.billed() == sorted(KEYS)
        assert shown.run.state is BillRunState.DONE
        assert shown.progress.result == ChunkResult(3, 1, 1, why, took_ms=3000)

    def test_tells_what_columns_left(self, office: BillRunOffice) -> None:
        office.supplies.keys += ["o1", "o2"]
        run = office.start()

        office.bill_all(run.number)

        shown = office.world.shelf.by_number(run.number)
        assert shown.progress.result.one_by_one == (("few.odd", 2),)
        assert office.world.shelf.total().result.one_by_one == (("few.odd", 2),)

    def test_bills_what_became_due_meanwhile_whatever_its_key(self, office: BillRunOffice) -> None:
        run = office.start()
        more = ("a0", "a11", "a12", "a13", "zz")
        office.supplies.keys = sorted((*KEYS, *more))

        office.bill_all(run.number)

        assert office.supplies.billed() == sorted((*KEYS, *more))

    def test_is_done_at_once_when_nothing_is_due(self, office: BillRunOffice) -> None:
        office.supplies.keys = []

        assert office.start().state is BillRunState.DONE
        assert office.start().number == 2

    def test_is_of_the_business_day(self, office: BillRunOffice) -> None:
        run = office.start()
        office.open(NEXT_DAY)

        for late in (lambda: office.bill(run.number, 1), lambda: office.resume(run.number)):
            with pytest.raises(Refused) as refusal:
                late()
            assert refusal.value.code == "operations.bill_run.not_today"
        office.abort(run.number)
        office.bill_all(office.start().number)

        assert office.supplies.due() == []

    def test_bills_all_of_a_chunk_on_its_own_day(self, office: BillRunOffice) -> None:
        run = office.start(size=5)

        office.bill(run.number, 1)

        items = office.world.work_list.open_items()
        assert {item.raised_on for item in items} == {run.as_of}

    def test_is_the_only_one_of_its_day(self, office: BillRunOffice) -> None:
        run = office.start()

        with pytest.raises(Conflict):
            office.start(dry_run=True)
        office.abort(run.number)

        assert office.start().number == 2


class TestADryRun:
    def test_counts_and_keeps_nothing(self, office: BillRunOffice) -> None:
        dry = office.start(dry_run=True)
        office.bill_all(dry.number)
        kept = office.supplies.billed()
        real = office.start()
        office.bill_all(real.number)

        counted = [office.world.shelf.by_number(run.number).progress.result for run in (dry, real)]
        assert kept == []
        assert counted[0] == counted[1]
        assert state(office, dry.number) is BillRunState.DONE


class TestAChunk:
    def test_done_twice_does_nothing(self, office: BillRunOffice) -> None:
        run = office.start()
        first = office.bill(run.number, 1)
        office.supplies.keys = sorted((*KEYS, "a0"))

        assert first is not None
        assert office.bill(run.number, 1) is None
        assert office.supplies.billed() == ["a1", "a2"]

    def test_that_fails_has_billed_nothing_and_is_done_again(self, office: BillRunOffice) -> None:
        run = office.start()
        office.supplies.faults["a2"] = KeyError("a2")
        with pytest.raises(KeyError):
            office.bill(run.number, 1)
        states, billed = chunk_states(office, run.number), office.supplies.billed()

        office.bill(run.number, 1)

        assert (states[0], billed) == (ChunkState.UNDER_WAY, [])
        assert office.supplies.billed() == ["a1", "a2"]

    def test_given_up_fails_the_run_when_the_others_are_done(self, office: BillRunOffice) -> None:
        run = office.start()
        office.bill(run.number, 1)
        office.give_up(run.number, 2, Refused("few.broken", "no"))
        before = state(office, run.number)
        office.bill(run.number, 3)

        assert (before, state(office, run.number)) == (BillRunState.RUNNING, BillRunState.FAILED)
        assert office.bill(run.number, 2) is None
        office.give_up(run.number, 2, KeyError())
        office.give_up(run.number, 9, KeyError())
        assert office.world.shelf.chunks(run.number, after="1", limit=1).items[0].code == (
            "few.broken"
        )

    def test_given_up_is_done_once_the_run_is_resumed(self, office: BillRunOffice) -> None:
        run = office.start()
        for number in (1, 2, 3):
            office.give_up(run.number, number, KeyError())

        office.resume(run.number)
        office.bill_all(run.number)

        assert state(office, run.number) is BillRunState.DONE
        assert office.supplies.due() == []

    def test_done_by_a_twin_after_it_was_begun_is_left_alone(self, office: BillRunOffice) -> None:
        run = office.start()
        more = sorted((*KEYS, "a0"))

        def twin_first(*, trial: bool) -> AbstractContextManager[Transaction]:
            assert office.bill(run.number, 1) == ChunkResult(2, took_ms=1000)
            # Whatever became due since would be billed by whoever does not look.
            office.supplies.keys = more
            return office.world.whole(trial=trial)

        late = BillRunOffice(attrs.evolve(office.world, whole=twin_first), KEYS)
        late.supplies.keys = more

        assert late.bill(run.number, 1) is None
        assert office.supplies.billed() == ["a1", "a2"]

    def test_is_a_trial_in_a_dry_run_alone(self, office: BillRunOffice) -> None:
        trials = list[bool]()

        def noting(*, trial: bool) -> AbstractContextManager[Transaction]:
            trials.append(trial)
            return office.world.whole(trial=trial)

        noted = BillRunOffice(attrs.evolve(office.world, whole=noting), KEYS)
        for dry_run in (True, False):
            run = noted.start(dry_run=dry_run, size=9)
            noted.bill_all(run.number)

        assert trials == [True, False]


class TestAnAbort:
    def test_lets_no_chunk_begin(self, office: BillRunOffice) -> None:
        run = office.start()
        office.bill(run.number, 1)

        office.abort(run.number)

        assert office.abort(run.number).state is BillRunState.ABORTED
        assert office.bill_all(run.number) == [None, None, None]
        assert office.supplies.billed() == ["a1", "a2"]

    def test_lets_go_of_what_a_dead_worker_began(self, office: BillRunOffice) -> None:
        run = office.start()
        office.supplies.faults["a1"] = KeyError("a1")
        with pytest.raises(KeyError):
            office.bill(run.number, 1)

        office.abort(run.number)
        office.bill(run.number, 1)

        assert set(chunk_states(office, run.number)) == {ChunkState.WAITING}
        assert office.supplies.billed() == []

    def test_is_refused_for_what_is_done(self, office: BillRunOffice) -> None:
        run = office.start()
        office.bill_all(run.number)

        for change in (office.abort, office.resume):
            with pytest.raises(Refused) as refusal:
                change(run.number)
            assert refusal.value.code == "operations.bill_run.not_allowed"


class TestJobs:
    def test_are_due_with_the_run_once_each(self) -> None:
        store = MemoryStore()
        office = BillRunOffice(in_memory(store), KEYS)
        office.open(DAY)
        run = office.start()

        office.resume(run.number)

        waiting = MemoryJobs(store).waiting()
        assert [(job.task, dict(job.arguments)) for job in waiting] == [
            ("bill_chunk", {"run": "1", "chunk": str(number)}) for number in (1, 2, 3)
        ]
        assert [job.lock for job in waiting] == [f"bill_run:1/{n}" for n in (1, 2, 3)]


class TestTogether:
    def test_two_workers_in_one_chunk_bill_it_once(self, database: Database) -> None:
        office = BillRunOffice(in_postgres(database), KEYS)
        office.open(DAY)
        run = office.start(size=5)
        told: list[ChunkResult | None] = []
        bill = threading.Barrier(4)

        def one() -> None:
            bill.wait()
            told.append(office.bill(run.number, 1))

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(result is None for result in told) == [False, True, True, True]
        assert state(office, run.number) is BillRunState.DONE

    def test_chunks_that_end_at_once_settle_the_run(self, database: Database) -> None:
        office = BillRunOffice(in_postgres(database), [f"a{n}" for n in range(8)])
        office.open(DAY)
        run = office.start(size=1)

        threads = [
            threading.Thread(target=office.bill, args=(run.number, number))
            for number in range(1, 9)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert state(office, run.number) is BillRunState.DONE
        assert office.supplies.due() == []


def test_memory_and_postgres_agree(database: Database) -> None:
    def machine() -> BillRunMachine:
        with database.transaction() as connection:
            tables = "bill_run, bill_chunk, number_series, work_item, clock, procrastinate_jobs"
            connection.execute(text(f"TRUNCATE {tables} CASCADE"))
            connection.commit()
        return BillRunMachine(in_memory(), in_postgres(database))

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
