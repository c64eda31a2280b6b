"""The API while the database keeps it waiting, or fails: who waits, for how long, what is told."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import attrs
import httpx
import psycopg
import pytest
from api_harness import running_api
from api_racers import quote_call, sent
from sqlalchemy import text

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, Limits, PostgresWork
from energyretail.entrypoints.api.database_faults import unavailable

POSTS: Final = 60
THREADS: Final = 8
LOCK_SECONDS: Final = 3
STATEMENT_SECONDS: Final = 5
READY_WITHIN: Final = 1.5
# A busy machine may wake us late.
LATE: Final = 3.0
SETTINGS: Final = {
    "ENERGYRETAIL_API__THREADS": str(THREADS),
    "ENERGYRETAIL_API__LOCK_S": str(LOCK_SECONDS),
    "ENERGYRETAIL_API__STATEMENT_S": str(STATEMENT_SECONDS),
    "ENERGYRETAIL_API__SHUTDOWN_S": "5",
}
HELD: Final = "SELECT last FROM number_series WHERE series = 'quote' FOR UPDATE"
WAITING: Final = (
    "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND datname = current_database() AND pid <> pg_backend_pid()"
)
TRIGGER: Final = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN {0} RETURN NEW; END $$;
    CREATE TRIGGER fails BEFORE INSERT ON quote FOR EACH ROW EXECUTE FUNCTION fail();
"""


@attrs.frozen
class Served:
    """An API, a client of it, its database and what it logs."""

    client: httpx.Client
    database_url: str
    log: Path

    def do(self, statements: str) -> list[tuple[Any, ...]]:
        """Say something to the database, committed; return the rows."""
        with psycopg.connect(self.database_url) as connection:
            found = connection.execute(statements)
            return found.fetchall() if found.description else []

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Return the lines of the log about one kind of event."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [each for each in found if each["event"] == event]


@pytest.fixture
def served(database: Database, database_url: str, tmp_path: Path) -> Iterator[Served]:
    with PostgresWork(database)() as transaction:
        PostgresClock(database).move_to(date(2026, 3, 2))
        transaction.commit()
    database.close()
    log = tmp_path / "log"
    with (
        running_api(database_url, environment=SETTINGS, log=log) as api,
        httpx.Client(
            base_url=api.url, timeout=60, limits=httpx.Limits(max_connections=POSTS + 10)
        ) as client,
    ):
        sent(client, quote_call(1)).raise_for_status()
        yield Served(client, database_url, log)


@contextmanager
def held(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Hold the row every new quote takes its number from, until the block ends."""
    with psycopg.connect(url) as connection:
        connection.execute(HELD)
        yield connection
        connection.rollback()


def timed(client: httpx.Client, path: str) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    return client.get(path), time.monotonic() - began


def wait_until_waiting(url: str, count: int) -> list[int]:
    deadline = time.monotonic() + 10
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            pids = [pid for (pid,) in connection.execute(WAITING).fetchall()]
            if len(pids) >= count:
                return pids
            assert time.monotonic() < deadline
            time.sleep(0.02)


class TestCallersWhoWaitForALock:
    def test_keep_nobody_from_reading_and_are_told_to_come_again(self, served: Served) -> None:
        calls = [quote_call(number) for number in range(2, POSTS + 2)]
        with ThreadPoolExecutor(POSTS) as pool, held(served.database_url):
            began = time.monotonic()
            posts = [pool.submit(sent, served.client, call) for call in calls]
            wait_until_waiting(served.database_url, THREADS // 2)
            reads = [
                timed(served.client, path)
                for path in ("/health/ready", "/v1/quotes/Q000001", "/v1/customers") * 3
            ]
            assert not any(post.done() for post in posts)
            answers = [post.result() for post in posts]
            took = time.monotonic() - began

        for read, seconds in reads:
            assert read.status_code == 200
            assert seconds < READY_WITHIN
        assert Counter(
            (answer.status_code, answer.json().get("code"), answer.headers.get("retry-after"))
            for answer in answers
        ) == {(503, "postgres.busy", "2"): POSTS}
        assert took < 2 * LOCK_SECONDS + LATE
        assert len(served.logged("api.request.unavailable")) == POSTS
        states = Counter(line.get("sqlstate") for line in served.logged("api.request.unavailable"))
        assert states["55P03"] >= THREADS // 2

        told = [sent(served.client, call).raise_for_status() for call in (*calls, *calls)]
        assert len({answer.json()["number"] for answer in told}) == POSTS
        assert served.do("SELECT count(*), max(number) FROM quote") == [
            (POSTS + 1, f"Q{POSTS + 1:06d}")
        ]

    def test_need_no_key_to_be_told_so(self, served: Served) -> None:
        call = quote_call(2)
        with held(served.database_url):
            answer = served.client.post(call.path, json=call.body)

        assert (answer.status_code, answer.json()["code"]) == (503, "postgres.busy")
        assert served.do("SELECT count(*) FROM quote") == [(1,)]

    def test_are_as_many_as_the_threads_and_no_connection_is_wanting(self, served: Served) -> None:
        calls = [quote_call(number) for number in range(2, 4 * THREADS)]
        paths = ["/v1/quotes", "/v1/customers", "/v1/work-items"] * THREADS
        with ThreadPoolExecutor(len(calls) + len(paths)) as pool:
            posts = [pool.submit(sent, served.client, call) for call in calls]
            reads = [pool.submit(served.client.get, path) for path in paths]
            statuses = Counter(each.result().status_code for each in (*posts, *reads))

        assert set(statuses) <= {200, 201}
        connections = served.do(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )[0][0]
        assert connections <= THREADS


class TestLimits:
    def test_are_those_of_the_api_alone(self, database_url: str) -> None:
        limited = Database(database_url, limits=Limits(lock_s=1.5, statement_s=30))
        others = Database(database_url)
        try:
            found = [_limits_of(each) for each in (limited, limited, others)]
        finally:
            limited.close()
            others.close()

        assert found == [("1500ms", "30s"), ("1500ms", "30s"), ("0", "0")]

    def test_end_the_wait_for_a_connection(self, database_url: str) -> None:
        limited = Database(database_url, pool_size=1, limits=Limits(lock_s=0.2, statement_s=1))
        began = time.monotonic()
        with ThreadPoolExecutor(1) as pool, limited.reading():
            error = pool.submit(_limits_of, limited).exception()
        limited.close()

        assert time.monotonic() - began < LATE
        assert error is not None
        fault = unavailable(error)
        assert fault is not None
        assert fault.code == "postgres.busy"


def _limits_of(database: Database) -> tuple[str, ...]:
    with database.reading() as connection:
        names = ("lock_timeout", "statement_timeout")
        return tuple(connection.execute(text(f"SHOW {name}")).scalar_one() for name in names)


class TestReadiness:
    def test_is_one_look_for_all_who_ask_while_the_database_hangs(self, served: Served) -> None:
        with psycopg.connect(served.database_url) as connection, ThreadPoolExecutor(20) as pool:
            connection.execute("LOCK TABLE clock IN ACCESS EXCLUSIVE MODE")
            asked = [pool.submit(timed, served.client, "/health/ready") for _ in range(20)]
            found = [each.result() for each in asked]

        assert {answer.status_code for answer, _ in found} == {503}
        assert max(seconds for _, seconds in found) < 2 + READY_WITHIN


class TestFailuresOfTheDatabase:
    def test_are_ours_where_we_ask_for_what_is_not_there(self, served: Served) -> None:
        served.do("ALTER TABLE quote RENAME COLUMN number TO other_number")

        answer = served.client.get("/v1/quotes/Q000001")

        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "retry-after" not in answer.headers
        (line,) = served.logged("api.request.failed")
        assert line["request_id"] == answer.json()["request_id"]
        assert (line["level"], line["sqlstate"]) == ("error", "42703")
        assert "number" in line["said"]
        assert "adapters/postgres/customers.py" in line["where"]

    @pytest.mark.parametrize(
        ("statement", "state"),
        [
            ("RAISE EXCEPTION 'told of %', NEW.reference;", "P0001"),
            ("PERFORM 1 / (length(NEW.reference) - 5);", "22012"),
            ("RAISE EXCEPTION 'told of %', NEW.reference USING ERRCODE = '23514';", "23514"),
        ],
    )
    def test_are_ours_where_a_trigger_fails(
        self, served: Served, statement: str, state: str
    ) -> None:
        served.do(TRIGGER.format(statement))

        answer = sent(served.client, quote_call(2))

        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        (line,) = served.logged("api.request.failed")
        assert line["sqlstate"] == state
        assert "web-2" not in served.log.read_text(encoding="utf-8")

    @pytest.mark.parametrize("with_key", [True, False])
    def test_are_an_outage_where_the_connection_is_lost(
        self, served: Served, with_key: bool
    ) -> None:
        call = quote_call(2)
        headers = call.headers if with_key else {}
        with ThreadPoolExecutor(1) as pool, held(served.database_url):
            post: Future[httpx.Response] = pool.submit(
                served.client.post, call.path, json=call.body, headers=headers
            )
            (pid,) = wait_until_waiting(served.database_url, 1)
            served.do(f"SELECT pg_terminate_backend({pid})")
            answer = post.result()

        assert (answer.status_code, answer.json()["code"]) == (503, "postgres.unreachable")
        assert answer.headers["retry-after"] == "2"
        (line,) = served.logged("api.request.unavailable")
        assert (line["level"], line["code"]) == ("warning", "postgres.unreachable")
        assert sent(served.client, call).status_code == 201

    @pytest.mark.parametrize("state", ["40001", "40P01"])
    def test_are_worth_another_try_at_once_where_another_won(
        self, served: Served, state: str
    ) -> None:
        served.do(TRIGGER.format(f"RAISE EXCEPTION 'another won' USING ERRCODE = '{state}';"))

        answer = sent(served.client, quote_call(2))

        assert (answer.status_code, answer.json()["code"]) == (503, "postgres.busy")
        assert answer.headers["retry-after"] == "1"

    def test_end_a_statement_that_takes_too_long(self, served: Served) -> None:
        served.do(TRIGGER.format("PERFORM pg_sleep(60);"))

        began = time.monotonic()
        answer = sent(served.client, quote_call(2))

        assert (answer.status_code, answer.json()["code"]) == (503, "postgres.busy")
        assert time.monotonic() - began < STATEMENT_SECONDS + LATE
        (line,) = served.logged("api.request.unavailable")
        assert line["sqlstate"] == "57014"
