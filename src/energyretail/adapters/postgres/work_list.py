"""The work list as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.operations import WorkItem

__all__ = ["PostgresWorkList"]

_CLOSE: Final = text("""
    WITH taken AS (
        DELETE FROM work_item
        USING unnest(CAST(:kinds AS text[]), CAST(:keys AS text[])) AS named (kind, key)
        WHERE work_item.kind = named.kind AND work_item.key = named.key
        RETURNING work_item.*
    )
    INSERT INTO closed_work_item (kind, key, code, text, way_out, raised_on, closed_on, remark)
    SELECT kind, key, code, text, way_out, raised_on, :on, :remark FROM taken
    ORDER BY kind COLLATE "C", key COLLATE "C"
""")

_KEYS: Final = text("""
    SELECT key FROM work_item
    WHERE kind = :kind AND key COLLATE "C" > :after
        AND (:before = '' OR key COLLATE "C" < :before)
    ORDER BY key COLLATE "C"
""")


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

    def close(self, keys: Sequence[tuple[str, str]], *, on: date, remark: str) -> None:
        """Take items off the list that wait for nobody any more, in one statement."""
        if not keys:
            return
        kinds, names = zip(*dict.fromkeys(keys), strict=True)
        given = {"kinds": list(kinds), "keys": list(names), "on": on, "remark": remark}
        self._database.connection().execute(_CLOSE, given)

    def open_keys(self, kind: str, *, after: str, before: str) -> tuple[str, ...]:
        """Return the keys of a kind of items in a range."""
        given = {"kind": kind, "after": after, "before": before}
        with self._database.reading() as connection:
            return tuple(connection.scalars(_KEYS, given))

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
