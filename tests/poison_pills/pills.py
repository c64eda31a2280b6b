"""What a poisoned supply does when it is billed, by what a table of the database says of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import Final

import psycopg
from sqlalchemy import text

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.billing_supplies import DUE
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import AlikeSupplies, DuePage, IssuedAlike, RatedAlike
from energyretail.domain.billing import Invoice, Rateable
from energyretail.domain.ledger import Entry

__all__ = ["CORRUPT", "PILLS", "PoisonedBills", "PoisonedRating"]

CORRUPT: Final = "corrupt"
"""Nothing is done for it: the row of the supply is broken, and whoever reads it raises."""

_RATED: Final = "rate"
"""It does nothing when it is kept: whoever rates it never comes to an end."""

_KEYS: Final = text(f"SELECT key FROM ({DUE}) AS due")


def _raise(_: Database) -> None:
    raise ZeroDivisionError("by nought")


def _hang(_: Database) -> None:
    while True:
        time.sleep(0.01)


def _allocate(_: Database) -> None:
    kept = []
    while True:
        kept.append(b"x" * 5_000_000)


def _wait(database: Database) -> None:
    database.connection().execute(text("SELECT pg_sleep(100000)"))


def _ask(database: Database) -> None:
    while True:
        database.connection().execute(text("SELECT 1"))


PILLS: Final[Mapping[str, Callable[[Database], None]]] = {
    "raise": _raise,
    "hang": _hang,
    "allocate": _allocate,
    "wait": _wait,
    "ask": _ask,
    CORRUPT: lambda _: None,
    _RATED: lambda _: None,
}
"""By name: raise, hang in a loop, allocate, wait in the database, ask it without end; broken; never
rated."""


class PoisonedBills(PostgresBulkBills):
    """The bulk bills of a company, some of whose supplies are poisoned.

    Who is due together with a pill is tried with it. Its pill does its work last, when all that
    is to be kept of its chunk is written.
    """

    def __init__(self, database: Database):
        super().__init__(database)
        self._poisoned = database

    def due(
        self,
        *,
        today: date,
        after: str,
        until: str = "",
        limit: int,
        past_days: int | None = None,
    ) -> DuePage:
        """Return a page of what is due; count who is tried, whatever comes of it."""
        given = {"today": today, "after": after, "until": until, "limit": limit}
        with self._poisoned.reading() as connection:
            tried = sorted({*self._pills()} & {*connection.scalars(_KEYS, given)})
        with closing(psycopg.connect(self._poisoned.url, autocommit=True)) as apart:
            apart.execute("INSERT INTO pill_tried SELECT unnest(%s::text[])", [tried])
        return super().due(today=today, after=after, until=until, limit=limit, past_days=past_days)

    def add(
        self,
        issued: Sequence[IssuedAlike],
        others: Sequence[Invoice] = (),
        entries: Sequence[Entry] = (),
    ) -> Sequence[str]:
        """Keep invoices and their entries, and do what the first pill among them does."""
        keys = super().add(issued, others, entries)
        pills = self._pills()
        billed = {each.rated.supplies.key(at) for each in issued for at in each.rated.at}
        billed |= {f"{invoice.contract}/{invoice.cups}" for invoice in others}
        for key in sorted({*pills} & billed):
            PILLS[pills[key]](self._poisoned)
        return keys

    def _pills(self) -> dict[str, str]:
        with self._poisoned.reading() as connection:
            rows = connection.execute(text("SELECT key, kind FROM pill"))
            return {row.key: row.kind for row in rows}


class PoisonedRating(ColumnarRating):
    """The rating of a company: some supplies are never priced, by columns."""

    def __init__(self, url: str):
        super().__init__()
        self._url = url

    def rate(
        self, found: Rateable, supplies: AlikeSupplies, *, digits: int
    ) -> tuple[RatedAlike, ...]:
        """Return the supplies by program, unless one of them is such a pill."""
        with closing(psycopg.connect(self._url, autocommit=True)) as apart:
            rows = apart.execute("SELECT key FROM pill WHERE kind = %s", [_RATED]).fetchall()
        if {key for (key,) in rows} & {*map(supplies.key, range(len(supplies.places)))}:
            while True:
                pass
        return super().rate(found, supplies, digits=digits)
