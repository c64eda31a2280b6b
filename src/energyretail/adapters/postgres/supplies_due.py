"""What is due on a day, cut into chunks: part by part, several at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from itertools import chain, pairwise
from typing import Final

from sqlalchemy import text

from energyretail.adapters.postgres.billing_supplies import DUE, IS_DUE, SUPPLIED
from energyretail.adapters.postgres.database import Database

__all__ = ["PostgresSuppliesDue"]

_PART: Final = 10_000
_AT_ONCE: Final = 4
# A chunk is put together of so many crumbs: they are cut before it is known where chunks end.
_CRUMBS: Final = 50

# Any texts between keys would do: keys begin with the number of a contract, and have a few each.
_BOUNDS: Final = text("""
    SELECT number FROM (
        SELECT number COLLATE "C" AS number,
            row_number() OVER (ORDER BY number COLLATE "C") AS place
        FROM contract
    ) AS contract WHERE place % :part = 0 ORDER BY place
""")
# Told as they come in the order of the index: what lies between two ends is neither kept nor
# sorted.
_ENDS: Final = text(f"""
    SELECT key AS last, number
    FROM (
        SELECT started.key, row_number() OVER by_key AS number,
            lead(true, 1, false) OVER by_key AS goes_on
        FROM ({SUPPLIED}) AS started
        WHERE started.key > :after AND (:until = '' OR started.key <= :until) AND {IS_DUE}
        WINDOW by_key AS (ORDER BY started.key)
    ) AS numbered
    WHERE number % :crumb = 0 OR NOT goes_on
    ORDER BY number
""")
_FIRST_DUE: Final = text(f"SELECT key, bill_from FROM ({DUE}) AS due").bindparams(limit=1)

_End = tuple[str, int]
"""The last key of some supplies, and how many of them are due."""


class PostgresSuppliesDue:
    """Implements the SuppliesDue port: cuts what is committed, so many contracts to a `part`.

    A chunk is smaller than asked by less than one of its `crumbs`. Cutting takes no more than half
    of the pool's connections.
    """

    def __init__(self, database: Database, *, part: int = _PART, crumbs: int = _CRUMBS):
        self._database = database
        self._part = part
        self._crumbs = crumbs

    def chunk_ends(self, *, today: date, size: int) -> tuple[tuple[str, int], ...]:
        """Return the last key of every chunk, and how many are due in it."""
        with self._database.reading() as connection:
            bounds = connection.scalars(_BOUNDS, {"part": self._part}).all()
        parts = pairwise(("", *bounds, ""))
        cut = partial(self._ends, today, max(1, size // self._crumbs))
        at_once = min(_AT_ONCE, self._database.pool_size // 2)
        if not bounds or at_once < 2:  # by the connection that is open anyway, if one is
            return tuple(_together(chain.from_iterable(map(cut, parts)), size))
        with ThreadPoolExecutor(at_once, "cut") as threads:
            return tuple(_together(chain.from_iterable(threads.map(cut, parts)), size))

    def first_due(self, *, today: date, after: str, until: str) -> tuple[str, date] | None:
        """Return the key of the first supply due, and the day to bill from."""
        given = {"today": today, "after": after, "until": until}
        with self._database.reading() as connection:
            row = connection.execute(_FIRST_DUE, given).one_or_none()
        return None if row is None else (row.key, row.bill_from)

    def _ends(self, today: date, crumb: int, part: tuple[str, str]) -> list[_End]:
        """Return where the crumbs of a part end."""
        after, until = part
        given = {"today": today, "crumb": crumb, "after": after, "until": until}
        with self._database.reading() as connection:
            rows = connection.execute(_ENDS, given).all()
        counted = pairwise((0, *(row.number for row in rows)))
        return [
            (row.last, number - before) for row, (before, number) in zip(rows, counted, strict=True)
        ]


def _together(crumbs: Iterable[_End], size: int) -> Iterator[_End]:
    """Put crumbs that follow one another together, as long as they are no more than `size`."""
    last, due = "", 0
    for end, more in crumbs:
        if due + more > size:
            yield last, due
            due = 0
        last, due = end, due + more
    if due:
        yield last, due
