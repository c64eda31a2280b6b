"""Waiting until somebody waits for a lock, so that what is tried happens at the same time."""

from __future__ import annotations

import time

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

__all__ = ["waits_for_a_lock"]

_WAITING = text("""
    SELECT EXISTS (SELECT FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database())
""")


def waits_for_a_lock(database: Database, *, seconds: float = 60) -> bool:
    """Tell as soon as a transaction of the database waits for another's lock, or that none does."""
    deadline = time.monotonic() + seconds
    # In a transaction what the server does is seen as it was at the first look.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
        while time.monotonic() < deadline:
            if looking.scalar(_WAITING):
                return True
            time.sleep(0.01)
    return False
