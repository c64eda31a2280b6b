"""The items to bill that no bill takes, found by one set query."""

from __future__ import annotations

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import StrayItem
from energyretail.domain.shared import Period

__all__ = ["PostgresStrayItems"]

_STRAY = text("""
    WITH item AS (
        SELECT DISTINCT ON (point, sort, name, days) point, sort, name, body,
            lower(days) AS starts, upper(days) AS ends, upper(days) - 1 AS day,
            (point || '/' || sort || '/' || name || '/' || lower(days) || '/' || upper(days))
                COLLATE "C" AS key
        FROM usage_fact
        WHERE sort IN ('extra', 'passed_on') AND upper(days) > :starts AND upper(days) <= :ends
        ORDER BY point, sort, name, days, number DESC
    )
    SELECT point, sort, name, starts, ends FROM item
    WHERE key > :after
        AND CAST(CAST(body AS jsonb) ->> CASE sort WHEN 'extra' THEN 'quantity' ELSE 'amount' END
            AS numeric) <> 0
        AND NOT EXISTS (
            SELECT FROM supply WHERE left(supply.cups, 20) = item.point
                AND started_on <= day AND (ended_on IS NULL OR day < ended_on))
    ORDER BY key LIMIT :limit
""")


class PostgresStrayItems:
    """Implements the StrayItems port."""

    def __init__(self, database: Database):
        self._database = database

    def stray(self, days: Period, *, after: str, limit: int) -> tuple[StrayItem, ...]:
        """Return items of some days on which no contract supplied their point."""
        given = {"starts": days.start, "ends": days.until, "after": after, "limit": limit}
        with self._database.reading() as connection:
            return tuple(
                StrayItem(row.point, row.sort, row.name, Period(row.starts, row.ends))
                for row in connection.execute(_STRAY, given)
            )
