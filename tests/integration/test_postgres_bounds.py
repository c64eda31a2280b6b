"""What takes too long in the database is ended there, and the transaction goes on."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from energyretail.adapters.postgres.bounds import PostgresBounds
from energyretail.adapters.postgres.database import Database, PostgresWhole, PostgresWork
from energyretail.domain.shared import Refused

MUCH = 1 << 30


def sleep(database: Database, seconds: float) -> None:
    database.connection().execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def sleep_for_ever(database: Database) -> None:
    while True:
        sleep(database, 0.001)


def allocate_for_ever(database: Database) -> None:
    kept = []
    while True:
        statement = text("SELECT repeat('x', 1000) FROM generate_series(1, 20000)")
        kept.append(database.connection().execute(statement).all())


def session(database: Database) -> tuple[int, str]:
    connection = database.connection()
    limit = connection.scalar(text("SELECT current_setting('statement_timeout')"))
    return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0), str(limit)


def test_a_statement_is_ended_and_the_whole_goes_on(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    with PostgresWhole(database)() as whole:
        with work() as transaction:
            before = session(database)
            transaction.commit()
        with pytest.raises(Refused) as refusal, bounds(seconds=0.3, bytes_more=MUCH), work():
            sleep(database, 60)
        with bounds(seconds=5, bytes_more=MUCH), work() as transaction:
            sleep(database, 0.01)
            transaction.commit()
        with work() as transaction:
            after = session(database)
            transaction.commit()
        whole.commit()

    assert refusal.value.code == "operations.bounds.time"
    assert after == before


def test_many_short_statements_are_ended_between_two(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    with PostgresWhole(database)() as whole:
        with work() as transaction:
            before = session(database)
            transaction.commit()
        with pytest.raises(Refused), bounds(seconds=0.3, bytes_more=MUCH), work():
            sleep_for_ever(database)
        with work() as transaction:
            after = session(database)
            transaction.commit()
        whole.commit()

    assert after == before


def test_what_takes_too_much_memory_is_ended_and_the_whole_goes_on(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    with PostgresWhole(database)() as whole:
        with work() as transaction:
            before = session(database)
            transaction.commit()
        with (
            pytest.raises(Refused) as refusal,
            bounds(seconds=60, bytes_more=100_000_000),
            work(),
        ):
            allocate_for_ever(database)
        with work() as transaction:
            after = session(database)
            transaction.commit()
        whole.commit()

    assert refusal.value.code == "operations.bounds.memory"
    assert after == before


def test_a_transaction_of_its_own_is_ended_too(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    began = time.monotonic()

    with pytest.raises(Refused), bounds(seconds=0.3, bytes_more=MUCH), work():
        sleep(database, 60)
    with work() as transaction:
        _, limit = session(database)
        transaction.commit()

    assert time.monotonic() - began < 30
    assert limit == "0"
