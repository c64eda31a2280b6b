"""Pages of rows, found by key and never by count."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import Row, text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.texts import storable
from energyretail.domain.shared import Cups

__all__ = ["Keyset"]


@attrs.frozen
class Keyset:
    """A list in SQL: what is selected, in which order, and what may be asked of it.

    `select` goes up to WHERE, `group` follows it. `beyond` holds for the rows that come after
    the key ``:after``. `asked` has a condition for each filter, which may name the filter's
    value: one not asked for is left out, so that the planner sees what there is.
    """

    select: str
    order: str
    beyond: str
    asked: Mapping[str, str] = attrs.field(factory=dict)
    group: str = ""

    @classmethod
    def by_text(
        cls, select: str, key: str, asked: Mapping[str, str] | None = None, *, group: str = ""
    ) -> Keyset:
        """Return a list in the order of a key's characters, whatever the database's language."""
        column = f'{key} COLLATE "C"'
        return cls(select, column, f"{column} > :after", asked or {}, group)

    @classmethod
    def by_row(
        cls, select: str, table: str, key: str, asked: Mapping[str, str] | None = None
    ) -> Keyset:
        """Return a list in the order the rows came; each is known by its unique `key`."""
        last = f"(SELECT id FROM {table} WHERE {key} = :after)"
        return cls(select, f"{table}.id", f"{table}.id > {last}", asked or {})

    def rows(
        self, database: Database, *, after: str, limit: int, **filters: object
    ) -> Sequence[Row[Any]]:
        """Return up to `limit` rows after a key (empty: from the first), and one more if any.

        None where the key or a filter is a text that no table could hold.
        """
        values = {name: _plain(value) for name, value in filters.items() if value is not None}
        if not all(storable(text) for text in (after, *values.values()) if isinstance(text, str)):
            return ()
        wanted = [self.asked[name] for name in values]
        if after:
            wanted.append(self.beyond)
        where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
        sql = f"{self.select} {where} {self.group} ORDER BY {self.order} LIMIT :row_limit"
        with database.reading() as connection:
            given = values | {"after": after, "row_limit": limit + 1}
            return connection.execute(text(sql), given).all()


def _plain(value: object) -> object:
    return value.value if isinstance(value, enum.Enum | Cups) else value
