"""The outbox's parked messages, and their items on the work list."""

from __future__ import annotations

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.application.shared import Channel

__all__ = ["PostgresParkedMessages"]

# What became of the last attempt is not kept, so that each may have been sent.
_RELEASE = text(
    """
    WITH released AS (
        UPDATE outbox SET state = 'unknown', attempts = 0, code = '', text = ''
        WHERE channel = :channel AND state = 'parked'
        RETURNING concat_ws('/', channel, kind, key) AS key
    ), done AS (
        DELETE FROM work_item USING released
        WHERE work_item.kind = 'outbox' AND work_item.key = released.key
    )
    SELECT count(*) FROM released
    """
)


class PostgresParkedMessages:
    """Implements the ParkedMessages port."""

    def __init__(self, database: Database):
        self._database = database

    def release(self, channel: Channel) -> int:
        """Let every parked message of `channel` wait again; return how many."""
        connection = self._database.connection()
        count: int = connection.execute(_RELEASE, {"channel": channel.value}).scalar_one()
        return count
