"""Gapless number series as locked rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

__all__ = ["PostgresNumbers"]

_TAKE: Final = text("""
    INSERT INTO number_series (series, last) VALUES (:series, :count)
    ON CONFLICT (series) DO UPDATE SET last = number_series.last + :count
    RETURNING last
""")
_TAKE_FREE: Final = text("""
    WITH free AS (
        SELECT series FROM number_series WHERE series = ANY (:series)
        ORDER BY array_position(:series, series) LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE number_series SET last = last + :count FROM free
    WHERE number_series.series = free.series
    RETURNING number_series.series, last
""")
_BEGIN: Final = text("""
    INSERT INTO number_series (series, last)
    SELECT series, 0 FROM unnest(CAST(:series AS text[])) AS given (series) ORDER BY series
    ON CONFLICT DO NOTHING
""")


class PostgresNumbers:
    """Implements the Numbers port: the row is locked until the transaction ends."""

    def __init__(self, database: Database):
        self._database = database

    def take(self, series: str, count: int) -> range:
        """Take `count` consecutive numbers."""
        given = {"series": series, "count": count}
        last: int = self._database.connection().execute(_TAKE, given).scalar_one()
        return range(last - count + 1, last + 1)

    def take_free(self, series: Sequence[str], count: int) -> tuple[str, range]:
        """Take `count` consecutive numbers of the first series nobody else holds."""
        first, *others = series
        if not others:
            return first, self.take(first, count)
        connection, given = self._database.connection(), {"series": list(series), "count": count}
        found = connection.execute(_TAKE_FREE, given).one_or_none()
        if found is None:
            # Nobody has taken of some of them yet, or all are held.
            connection.execute(_BEGIN, {"series": list(series)})
            found = connection.execute(_TAKE_FREE, given).one_or_none()
        if found is None:
            return first, self.take(first, count)
        return found.series, range(found.last - count + 1, found.last + 1)
