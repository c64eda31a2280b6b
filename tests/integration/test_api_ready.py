"""Readiness: what is asked of the database, and that the answer never waits for it."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import psutil
import psycopg
import pytest

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.health import Health, PostgresHealth

WITHIN = 1.0
# A busy machine may wake us late.
LATE = 0.6
GOOD = Health(database=True, migrations=True, clock=True)


def looked(health: PostgresHealth) -> tuple[Health, float]:
    began = time.monotonic()
    found = health()
    return found, time.monotonic() - began


@contextmanager
def silent_server() -> Iterator[int]:
    """Listen, accept whoever comes, and never say a word."""
    kept = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    kept.append(listening.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    for each in kept:
        each.close()


@pytest.fixture
def opened(database: Database, database_url: str) -> str:
    """The URL of a database whose clock is set."""
    with PostgresWork(database)() as transaction:
        PostgresClock(database).move_to(date(2026, 3, 2))
        transaction.commit()
    return database_url


class TestHealth:
    def test_is_good_once_the_clock_is_set(self, opened: str) -> None:
        assert PostgresHealth(opened)() == GOOD

    def test_names_a_clock_that_is_not_set(self, database_url: str) -> None:
        assert PostgresHealth(database_url)() == Health(database=True, migrations=True)

    def test_names_a_schema_that_is_not_there(self, empty_database_url: str) -> None:
        assert PostgresHealth(empty_database_url)() == Health(database=True)

    def test_names_a_schema_of_another_version(self, opened: str) -> None:
        with psycopg.connect(opened) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0001_base'")

        assert PostgresHealth(opened)() == Health(database=True, clock=True)

    def test_says_no_at_once_where_nobody_listens(self) -> None:
        found, took = looked(PostgresHealth("postgresql://x@127.0.0.1:1/x"))

        assert found == Health()
        assert took < WITHIN

    def test_does_not_wait_for_a_server_that_says_nothing(self) -> None:
        with silent_server() as port:
            health = PostgresHealth(f"postgresql://x@127.0.0.1:{port}/x")

            found, took = looked(health)
            again, took_again = looked(health)

        assert found == again == Health()
        assert max(took, took_again) < WITHIN + LATE

    def test_does_not_wait_for_a_lock(self, opened: str) -> None:
        health = PostgresHealth(opened)
        with psycopg.connect(opened) as connection:
            connection.execute("LOCK TABLE clock IN ACCESS EXCLUSIVE MODE")

            found, took = looked(health)

        assert not found.clock
        assert took < WITHIN + LATE
        assert _eventually_good(health)

    def test_does_not_share_a_look_that_was_cut(self, opened: str) -> None:
        health = PostgresHealth(opened, within_s=0.2)
        with psycopg.connect(opened) as connection:
            connection.execute("LOCK TABLE clock IN ACCESS EXCLUSIVE MODE")
            health()
            given_up = health._look

        assert given_up is not None
        assert given_up.over

    def test_cuts_a_line_that_hangs_in_the_middle(self, opened: str) -> None:
        health = PostgresHealth(opened)
        with psycopg.connect(opened) as lock, ThreadPoolExecutor() as pool:
            lock.execute("LOCK TABLE clock IN ACCESS EXCLUSIVE MODE")
            asked = pool.submit(looked, health)
            stopped = _pid_of_look(opened)
            with stopped_process(stopped):
                lock.rollback()
                found, took = asked.result()
                later = _eventually_good(health)

        assert not found.clock
        assert took < WITHIN + LATE
        assert later

    def test_recovers_with_a_server_that_hung(self, opened: str) -> None:
        health = PostgresHealth(opened)
        with silenced_server(opened):
            for _ in range(3):
                found, took = looked(health)
                assert found == Health()
                assert took < WITHIN + LATE

        assert _eventually_good(health)

    def test_answers_many_who_ask_at_once_by_one_look(self, opened: str) -> None:
        health = PostgresHealth(opened)
        with ThreadPoolExecutor(32) as pool:
            began = time.monotonic()
            found = [each.result() for each in [pool.submit(health) for _ in range(200)]]
            took = time.monotonic() - began

        assert set(found) == {GOOD}
        assert took < 10


@contextmanager
def silenced_server(url: str) -> Iterator[None]:
    """Stop the whole server, as a machine does that hangs: it accepts and never answers."""
    with psycopg.connect(url) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        with stopped_process(backend.ppid()):
            yield


@contextmanager
def stopped_process(pid: int) -> Iterator[None]:
    try:
        os.kill(pid, signal.SIGSTOP)
    except PermissionError:
        pytest.skip("the server belongs to somebody else")
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _pid_of_look(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(300):
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'energyretail health'"
                " AND wait_event_type = 'Lock' AND datname = current_database()"
            ).fetchone()
            if row:
                return int(row[0])
            time.sleep(0.002)
    raise AssertionError("no look waits for the lock")


def _eventually_good(health: PostgresHealth) -> bool:
    for _ in range(50):
        if health() == GOOD:
            return True
        time.sleep(0.1)
    return False
