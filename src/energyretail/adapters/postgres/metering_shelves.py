"""The long list of a supply point's readings, in Postgres."""

from __future__ import annotations

from datetime import date
from typing import Final

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.adapters.postgres.metering import reading_of
from energyretail.application.metering import KeptReading
from energyretail.application.shared import Page, page_of
from energyretail.domain.shared import Cups

__all__ = ["PostgresReadingShelf"]

# The readings of one point are few: their keys are made, not looked up.
_READINGS: Final = Keyset.by_text(
    """
    SELECT reading.*, trim_scale(index_kwh) AS shown_kwh
    FROM (
        SELECT *, version = max(version) OVER (PARTITION BY register, taken_on) AS is_current,
            concat_ws('/', to_char(taken_on, 'YYYY-MM-DD'), register,
                lpad(CAST(version AS text), 6, '0')) AS list_key
        FROM reading WHERE left(cups, 20) = left(:cups, 20)
    ) AS reading
    """,
    "list_key",
    {
        "cups": "left(cups, 20) = left(:cups, 20)",
        "register": "register = :register",
        "since": "taken_on >= :since",
        "until": "taken_on < :until",
        "current_only": "is_current",
    },
)


class PostgresReadingShelf:
    """Implements the ReadingShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self,
        cups: Cups,
        *,
        after: str,
        limit: int,
        register: str | None = None,
        since: date | None = None,
        until: date | None = None,
        current_only: bool = False,
    ) -> Page[KeptReading]:
        """Return a point's readings beyond a key."""
        rows = _READINGS.rows(
            self._database,
            after=after,
            limit=limit,
            cups=cups,
            register=register,
            since=since,
            until=until,
            current_only=current_only or None,
        )
        found = (KeptReading(reading_of(row), row.received_on, row.is_current) for row in rows)
        return page_of(found, limit=limit, key=lambda kept: kept.key)
