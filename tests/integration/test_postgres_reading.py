"""Readings outside transactions: what they begin, what they see, and that they find the dead."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

PID = "SELECT pg_backend_pid()"
SECRET = "ES9121000418450200051332"


def end_all_sessions(url: str) -> int:
    """Let Postgres end every session of this database, and wait for it."""
    with psycopg.connect(url) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchall()
    return len(ended)


def test_begins_no_transaction(database: Database) -> None:
    with database.reading() as connection:
        connection.execute(text(PID)).scalar_one()
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.info.transaction_status is TransactionStatus.IDLE


def test_leaves_transactions_as_they_were(database: Database) -> None:
    with database.reading() as connection:
        reader = connection.execute(text(PID)).scalar_one()
    with database.transaction() as connection:
        assert connection.execute(text(PID)).scalar_one() == reader
        connection.execute(text("CREATE TABLE undone ()"))
    with database.reading() as connection:
        assert connection.execute(text("SELECT to_regclass('undone')")).scalar() is None


def test_sees_what_the_open_transaction_wrote(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE own (value int)"))
        connection.execute(text("INSERT INTO own VALUES (7)"))

        assert database.read_value("SELECT value FROM own WHERE value = %(n)s", {"n": 7}) == 7
        assert database.read_value("SELECT value FROM own WHERE value = %(n)s", {"n": 8}) is None


def test_finds_a_session_that_the_server_ended(database: Database, database_url: str) -> None:
    for _ in range(3):
        with database.reading() as one, database.reading() as other:
            pids = {each.execute(text(PID)).scalar_one() for each in (one, other)}
        assert end_all_sessions(database_url) == 2

        assert database.read_value(PID, {}) not in pids
        with database.transaction() as connection:
            assert connection.execute(text(PID)).scalar_one() not in pids
        with database.reading() as one, database.reading() as other:
            assert not pids & {each.execute(text(PID)).scalar_one() for each in (one, other)}


def test_keeps_a_session_that_has_but_a_message_for_us(
    database: Database, database_url: str
) -> None:
    with database.reading() as connection:
        connection.execute(text("LISTEN news"))
        pid = connection.execute(text(PID)).scalar_one()
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("NOTIFY news")

    for _ in range(3):
        assert database.read_value(PID, {}) == pid


def test_survives_a_session_that_ends_while_it_is_asked(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError):
        database.read_value("SELECT pg_terminate_backend(pg_backend_pid())", {})

    assert isinstance(database.read_value(PID, {}), int)


def test_tells_no_value_when_it_fails(database: Database) -> None:
    with pytest.raises(psycopg.Error) as raised:
        database.read_value("SELECT CAST(%(given)s AS date)", {"given": SECRET})

    assert "22007" in str(raised.value)
    assert SECRET not in str(raised.value) + repr(raised.value)
