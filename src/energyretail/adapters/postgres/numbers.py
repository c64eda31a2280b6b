"""Gapless number series, each held by a lock of its name until the transaction ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

__all__ = ["PostgresNumbers"]

# Who takes of a series holds a lock of its name and then its row: a row that is not there yet, or
# not yet for others, cannot be held, and what is inserted into waits for whoever inserts the same.
_LOCK: Final = "hashtextextended({}, 20261129)"
_TAKE: Final = text(f"""
    WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock({_LOCK.format(":series")}))
    INSERT INTO number_series (series, last) SELECT :series, :count FROM held
    ON CONFLICT (series) DO UPDATE SET last = number_series.last + :count
    RETURNING last
""")
# They are tried one after the other, and no further than the first that is free.
_HOLD_FREE: Final = text(f"""
    SELECT series FROM (
        SELECT series FROM unnest(CAST(:series AS text[])) WITH ORDINALITY AS given (series, place)
        ORDER BY place OFFSET 0
    ) AS given
    WHERE pg_try_advisory_xact_lock({_LOCK.format("series")}) LIMIT 1
""")


class PostgresNumbers:
    """Implements the Numbers port: who takes of a series holds it until the transaction ends."""

    def __init__(self, database: Database):
        self._database = database

    def take(self, series: str, count: int) -> range:
        """Take `count` consecutive numbers."""
        given = {"series": series, "count": count}
        last: int = self._database.connection().execute(_TAKE, given).scalar_one()
        return range(last - count + 1, last + 1)

    def take_free(self, series: Sequence[str], count: int) -> tuple[str, range]:
        """Take `count` consecutive numbers of the first series nobody else holds."""
        free = series[0]
        if len(series) > 1:
            given = {"series": list(series)}
            free = self._database.connection().scalar(_HOLD_FREE, given) or free
        return free, self.take(free, count)
