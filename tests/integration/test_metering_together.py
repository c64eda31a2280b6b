"""Many who bring one reading at once: one is taken in, the others hear that it is known."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import attrs
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.metering import (
    PostgresReadingPlans,
    PostgresReadings,
    PostgresSuppliesToRead,
)
from energyretail.application.metering import ReadingsTaken, TakeReadings
from energyretail.application.shared import Transaction
from energyretail.domain.markets import SPAIN
from energyretail.domain.metering import DeliveredReading, Delivery, Origin
from energyretail.domain.shared import Cups, Event

MANY = 6
DAY = date(2026, 3, 5)
POINT = Cups.of_digits(f"{7:016d}")
_SUPPLY = (
    """INSERT INTO customer (number, kind, name, tax_id, email, street, postcode, town, country,
        language) VALUES ('C1', 'home', 'n', 't', 'e', 's', 'p', 't', 'ES', 'es')""",
    """INSERT INTO contract (number, quote, customer, product, state, iban, accepted_on,
        early_start, document_sha256)
        VALUES ('K1', 'Q1', 'C1', 'p', 'active', 'i', '2026-01-01', false, '')""",
    """INSERT INTO supply (contract, cups, tariff, powers, state, started_on)
        VALUES ('K1', :cups, '2.0TD-FIJO', '{"P1": "4.6", "P2": "4.6"}', 'active', :day)""",
)


@attrs.frozen
class Day:
    """A clock that stands."""

    def today(self) -> date:
        return DAY


class Silent:
    def record(self, events: Iterable[Event]) -> None:
        """Tell nobody."""


class Together:
    """The Work port that begins its transactions all at once."""

    def __init__(self, database: Database):
        self._work = PostgresWork(database)
        self._begun = threading.Barrier(MANY)

    @contextmanager
    def __call__(self) -> Iterator[Transaction]:
        with self._work() as transaction:
            self._begun.wait(timeout=30)
            yield transaction


def test_one_reading_brought_by_many_at_once_is_taken_in_once(database: Database) -> None:
    with database.transaction() as connection:
        for statement in _SUPPLY:
            connection.execute(text(statement), {"cups": POINT.value, "day": DAY})
        connection.commit()
    take = TakeReadings(
        work=Together(database),
        clock=Day(),
        events=Silent(),
        readings=PostgresReadings(database),
        plans=PostgresReadingPlans(database),
        supplies=PostgresSuppliesToRead(database),
        rules=SPAIN.reading,
    )
    rows = tuple(
        DeliveredReading(POINT, register, DAY, Decimal(100), Origin.SELF_READ, None)
        for register in ("P1", "P2", "P3")
    )

    def bring(number: int) -> ReadingsTaken:
        spelled = Cups(POINT.point) if number % 2 else POINT
        own = tuple(attrs.evolve(row, cups=spelled) for row in rows)
        return take(Delivery("us", DAY, own), source="api", all_or_nothing=True)

    with ThreadPoolExecutor(MANY) as threads:
        told = list(threads.map(bring, range(MANY)))

    assert sorted((len(each.taken), each.known) for each in told) == [(0, 3)] * (MANY - 1) + [
        (3, 0)
    ]
    assert len(PostgresReadings(database).current([POINT], since=DAY)) == 3
