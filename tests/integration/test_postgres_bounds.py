"""What takes too long in the database is ended there, and the transaction goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text

from energyretail.adapters.postgres.bounds import PostgresBounds
from energyretail.adapters.postgres.database import Database, PostgresWhole, PostgresWork
from energyretail.domain.shared import Refused

MUCH = 1 << 30
MUCH_MB = 2000


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


def ask_for_much(database: Database) -> None:
    statement = text("SELECT repeat('x', 1000000) FROM generate_series(1, :megabytes)")
    database.connection().execute(statement, {"megabytes": MUCH_MB}).all()


def megabytes(what: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:"))


def while_the_time_runs_out() -> None:
    """Wait past the bound, but not for the one who looks at it."""
    until = time.monotonic() + 0.1
    while time.monotonic() < until:
        pass


def session(database: Database) -> tuple[int, str]:
    """Return which session a transaction is in now, and how long a statement may last there."""
    with PostgresWork(database)() as transaction:
        connection = database.connection()
        limit = connection.scalar(text("SELECT current_setting('statement_timeout')"))
        number = connection.scalar(text("SELECT pg_backend_pid()"))
        transaction.commit()
    return int(number or 0), str(limit)


def test_a_statement_is_ended_and_the_whole_goes_on(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    with PostgresWhole(database)() as whole:
        before = session(database)
        with pytest.raises(Refused) as refusal, bounds(seconds=0.3, bytes_more=MUCH), work():
            sleep(database, 60)
        with bounds(seconds=5, bytes_more=MUCH), work() as transaction:
            sleep(database, 0.01)
            transaction.commit()
        after = session(database)
        whole.commit()

    assert refusal.value.code == "operations.bounds.time"
    assert after == before


def test_many_short_statements_are_ended_between_two(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    with PostgresWhole(database)() as whole:
        before = session(database)
        with pytest.raises(Refused), bounds(seconds=0.3, bytes_more=MUCH), work():
            sleep_for_ever(database)
        after = session(database)
        whole.commit()

    assert after == before


def test_what_takes_too_much_memory_is_ended_and_the_whole_goes_on(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    with PostgresWhole(database)() as whole:
        before = session(database)
        with (
            pytest.raises(Refused) as refusal,
            bounds(seconds=60, bytes_more=100_000_000),
            work(),
        ):
            allocate_for_ever(database)
        after = session(database)
        whole.commit()

    assert refusal.value.code == "operations.bounds.memory"
    assert after == before


def test_an_answer_that_takes_too_much_memory_is_ended_as_it_comes(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    Path("/proc/self/clear_refs").write_text("5")  # the most from now on
    before = megabytes("VmRSS")

    with PostgresWhole(database)() as whole:
        with (
            pytest.raises(Refused) as refusal,
            bounds(seconds=60, bytes_more=100_000_000),
            work(),
        ):
            ask_for_much(database)
        _, limit = session(database)
        whole.commit()

    assert refusal.value.code == "operations.bounds.memory"
    assert limit == "0"
    assert megabytes("VmHWM") - before < MUCH_MB / 3


def test_a_transaction_of_its_own_is_ended_too(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    began = time.monotonic()

    with pytest.raises(Refused), bounds(seconds=0.3, bytes_more=MUCH), work():
        sleep(database, 60)
    _, limit = session(database)

    assert time.monotonic() - began < 30
    assert limit == "0"


def test_what_is_done_late_is_kept_and_the_whole_goes_on(database: Database) -> None:
    bounds, work = PostgresBounds(database), PostgresWork(database)
    with PostgresWhole(database)() as whole:
        with bounds(seconds=0.3, bytes_more=MUCH), work() as transaction:
            sleep(database, 0.25)
            while_the_time_runs_out()
            transaction.commit()
        _, limit = session(database)
        whole.commit()

    assert limit == "0"
