"""The shared ports in both worlds."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import psycopg
from sqlalchemy import text

from energyretail.adapters.memory.business_days import MemoryBusinessDays
from energyretail.adapters.memory.jobs import MemoryJobs
from energyretail.adapters.memory.shared import (
    MemoryClock,
    MemoryInbox,
    MemoryNumbers,
    MemoryOutbox,
    MemoryWorkList,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.business_days import PostgresBusinessDays
from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.inbox import PostgresInbox
from energyretail.adapters.postgres.jobs import QUEUE, PostgresJobs
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.shared import Received
from energyretail.testing.conformance.shared import InboxRow, SharedWorld

Waiting = list[tuple[str, str | None, Mapping[str, str]]]


@attrs.frozen
class _MemoryQueue:
    store: MemoryStore

    def waiting(self) -> Waiting:
        jobs = MemoryJobs(self.store).waiting()
        return [(job.task, job.lock, dict(job.arguments)) for job in jobs]

    def begin(self) -> None:
        with self.store.transaction() as transaction:
            MemoryJobs(self.store).take()
            transaction.commit()


@attrs.frozen
class _PostgresQueue:
    url: str

    def waiting(self) -> Waiting:
        with psycopg.connect(self.url) as connection:
            return connection.execute(
                "SELECT task_name, lock, args FROM procrastinate_jobs WHERE status = 'todo'"
                " ORDER BY priority DESC, id"
            ).fetchall()

    def begin(self) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "SELECT id FROM procrastinate_fetch_job_v2(ARRAY[%s]::varchar[], NULL)", (QUEUE,)
            )


def shared_in_memory(store: MemoryStore | None = None) -> SharedWorld:
    """Return an empty world in memory, over an empty store."""
    store = store or MemoryStore()

    def inbox_row(source: str, key: str) -> InboxRow | None:
        row = store.table("inbox").get((source, key))
        return InboxRow(*row) if row else None

    return SharedWorld(
        work=MemoryWork(store),
        clock=MemoryClock(store),
        numbers=MemoryNumbers(store),
        inbox=MemoryInbox(store),
        inbox_row=inbox_row,
        outbox=MemoryOutbox(store),
        work_list=MemoryWorkList(store),
        days=MemoryBusinessDays(store),
        jobs=MemoryJobs(store),
        queue=_MemoryQueue(store),
    )


def shared_in_postgres(database: Database) -> SharedWorld:
    """Return a world over a fresh database."""

    def inbox_row(source: str, key: str) -> InboxRow | None:
        with database.reading() as connection:
            row = connection.execute(
                text("SELECT * FROM inbox WHERE (source, key) = (:source, :key)"),
                {"source": source, "key": key},
            ).first()
        if row is None:
            return None
        received = Received(row.source, row.key, bytes(row.raw), row.schema)
        return InboxRow(received, row.received_on, row.state, row.code, row.text)

    return SharedWorld(
        work=PostgresWork(database),
        clock=PostgresClock(database),
        numbers=PostgresNumbers(database),
        inbox=PostgresInbox(database),
        inbox_row=inbox_row,
        outbox=PostgresOutbox(database),
        work_list=PostgresWorkList(database),
        days=PostgresBusinessDays(database),
        jobs=PostgresJobs(database),
        queue=_PostgresQueue(database.url),
    )
