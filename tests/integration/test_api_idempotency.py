"""Callers' keys before real server processes: many racers, one effect, one answer (T6)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import attrs
import httpx
import psycopg
import pytest
from api_racers import (
    FIRST_DAY,
    PROCESSES,
    Called,
    Raced,
    accept_call,
    callers,
    company_called,
    quote_call,
    raced,
    rename_call,
    said,
    sent,
)

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import PostgresWork
from energyretail.adapters.postgres.once import PostgresOnce
from energyretail.application.operations import ForgetAnswers
from energyretail.testing.profiles import is_deep

KEYS = 200 if is_deep() else 60
RACERS = 8
DAYS_LATER = 30

# A sequence counts what was tried, undone or not; the tables tell only what was kept.
COUNT_TRIES = """
    CREATE SEQUENCE tried_number_series MINVALUE 0;
    CREATE SEQUENCE tried_customer MINVALUE 0;
    SELECT setval('tried_number_series', 0), setval('tried_customer', 0);
    CREATE FUNCTION count_try() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM nextval('tried_' || TG_TABLE_NAME); RETURN NULL; END
    $$;
    CREATE TRIGGER tried BEFORE INSERT ON number_series EXECUTE FUNCTION count_try();
    CREATE TRIGGER tried BEFORE INSERT ON customer EXECUTE FUNCTION count_try();
"""
EFFECTS = """
    SELECT (SELECT last_value FROM tried_number_series) AS numbers_tried,
        (SELECT last_value FROM tried_customer) AS customers_tried,
        (SELECT count(*) FROM quote) AS quotes,
        (SELECT count(*) FROM contract) AS contracts,
        (SELECT count(*) FROM customer) AS customers,
        (SELECT coalesce(sum(version - 1), 0)::int FROM customer) AS changes,
        (SELECT count(*) FROM outbox WHERE channel = 'signature') AS envelopes,
        (SELECT count(*) FROM outbox WHERE channel = 'erp') AS told_to_erp,
        (SELECT count(*) FROM answer) AS answers,
        (SELECT coalesce(sum(last), 0)::int FROM number_series) AS numbers
"""


@pytest.fixture(scope="module")
def called(postgres_url: str, template_database: str) -> Iterator[Called]:
    with company_called(postgres_url, template_database) as company:
        company.ask(COUNT_TRIES)
        yield company


@pytest.fixture
def client(called: Called) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=called.api.url, timeout=30) as opened:
        yield opened


def effects_of(called: Called, act: Callable[[], tuple[Raced, ...]]) -> tuple[Any, dict[str, int]]:
    """Return what `act` returns, and of which rows there are how many more after it."""
    (before,) = called.ask(EFFECTS)
    done = act()
    (after,) = called.ask(EFFECTS)
    return done, {name: n - before[name] for name, n in after.items() if n != before[name]}


def all_alike(races: Sequence[Raced], *, status: int) -> int:
    """Return how many racers were told the same as the others for their key: all but one again."""
    for race in races:
        assert race.said == (race.said[0],) * RACERS
        assert race.said[0].status == status
        assert race.replayed == RACERS - 1
    return sum(len(race.said) for race in races)


def told_of(races: Sequence[Raced], field: str) -> list[str]:
    """Return one field of the answer of every race, in order."""
    return [httpx.Response(200, content=race.said[0].body).json()[field] for race in races]


def business_days_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def test_does_once_what_eight_racers_ask_for_under_one_key(
    called: Called, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    with callers(called.api, RACERS) as clients:
        asked = [quote_call(number) for number in range(1, KEYS + 1)]
        quotes, of_quotes = effects_of(called, lambda: raced(clients, asked))
        yes = [accept_call(name) for name in told_of(quotes, "number")]
        accepts, of_accepts = effects_of(called, lambda: raced(clients, yes))
        names = [rename_call(name) for name in told_of(accepts, "customer")]
        renames, of_renames = effects_of(called, lambda: raced(clients, names))

    # Tries as many as effects: no racer got as far as to be undone.
    assert of_quotes == dict.fromkeys(("numbers_tried", "quotes", "numbers", "answers"), KEYS)
    once = ("customers_tried", "contracts", "customers", "envelopes", "answers")
    assert of_accepts == dict.fromkeys(once, KEYS) | {
        "numbers_tried": 2 * KEYS,  # contract and customer
        "numbers": 2 * KEYS,
    }
    told = ("customers_tried", "changes", "told_to_erp", "answers")
    assert of_renames == dict.fromkeys(told, KEYS)
    told_alike = (
        all_alike(quotes, status=201),
        all_alike(accepts, status=201),
        all_alike(renames, status=200),
    )
    assert told_alike == (KEYS * RACERS,) * 3
    busy = sum(race.busy for race in (*quotes, *accepts, *renames))
    record_property(
        "line",
        f"T6 quote, accept, change: each {KEYS} keys x {RACERS} racers before {PROCESSES} processes"
        f" = {KEYS} effects and {KEYS * RACERS} answers alike; {busy} told to come again"
        f" ({time.monotonic() - began:.0f} s) PASS",
    )


def test_tells_thirty_business_days_later_what_it_told_then(
    called: Called, client: httpx.Client
) -> None:
    asked = [quote_call(number) for number in range(1001, 1021)]
    first = [said(sent(client, call)) for call in asked]
    for answer in first:
        sent(client, accept_call(httpx.Response(201, content=answer.body).json()["number"]))
    called.move_to(business_days_after(FIRST_DAY, DAYS_LATER))
    once, clock = PostgresOnce(called.database), PostgresClock(called.database)
    ForgetAnswers(work=PostgresWork(called.database), clock=clock, once=once)()

    later, effects = effects_of(called, lambda: [sent(client, call) for call in asked])

    # Done again, each would say that it is accepted by now.
    assert [said(answer) for answer in later] == first
    assert all(b'"state":"open"' in answer.content for answer in later)
    assert {answer.headers.get("idempotency-replayed") for answer in later} == {"true"}
    assert effects == {}


def test_refuses_another_request_under_a_key(called: Called, client: httpx.Client) -> None:
    asked = quote_call(2001)
    first = sent(client, asked)
    others = [
        attrs.evolve(asked, body={**asked.body, "reference": "another"}),
        attrs.evolve(quote_call(2002), key=asked.key),
        attrs.evolve(accept_call(first.json()["number"]), key=asked.key),
        attrs.evolve(rename_call("C000001"), key=asked.key),
    ]

    refused, effects = effects_of(called, lambda: [sent(client, call) for call in others])

    assert [answer.status_code for answer in refused] == [422] * len(others)
    assert {answer.json()["code"] for answer in refused} == {"idempotency.key_reused"}
    assert effects == {}
    assert said(sent(client, asked)) == said(first)


def test_sends_away_who_asks_while_another_call_under_the_key_is_under_way(
    called: Called, client: httpx.Client
) -> None:
    asked = quote_call(3001)
    url = called.database.url
    with psycopg.connect(url) as lock, ThreadPoolExecutor(1) as pool:
        lock.execute("LOCK TABLE quote IN ACCESS EXCLUSIVE MODE")
        held = pool.submit(
            httpx.post,
            called.api.url + asked.path,
            json=asked.body,
            headers=asked.headers,
            timeout=30,
        )
        while not lock.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            time.sleep(0.01)
        meanwhile = [sent(client, asked) for _ in range(3)]
        assert not held.done()
        lock.rollback()
        first = held.result(30)

    again = sent(client, asked)

    assert [answer.status_code for answer in meanwhile] == [409] * 3
    assert {answer.json()["code"] for answer in meanwhile} == {"idempotency.in_flight"}
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert said(again) == said(first)


def test_tells_again_while_others_are_told_again(called: Called, client: httpx.Client) -> None:
    asked = quote_call(4001)
    first = sent(client, asked)
    with psycopg.connect(called.database.url) as other:
        # As a racer who is being told the same answer holds it.
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 20260301))", [asked.key])

        again = sent(client, asked)

    assert said(again) == said(first)
    assert again.headers["idempotency-replayed"] == "true"
