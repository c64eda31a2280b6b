"""A portfolio billed twice over Postgres: by columns, and one by one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import attrs
import psycopg

from bulk_bills.filling import fill
from bulk_bills.portfolios import REGISTERS, Portfolio
from bulk_bills.told import told
from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.application.billing import BulkRating
from energyretail.application.subscriptions import messages_for
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Event, Fault
from energyretail.testing.billing import ANY_USE, BillingDesk, RecordedEvents
from energyretail.testing.billing_worlds import postgres_desk

__all__ = ["Compared", "ToldToPartners", "compare", "desk_over", "differences"]

# What is not plausible is held, by either way.
POLICY: Final = attrs.evolve(
    ANY_USE,
    reading=attrs.evolve(SPAIN.reading, registers=REGISTERS),
    plausibility=SPAIN.plausibility,
)
# Small, so that a portfolio is read in several pages, of which one is rated while another is read.
PAGE_SIZE: Final = 100


@attrs.frozen
class Compared:
    """What came of a portfolio: bills issued, how many of them by columns, and what differs.

    Held are `held` more, that the gate did not let pass.
    """

    services: int
    bills: int
    held: int
    by_columns: int
    differences: tuple[str, ...]


class ToldToPartners(RecordedEvents):
    """The Events port that keeps what was recorded, and the messages it causes in the outbox."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._outbox = PostgresOutbox(database)

    def record(self, events: Iterable[Event]) -> None:
        """Keep the events and their messages."""
        happened = tuple(events)
        super().record(happened)
        self._outbox.add([message for each in happened for message in messages_for(each)])


def compare(
    server: str,
    template: str,
    portfolio: Portfolio,
    *,
    rating: BulkRating | None = None,
    explained_every: int = 1,
) -> Compared:
    """Bill a portfolio both ways in two databases made like `template` on a server, and compare.

    `rating` is what prices by columns, a sound one unless given; `explained_every` as in `told`.
    """
    with ExitStack() as stack:
        filled = stack.enter_context(_database(server, template))
        with closing(Database(_url(server, filled))) as database, database.engine.begin() as rows:
            fill(rows, portfolio)
        copied = stack.enter_context(_database(server, filled))
        one = _billed(_url(server, filled), portfolio, None, explained_every)
        by = rating or ColumnarRating()
        try:
            columns = _billed(_url(server, copied), portfolio, by, explained_every)
        except Fault as refused:
            # A bill kept by its form is not even read where it is not the one of its form.
            return Compared(len(portfolio.services), len(one["invoices"]), 0, 0, (str(refused),))
    return Compared(
        services=len(portfolio.services),
        bills=len(one["invoices"]),
        held=len(one["held_bill"]),
        by_columns=columns.pop("by_columns"),
        differences=tuple(differences(one, columns)),
    )


def differences(one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    """Tell the first thing of each sort in which two ways differ."""
    for sort, found in one.items():
        if found == other[sort]:
            continue
        pairs = zip(found, other[sort], strict=False)
        first = next((pair for pair in pairs if pair[0] != pair[1]), (len(found), len(other[sort])))
        yield f"{sort}: {first[0]} for {first[1]}"


def desk_over(database: Database, portfolio: Portfolio, *, recomputes: bool = True) -> BillingDesk:
    """Return a desk that bills a portfolio, and tells partners of it."""
    return attrs.evolve(
        postgres_desk(database, policy=POLICY, tariffs=portfolio),
        events=ToldToPartners(database),
        recomputes=recomputes,
    )


def _billed(
    url: str, portfolio: Portfolio, rating: BulkRating | None, explained_every: int
) -> dict[str, Any]:
    with closing(Database(url)) as database:
        desk = desk_over(database, portfolio, recomputes=explained_every == 1)
        steps = []
        for day in portfolio.days[1:]:
            desk.open_day(day)
            if rating:
                bills = PostgresBulkBills(database)
                steps.append(desk.bill_in_bulk(bills, rating, page_size=PAGE_SIZE))
            else:
                desk.bill(limit=1000)
        by_columns = sum(step.issued - step.one_by_one for step in steps)
        events = list(map(str, desk.events.recorded))
        found = told(database, explained_every=explained_every)
        return found | {"events": events} | ({"by_columns": by_columns} if rating else {})


@contextmanager
def _database(server: str, template: str) -> Iterator[str]:
    """Give the name of a copy of a database, gone at the end."""
    name = f"bulk_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _url(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
