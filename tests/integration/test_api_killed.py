"""Servers killed while they do what callers ask: before, during and after the commit."""

from __future__ import annotations

import enum
import itertools
import select
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import attrs
import httpx
import psutil
import psycopg
import pytest
from api_harness import RunningApi, running_api
from api_racers import (
    FIRST_DAY,
    Call,
    accept_call,
    answered,
    quote_call,
    rename_call,
    said,
    sent,
)
from psycopg.rows import dict_row

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork

KILLS: Final = 5
CALLS: Final = 8
SETTINGS: Final = {
    "ENERGYRETAIL_API__SHUTDOWN_S": "5",
    # The calls are held until they are cut off, however long that takes.
    "ENERGYRETAIL_API__LOCK_S": "60",
}
GATE: Final = 77


class Moment(enum.Enum):
    """When a server dies, seen from one call it was sent."""

    BEFORE = "before"  # the effect is written, the answer is not
    DURING = "during"  # Postgres commits; the server is dead before it has
    AFTER = "after"  # committed, and the server has told nobody
    SENT = "sent"  # the answer is on its way and never read


# Two gates in Postgres: at the answer's row, and at the commit. A key says where it waits.
GATES: Final = f"""
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.key LIKE TG_ARGV[0] || '-%' THEN
                PERFORM pg_advisory_xact_lock_shared({GATE}, TG_ARGV[1]::int);
            END IF;
            RETURN NEW;
        END
    $$;
    CREATE TRIGGER before_answer BEFORE INSERT ON answer
        FOR EACH ROW EXECUTE FUNCTION wait('before', '1');
    CREATE CONSTRAINT TRIGGER during_commit AFTER INSERT ON answer
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait('during', '1');
    CREATE CONSTRAINT TRIGGER after_commit AFTER INSERT ON answer
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait('after', '2');
"""
AT_THE_GATES: Final = (
    f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = {GATE}"
    " AND NOT granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
STATE: Final = """
    SELECT (SELECT count(*) FROM quote) AS quotes,
        (SELECT count(*) FROM contract) AS contracts,
        (SELECT count(*) FROM customer) AS customers,
        (SELECT sum(version - 1) FROM customer) AS changes,
        (SELECT max(version) FROM customer) AS version,
        (SELECT count(*) FROM outbox WHERE channel = 'signature') AS envelopes,
        (SELECT count(*) FROM outbox WHERE channel = 'erp') AS told_to_erp,
        (SELECT json_object_agg(series, last) FROM number_series) AS series
"""


@attrs.frozen
class Cut:
    """A call that is cut off at a moment."""

    moment: Moment
    call: Call


@pytest.fixture
def url(database: Database, database_url: str) -> str:
    """The URL of a company on its first day, with gates."""
    with PostgresWork(database)() as transaction:
        PostgresClock(database).move_to(FIRST_DAY)
        transaction.commit()
    with psycopg.connect(database_url) as connection:
        connection.execute(GATES)
    return database_url


def test_does_once_what_a_killed_server_was_asked(
    url: str, record_property: Callable[[str, object], None]
) -> None:
    moments: Counter[Moment] = Counter()
    with ExitStack() as stack:
        api = stack.enter_context(running_api(url, environment=SETTINGS))
        for cuts in _cuts(api):
            with _gates_shut(url) as gates:
                _cut_off(api, cuts, gates)
                api = stack.enter_context(running_api(url, environment=SETTINGS))
                _told_while_orphans_work(api, cuts)
            _told_after_all(api, cuts, url)
            moments.update(cut.moment for cut in cuts)

    calls = KILLS * CALLS
    accepts = KILLS + KILLS * (CALLS - 2)
    with psycopg.connect(url, row_factory=dict_row) as connection:
        assert connection.execute(STATE).fetchone() == {
            "quotes": KILLS + accepts,
            "contracts": accepts,
            "customers": accepts,
            "changes": accepts - KILLS,
            "version": 2,
            "envelopes": accepts,
            "told_to_erp": accepts - KILLS,
            "series": {"quote": KILLS + accepts, "contract": accepts, "customer": accepts},
        }
    assert moments.total() == calls
    told = ", ".join(f"{moments[moment]} {moment.value}" for moment in Moment)
    record_property(
        "line",
        f"T6 {KILLS} servers killed, each with {CALLS} calls under way ({told}):"
        f" {calls} effects, {calls} answers as kept, no gap in a series PASS",
    )


def _cuts(api: RunningApi) -> list[tuple[Cut, ...]]:
    """Prepare quotes and customers; return what to cut off at each kill, moments taking turns."""
    with httpx.Client(base_url=api.url, timeout=30) as client:
        told = [sent(client, quote_call(n)).json()["number"] for n in range(KILLS * (CALLS - 1))]
        accepts = [accept_call(number) for number in told]
        signed = [sent(client, call).json()["customer"] for call in accepts[KILLS:]]
    renames = iter([rename_call(number) for number in signed])
    moments = itertools.cycle(Moment)
    rounds = []
    for kill in range(KILLS):
        # Series are locked rows: one quote and one acceptance at most can be held at a time.
        calls = [quote_call(1000 + kill), accepts[kill], *itertools.islice(renames, CALLS - 2)]
        next(moments)
        rounds.append(tuple(_cut(call, next(moments)) for call in calls))
    return rounds


def _cut(call: Call, moment: Moment) -> Cut:
    return Cut(moment, attrs.evolve(call, key=f"{moment.value}-{call.key}"))


@contextmanager
def _gates_shut(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Shut both gates; they are open again when the block ends."""
    with psycopg.connect(url, autocommit=True) as gates:
        gates.execute("SELECT pg_advisory_lock(%s, gate) FROM unnest(ARRAY[1, 2]) gate", [GATE])
        yield gates


def _cut_off(api: RunningApi, cuts: Sequence[Cut], gates: psycopg.Connection[Any]) -> None:
    """Let the calls come to where they are cut off, then kill the server."""
    held = [cut.call for cut in cuts if cut.moment is not Moment.SENT]
    with ThreadPoolExecutor(CALLS) as pool, ExitStack() as open_:
        unread = [
            open_.enter_context(_asked(api, cut.call)) for cut in cuts if cut.moment is Moment.SENT
        ]
        futures = [pool.submit(_sent_alone, api, call) for call in held]
        _wait_until(lambda: gates.execute(AT_THE_GATES).fetchone() == (len(held),))
        _wait_until(lambda: len(select.select(unread, (), (), 0)[0]) == len(unread))
        master = psutil.Process(api.process.pid)
        processes = [master, *master.children(recursive=True)]
        for process in processes:
            process.suspend()
        gates.execute("SELECT pg_advisory_unlock(%s, 2)", [GATE])
        committed = {cut.call.key for cut in cuts if cut.moment in (Moment.AFTER, Moment.SENT)}
        _wait_until(lambda: _kept(gates) >= committed)
        assert not any(future.done() for future in futures)
        for process in processes:
            process.kill()
        api.process.wait(30)
        for future in futures:
            assert isinstance(future.exception(30), httpx.TransportError)


def _sent_alone(api: RunningApi, call: Call) -> httpx.Response:
    with httpx.Client(base_url=api.url, timeout=60) as client:
        return sent(client, call)


def _asked(api: RunningApi, call: Call) -> socket.socket:
    """Send a call and leave its answer unread."""
    # The same bytes as from any client: other spaces would be another request.
    asked = httpx.Request(call.method, api.url + call.path, json=call.body, headers=call.headers)
    head = b"".join(b"%s: %s\r\n" % each for each in asked.headers.raw)
    opened = socket.create_connection((asked.url.host, asked.url.port or 80), timeout=60)
    opened.sendall(b"%s %s HTTP/1.1\r\n" % (call.method.encode(), asked.url.raw_path))
    opened.sendall(head + b"\r\n" + asked.content)
    return opened


def _kept(connection: psycopg.Connection[Any]) -> set[str]:
    return {row[0] for row in connection.execute("SELECT key FROM answer")}


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _told_while_orphans_work(api: RunningApi, cuts: Sequence[Cut]) -> None:
    """See that Postgres, still at work for the dead server, holds the keys of its calls."""
    with httpx.Client(base_url=api.url, timeout=30) as client:
        for cut in cuts:
            answer = sent(client, cut.call)
            if cut.moment in (Moment.BEFORE, Moment.DURING):
                assert answer.status_code == 409
                assert answer.json()["code"] == "idempotency.in_flight"
            else:
                assert answer.is_success
                assert answer.headers["idempotency-replayed"] == "true"


def _told_after_all(api: RunningApi, cuts: Sequence[Cut], url: str) -> None:
    """See each caller told what is kept, now and again."""
    with psycopg.connect(url) as connection, httpx.Client(base_url=api.url, timeout=30) as client:
        for cut in cuts:
            first, again, _ = answered(client, cut.call)
            kept = connection.execute(
                "SELECT status, body FROM answer WHERE key = %s", [cut.call.key]
            ).fetchone()
            assert (first.status, first.body) == kept
            # Nobody had kept an answer to what was cut off before the commit.
            assert again is (cut.moment is not Moment.BEFORE)
            assert said(sent(client, cut.call)) == first
