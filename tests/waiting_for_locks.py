"""Waiting until somebody waits for a lock, so that what is tried happens at the same time."""

from __future__ import annotations

import time

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

__all__ = ["wait_for_a_lock"]

_WAITING = text("""
    SELECT EXISTS (SELECT FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database())
""")


def wait_for_a_lock(database: Database) -> None:
    """Return as soon as a transaction of the database waits for another's lock."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with database.reading() as connection:
            if connection.scalar(_WAITING):
                return
        time.sleep(0.02)
    raise TimeoutError("nobody waits")
