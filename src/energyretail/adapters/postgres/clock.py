"""The company's clock as the one row every process reads."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.shared import Refused

__all__ = ["PostgresClock"]


class PostgresClock:
    """Implements the Clock port, and lets the one who opens days move it."""

    def __init__(self, database: Database):
        self._database = database

    def today(self) -> date:
        """Return the business day; raises Refused ``clock.not_set`` before the first one."""
        with self._database.reading() as connection:
            today: date | None = connection.execute(text("SELECT today FROM clock")).scalar()
        if today is None:
            raise Refused("clock.not_set", "no business day was opened yet")
        return today

    def move_to(self, day: date) -> None:
        """Make `day` the business day; raises Refused ``clock.backwards`` for an earlier one."""
        moved = self._database.connection().execute(
            text(
                "INSERT INTO clock (today) VALUES (:day) ON CONFLICT (singleton)"
                " DO UPDATE SET today = :day WHERE clock.today <= :day"
            ),
            {"day": day},
        )
        if moved.rowcount == 0:
            raise Refused("clock.backwards", "the company's clock never goes back", day=day)
