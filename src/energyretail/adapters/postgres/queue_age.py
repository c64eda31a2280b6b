"""How long the workers' queue has been waiting for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

__all__ = ["PostgresQueue"]

# A job that is tried again waits since it was put back.
_WAITING_SINCE = text("""
    SELECT max(at) FROM procrastinate_events
    WHERE type IN ('deferred', 'deferred_for_retry') AND job_id = (
        SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1)
""")


class PostgresQueue:
    """Looks at the queue from outside."""

    def __init__(self, database: Database):
        self._database = database

    def waiting_since(self) -> datetime | None:
        """Return when the oldest job that waits was made due, by the database's clock."""
        with self._database.reading() as connection:
            since: datetime | None = connection.execute(_WAITING_SINCE).scalar()
        return since
