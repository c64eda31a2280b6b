"""Gapless number series as locked rows."""

from __future__ import annotations

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

__all__ = ["PostgresNumbers"]


class PostgresNumbers:
    """Implements the Numbers port: the row is locked until the transaction ends."""

    def __init__(self, database: Database):
        self._database = database

    def take(self, series: str, count: int) -> range:
        """Take `count` consecutive numbers."""
        last: int = (
            self._database.connection()
            .execute(
                text(
                    "INSERT INTO number_series (series, last) VALUES (:series, :count)"
                    " ON CONFLICT (series) DO UPDATE SET last = number_series.last + :count"
                    " RETURNING last"
                ),
                {"series": series, "count": count},
            )
            .scalar_one()
        )
        return range(last - count + 1, last + 1)
