"""The work list as a table."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.operations import WorkItem

__all__ = ["PostgresWorkList"]


class PostgresWorkList:
    """Implements the WorkList port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, items: Sequence[WorkItem]) -> None:
        """Put items on the list, once each."""
        if not items:
            return
        self._database.connection().execute(
            text(
                "INSERT INTO work_item (kind, key, code, text, way_out, raised_on)"
                " VALUES (:kind, :key, :code, :text, :way_out, :raised_on)"
                " ON CONFLICT (kind, key) DO NOTHING"
            ),
            [
                {
                    "kind": item.kind,
                    "key": item.key,
                    "code": item.code,
                    "text": item.text,
                    "way_out": item.way_out,
                    "raised_on": item.raised_on,
                }
                for item in items
            ],
        )

    def open_items(self) -> tuple[WorkItem, ...]:
        """Return what waits for a person."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT kind, key, code, text, way_out, raised_on FROM work_item"
                    ' ORDER BY kind COLLATE "C", key COLLATE "C"'
                )
            ).all()
        return tuple(WorkItem(*row) for row in rows)
