"""Jobs in Postgres are shared, and never begun too early; locks end with their holder."""

from __future__ import annotations

import threading
import time

import psycopg

from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.jobs import QUEUE, PostgresJobs
from energyretail.adapters.postgres.locks import ChannelLocks


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
