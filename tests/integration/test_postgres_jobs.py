"""Jobs are enqueued with the transaction or not at all, and never missed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from energyretail.adapters.memory.jobs import MemoryJobs
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.jobs import QUEUE, PostgresJobs
from energyretail.adapters.postgres.locks import ChannelLocks
from energyretail.application.shared import Work
from energyretail.application.shared.jobs import Jobs

Waiting = Callable[[], list[tuple[str, str | None]]]
Wired = tuple[Work, Jobs, Waiting]


@pytest.fixture
def on_postgres(database: Database) -> Wired:
    def waiting() -> list[tuple[str, str | None]]:
        with psycopg.connect(database.url) as connection:
            return connection.execute(
                "SELECT args ->> 'n', lock FROM procrastinate_jobs WHERE status = 'todo'"
                " ORDER BY id"
            ).fetchall()

    return PostgresWork(database), PostgresJobs(database), waiting


@pytest.fixture
def in_memory() -> Wired:
    store = MemoryStore()
    jobs = MemoryJobs(store)
    return (
        MemoryWork(store),
        jobs,
        lambda: [(dict(j.arguments)["n"], j.lock) for j in jobs.waiting()],
    )


@pytest.fixture(params=["in_memory", "on_postgres"])
def wired(request: pytest.FixtureRequest) -> Wired:
    found: Wired = request.getfixturevalue(request.param)
    return found


class TestJobs:
    def test_are_enqueued_in_order_with_the_commit(self, wired: Wired) -> None:
        work, jobs, waiting = wired

        with work() as transaction:
            jobs.enqueue("bill", lock="day", n="1")
            jobs.enqueue("bill", n="2")
            transaction.commit()

        assert waiting() == [("1", "day"), ("2", None)]

    def test_vanish_with_a_transaction_undone(self, wired: Wired) -> None:
        work, jobs, waiting = wired

        with work():
            jobs.enqueue("bill", n="1")

        assert waiting() == []

    def test_wait_once_under_one_name_without_failing_the_transaction(self, wired: Wired) -> None:
        work, jobs, waiting = wired

        for _ in range(2):
            with work() as transaction:
                jobs.enqueue("relay", once="relay:erp", n="first")
                jobs.enqueue("relay", once="relay:erp", n="second")
                jobs.enqueue("other", n="other")
                transaction.commit()

        assert [n for n, _ in waiting()] == ["first", "other", "other"]

    def test_cannot_be_enqueued_outside_a_transaction(self, wired: Wired) -> None:
        _, jobs, _ = wired

        with pytest.raises(RuntimeError):
            jobs.enqueue("bill", n="1")


class TestJobsOnPostgres:
    def test_a_waiting_job_does_not_begin_before_the_transaction_that_counts_on_it(
        self, database: Database
    ) -> None:
        work, jobs = PostgresWork(database), PostgresJobs(database)
        with work() as transaction:
            jobs.enqueue("relay", once="relay:erp")
            transaction.commit()

        with work() as transaction:
            jobs.enqueue("relay", once="relay:erp")
            begun_too_early = _fetch(database.url)
            transaction.commit()

        assert begun_too_early is None
        assert _fetch(database.url) is not None

    def test_transactions_that_come_together_share_one_job(self, database: Database) -> None:
        jobs, work = PostgresJobs(database), PostgresWork(database)

        def enqueue() -> None:
            with work() as transaction:
                jobs.enqueue("relay", once="relay:erp")
                time.sleep(0.05)
                transaction.commit()

        threads = [threading.Thread(target=enqueue) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert _fetch(database.url) is not None
        assert _fetch(database.url) is None

    def test_a_lock_is_held_by_one_and_free_after_the_block(self, database: Database) -> None:
        locks = ChannelLocks(database)

        with (
            locks.hold("relay:erp") as first,
            locks.hold("relay:erp") as second,
            locks.hold("relay:bank") as other,
        ):
            held = (first, second, other)

        with locks.hold("relay:erp") as again:
            assert (*held, again) == (True, False, True, True)


def _fetch(url: str) -> int | None:
    """Begin the next job as a worker would; returns its number."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT id FROM procrastinate_fetch_job_v2(ARRAY[%s]::varchar[], NULL)", (QUEUE,)
        ).fetchone()
    assert row is not None
    number: int | None = row[0]
    return number
