"""What a person took off the work list, as rows."""

from __future__ import annotations

from typing import Final

import attrs
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.texts import storable
from energyretail.domain.operations import ClosedWorkItem, WorkItem

__all__ = ["PostgresWorkItemsToClose"]

_TAKE: Final = text("""
    DELETE FROM work_item WHERE kind = :kind AND key = :key
    RETURNING kind, key, code, text, way_out, raised_on
""")

_KEEP: Final = text("""
    INSERT INTO closed_work_item (kind, key, code, text, way_out, raised_on, closed_on, remark)
    VALUES (:kind, :key, :code, :text, :way_out, :raised_on, :closed_on, :remark)
""")

_LAST: Final = text("""
    SELECT kind, key, code, text, way_out, raised_on, closed_on, remark FROM closed_work_item
    WHERE kind = :kind AND key = :key ORDER BY id DESC LIMIT 1
""")


class PostgresWorkItemsToClose:
    """Implements the WorkItemsToClose port."""

    def __init__(self, database: Database):
        self._database = database

    def take(self, kind: str, key: str) -> WorkItem | None:
        """Take an item off the list; None when it is not on it."""
        if not (storable(kind) and storable(key)):
            return None
        row = self._database.connection().execute(_TAKE, {"kind": kind, "key": key}).first()
        return WorkItem(*row) if row is not None else None

    def keep(self, closed: ClosedWorkItem) -> None:
        """Remember an item that was closed."""
        values = attrs.asdict(closed.item)
        values |= {"closed_on": closed.closed_on, "remark": closed.remark}
        self._database.connection().execute(_KEEP, values)

    def last_closed(self, kind: str, key: str) -> ClosedWorkItem | None:
        """Return what was closed last under the key, if anything was."""
        if not (storable(kind) and storable(key)):
            return None
        with self._database.reading() as connection:
            row = connection.execute(_LAST, {"kind": kind, "key": key}).first()
        return ClosedWorkItem(WorkItem(*row[:6]), row.closed_on, row.remark) if row else None
