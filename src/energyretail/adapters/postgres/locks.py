"""Locks between processes that end with the process, as advisory locks of Postgres."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from energyretail.adapters.postgres.database import Database

__all__ = ["ChannelLocks"]


class ChannelLocks:
    """Implements the RelayLocks port on connections of their own."""

    def __init__(self, database: Database):
        self._database = database

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold `name` for the block; False when another process holds it."""
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with self._database.engine.connect() as connection:
            # Outside any transaction: the block may last long, and a snapshot held open
            # would keep Postgres from cleaning up.
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            held = bool(
                autocommit.execute(
                    text("SELECT pg_try_advisory_lock(:key)"), {"key": key}
                ).scalar_one()
            )
            try:
                yield held
            finally:
                if held:
                    _release(autocommit, key)


def _release(connection: Connection, key: int) -> None:
    try:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
    except DBAPIError:
        # The session is gone, and the lock with it; the pool must not give it out again.
        connection.invalidate()
