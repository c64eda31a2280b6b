"""The long lists of operations, in Postgres."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.application.operations import DayShown, work_item_key
from energyretail.application.shared import Page, page_of
from energyretail.domain.operations import WorkItem

__all__ = ["PostgresBusinessDayShelf", "PostgresWorkItemShelf"]

# Both lists are short: their keys are made, not looked up.
_ITEMS: Final = Keyset.by_text(
    """
    SELECT kind, key, code, text, way_out, raised_on
    FROM (SELECT *, concat(kind, '/', key) AS list_key FROM work_item) AS work_item
    """,
    "list_key",
    {"kind": "kind = :kind", "code": "code = :code"},
)

_DAYS: Final = Keyset(
    "SELECT day, steps_done, closed FROM business_day",
    order="day DESC",
    beyond="""to_char(day, 'YYYY-MM-DD') COLLATE "C" < :after""",
)


class PostgresWorkItemShelf:
    """Implements the WorkItemShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self, *, after: str, limit: int, kind: str | None = None, code: str | None = None
    ) -> Page[WorkItem]:
        """Return items beyond a key."""
        rows = _ITEMS.rows(self._database, after=after, limit=limit, kind=kind, code=code)
        return page_of(map(_item, rows), limit=limit, key=work_item_key)


class PostgresBusinessDayShelf:
    """Implements the BusinessDayShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(self, *, after: str, limit: int) -> Page[DayShown]:
        """Return days before a day, the newest first."""
        rows = _DAYS.rows(self._database, after=after, limit=limit)
        return page_of(map(_day, rows), limit=limit, key=lambda one: one.day.isoformat())


def _item(row: Row[Any]) -> WorkItem:
    return WorkItem(row.kind, row.key, row.code, row.text, row.way_out, row.raised_on)


def _day(row: Row[Any]) -> DayShown:
    return DayShown(row.day, tuple(sorted(row.steps_done)), row.closed)
