"""The queue of the workers: procrastinate's table, written inside the business transaction."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from energyretail.adapters.postgres.database import Database

__all__ = ["QUEUE", "PostgresJobs"]

QUEUE: Final = "energyretail"

# The library's own call fails the transaction when a job of the same queueing lock waits;
# its unique index lets us say "or leave it" instead.
_ENQUEUE = text(
    """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
    VALUES (:queue, :task, :priority, :lock, :once, :arguments)
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("arguments", type_=JSONB))

# A waiting job must not begin before this transaction commits, or it would miss what the
# transaction wrote: the lock on its row makes the workers pass it over until then, and the
# notice, sent at the commit, makes them look again.
_HOLD_WAITING = text(
    """
    WITH waiting AS (
        SELECT id FROM procrastinate_jobs
        WHERE queueing_lock = :once AND status = 'todo' FOR KEY SHARE
    )
    SELECT pg_notify(
        'procrastinate_any_queue_v1',
        json_build_object('type', 'job_inserted', 'job_id', id)::text
    ) FROM waiting
    """
)


class PostgresJobs:
    """Implements the Jobs port."""

    def __init__(self, database: Database):
        self._database = database

    def enqueue(
        self,
        task: str,
        *,
        lock: str | None = None,
        once: str | None = None,
        behind: bool = False,
        **arguments: str,
    ) -> None:
        """Make a job due when the transaction commits."""
        connection = self._database.connection()
        values = {
            "queue": QUEUE,
            "task": task,
            "priority": -1 if behind else 0,
            "lock": lock,
            "once": once,
            "arguments": arguments,
        }
        while not (_held(connection, once) or _inserted(connection, values)):
            # Between the two statements the waiting job was begun, or another one committed.
            continue


def _held(connection: Connection, once: str | None) -> bool:
    if once is None:
        return False
    return connection.execute(_HOLD_WAITING, {"once": once}).first() is not None


def _inserted(connection: Connection, values: dict[str, Any]) -> bool:
    return connection.execute(_ENQUEUE, values).first() is not None
