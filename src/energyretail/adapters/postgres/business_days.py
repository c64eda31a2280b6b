"""Which steps of which business day are done, as rows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

__all__ = ["PostgresBusinessDays"]


class PostgresBusinessDays:
    """Implements the BusinessDays port."""

    def __init__(self, database: Database):
        self._database = database

    def begin(self, day: date) -> None:
        """Note a day as begun."""
        self._database.connection().execute(
            text("INSERT INTO business_day (day) VALUES (:day) ON CONFLICT (day) DO NOTHING"),
            {"day": day},
        )

    def is_begun(self, day: date) -> bool:
        """Tell whether the day was begun."""
        with self._database.reading() as connection:
            begun = connection.execute(
                text("SELECT 1 FROM business_day WHERE day = :day"), {"day": day}
            ).scalar()
        return begun is not None

    def steps_done(self, day: date) -> frozenset[str]:
        """Return the steps done."""
        with self._database.reading() as connection:
            steps = connection.execute(
                text("SELECT steps_done FROM business_day WHERE day = :day"), {"day": day}
            ).scalar()
        return frozenset(steps or ())

    def mark(self, day: date, step: str) -> None:
        """Note a step as done."""
        self._database.connection().execute(
            text(
                "INSERT INTO business_day (day, steps_done) VALUES (:day, ARRAY[:step])"
                " ON CONFLICT (day) DO UPDATE"
                " SET steps_done = array_append(business_day.steps_done, :step)"
                " WHERE NOT :step = ANY(business_day.steps_done)"
            ),
            {"day": day, "step": step},
        )

    def is_closed(self, day: date) -> bool:
        """Tell whether the day is closed."""
        with self._database.reading() as connection:
            closed = connection.execute(
                text("SELECT closed FROM business_day WHERE day = :day"), {"day": day}
            ).scalar()
        return bool(closed)

    def close(self, day: date) -> None:
        """Note the day as closed."""
        self._database.connection().execute(
            text(
                "INSERT INTO business_day (day, closed) VALUES (:day, true)"
                " ON CONFLICT (day) DO UPDATE SET closed = true"
            ),
            {"day": day},
        )
