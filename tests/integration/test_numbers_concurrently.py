"""Document numbers have no gap and no double, whoever writes at once and however it ends."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.numbers import PostgresNumbers
from waiting_for_locks import waits_for_a_lock

FREE = ("invoice:F26", "invoice:FA26", "invoice:FB26")
SERIES = ("invoice:R26",)
WRITERS, ROUNDS = 6, 40

_GIVE = text("INSERT INTO given SELECT :series, n FROM unnest(CAST(:numbers AS int[])) AS n")

# A process that takes numbers, says so, and waits to be killed.
_HANGING = """
import sys, time
from sqlalchemy import text
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.numbers import PostgresNumbers
database = Database(sys.argv[1])
with database.transaction() as connection:
    for number in PostgresNumbers(database).take("invoice:F26", 5):
        connection.execute(text("INSERT INTO given VALUES ('invoice:F26', :n)"), {"n": number})
    print("taken", flush=True)
    time.sleep(600)
"""


class _ChangedItsMind(Exception):
    """A writer that leaves its transaction."""


@pytest.fixture
def url(database_url: str) -> str:
    with psycopg.connect(database_url) as connection:
        # No key: a number given twice must show, not be refused.
        connection.execute("CREATE TABLE given (series text NOT NULL, number int NOT NULL)")
    return database_url


def write(url: str, seed: int) -> int:
    """Take numbers again and again, ending each time in one of three ways; return the commits."""
    chance = random.Random(seed)
    database = Database(url, pool_size=1)
    numbers, commits = PostgresNumbers(database), 0
    for _ in range(ROUNDS):
        with suppress(_ChangedItsMind, DBAPIError), database.transaction() as connection:
            for wanted in (FREE, SERIES):
                series, taken = numbers.take_free(wanted, chance.randint(0, 4))
                connection.execute(_GIVE, {"series": series, "numbers": list(taken)})
            _end(url, connection.scalar(text("SELECT pg_backend_pid()")), chance)
            connection.commit()
            commits += 1
    database.close()
    return commits


def _end(url: str, pid: object, chance: random.Random) -> None:
    """Let the transaction go on, or leave it, or have its connection killed under it."""
    how = chance.choice(["commit", "commit", "leave", "kill"])
    if how == "leave":
        raise _ChangedItsMind
    if how == "kill":
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s::int)", [pid])


def given(url: str, series: str) -> list[int]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT number FROM given WHERE series = %s", [series])
        return sorted(number for (number,) in rows)


def last(url: str, series: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT last FROM number_series WHERE series = %s", [series])
        (number,) = row.fetchone() or (0,)
        return int(number)


class TestNumbersOfConcurrentWriters:
    def test_have_no_gap_and_no_double_however_transactions_end(self, url: str) -> None:
        with ThreadPoolExecutor(WRITERS) as pool:
            commits = list(pool.map(lambda seed: write(url, seed), range(WRITERS)))

        # Every way of ending happened.
        assert all(0 < count < ROUNDS for count in commits)
        for series in (*FREE, *SERIES):
            assert given(url, series) == list(range(1, last(url, series) + 1))
            assert last(url, series) > WRITERS

    def test_are_given_back_by_a_process_that_is_killed(self, url: str) -> None:
        database = Database(url)
        numbers = PostgresNumbers(database)
        for _ in range(3):
            with subprocess.Popen(
                [sys.executable, "-c", _HANGING, url], stdout=subprocess.PIPE, text=True
            ) as process:
                assert process.stdout is not None
                assert process.stdout.readline().strip() == "taken"
                os.kill(process.pid, signal.SIGKILL)
            # The next writer waits until the server has undone what the dead one held.
            with database.transaction() as connection:
                taken = numbers.take(FREE[0], 2)
                connection.execute(_GIVE, {"series": FREE[0], "numbers": list(taken)})
                connection.commit()
        database.close()

        assert given(url, FREE[0]) == [1, 2, 3, 4, 5, 6]
        assert last(url, FREE[0]) == 6

    @pytest.mark.parametrize("known", [(), FREE])
    def test_are_of_different_series_where_several_take_at_once(
        self, url: str, known: tuple[str, ...]
    ) -> None:
        taken = [take_and_keep(url, (series,), 1) for series in known]

        with holding(url, FREE[:2], 5) as first:
            beside = [take_and_keep(url, FREE[:2], 2) for _ in range(2)]

        (name, *_), (other, *_) = first, beside[0]
        assert (name, other) == FREE[:2]
        first_free = 2 if taken else 1
        assert [n for _, numbers in beside for n in numbers] == [*range(first_free, first_free + 4)]

    def test_wait_for_the_first_where_each_is_held(self, url: str) -> None:
        database = Database(url)
        with ThreadPoolExecutor(1) as other, holding(url, FREE[1:2], 1):
            with holding(url, FREE[:1], 5):
                waits = other.submit(take_and_keep, url, FREE[:2], 2)
                assert waits_for_a_lock(database)
            # The other one is held still.
            after = waits.result(60)
        database.close()

        assert after == (FREE[0], range(1, 3))

    def test_are_of_what_a_transaction_holds_already(self, url: str) -> None:
        database = Database(url)
        numbers = PostgresNumbers(database)
        with holding(url, FREE[:1], 1), database.transaction() as connection:
            first = numbers.take_free(FREE[:2], 1)
            with holding(url, FREE[2:], 1):
                again = numbers.take_free(FREE, 2)
            connection.commit()
        database.close()

        assert [first, again] == [(FREE[1], range(1, 2)), (FREE[1], range(2, 4))]


def take_and_keep(url: str, series: tuple[str, ...], count: int) -> tuple[str, range]:
    """Take numbers in a transaction that is committed at once."""
    database = Database(url, pool_size=1)
    with database.transaction() as connection:
        taken = PostgresNumbers(database).take_free(series, count)
        connection.commit()
    database.close()
    return taken


@contextmanager
def holding(url: str, series: tuple[str, ...], count: int) -> Iterator[tuple[str, range]]:
    """Take numbers in a transaction that lasts as long as the block, and is undone then."""
    database = Database(url, pool_size=1)
    with database.transaction():
        yield PostgresNumbers(database).take_free(series, count)
    database.close()
