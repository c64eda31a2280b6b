"""The API told to end while it is used: not ready first, nothing lost, nothing cut off."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import attrs
import httpx
import psutil
import psycopg
import pytest
from api_harness import RunningApi, running_api

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.domain.shared import Cups

CONNECTIONS = 5
PAUSE_SECONDS = CONNECTIONS / 50
DRAIN_SECONDS = 2.0
QUOTE: dict[str, Any] = {
    "reference": "drain-1",
    "person": {
        "kind": "home",
        "name": "Ana García",
        "tax_id": "12345678Z",
        "email": "ana@example.org",
        "address": {
            "street": "Calle Mayor, 1",
            "postcode": "28013",
            "town": "Madrid",
            "country": "ES",
        },
    },
    "product": "2.0TD-FIJO",
    "sites": [
        {
            "cups": Cups.of_digits("0021000000000001").value,
            "powers": {"P1": "4.6", "P2": "4.6"},
            "month_kwh": 250,
        }
    ],
}


@attrs.frozen
class Answer:
    """When a request began, and its status: 0 where no connection was taken, -1 where it broke."""

    began: float
    status: int


def asked_until(url: str, path: str, ended: threading.Event) -> list[Answer]:
    """Ask again and again over one kept connection, until told to end or refused."""
    found = []
    with httpx.Client(base_url=url, timeout=10) as client:
        while not ended.is_set():
            began = time.monotonic()
            try:
                status = client.get(path).status_code
            except httpx.ConnectError:
                status = 0
            except httpx.TransportError:
                status = -1
            found.append(Answer(began, status))
            if status == 0:
                break
            time.sleep(PAUSE_SECONDS)
    return found


@pytest.fixture
def opened(database: Database, database_url: str) -> str:
    """The URL of a database whose clock is set."""
    with PostgresWork(database)() as transaction:
        PostgresClock(database).move_to(date(2026, 3, 2))
        transaction.commit()
    return database_url


def quoted(running: RunningApi) -> httpx.Response:
    return httpx.post(
        running.url + "/v1/quotes",
        json=QUOTE,
        headers={"Idempotency-Key": "drain-1-0123456789"},
        timeout=30,
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_loses_no_request_when_it_is_told_to_end(opened: str, workers: int) -> None:
    settings = {
        "ENERGYRETAIL_API__DRAIN_S": str(DRAIN_SECONDS),
        "ENERGYRETAIL_API__SHUTDOWN_S": "20",
        "ENERGYRETAIL_API__WORKERS": str(workers),
    }
    ended = threading.Event()
    with (
        running_api(opened, environment=settings) as running,
        psycopg.connect(opened) as lock,
        ThreadPoolExecutor(16) as pool,
    ):
        load = [
            pool.submit(asked_until, running.url, "/version", ended) for _ in range(CONNECTIONS)
        ]
        looks = pool.submit(asked_until, running.url, "/health/ready", ended)
        time.sleep(1)
        lock.execute("LOCK TABLE quote IN ACCESS EXCLUSIVE MODE")
        held = pool.submit(quoted, running)
        time.sleep(0.5)

        told = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        # The listener closes after the drain; the held request is answered after that.
        time.sleep(DRAIN_SECONDS + 1)
        assert not held.done()
        lock.rollback()
        answer = held.result(15)
        code = running.process.wait(20)
        took = time.monotonic() - told
        ended.set()
        answers = [each for one in load for each in one.result(15)]
        seen = looks.result(15)

    closed = min(each.began for each in answers if each.status == 0)
    broken = [each for each in answers if each.status == -1]
    late = [each for each in answers if told < each.began < closed]
    unready = [each.began for each in seen if each.status == 503]
    served_while_unready = [each for each in late if each.began > min(unready)]
    print(  # noqa: T201 - the figures are asked for
        f"\nworkers={workers} asked={len(answers)} ok={sum(a.status == 200 for a in answers)}"
        f" broken={len(broken)} while draining={len(late)}"
        f" unready after={min(unready) - told:.2f}s served after that={len(served_while_unready)}"
        f" closed after={closed - told:.2f}s held={answer.status_code} ended after={took:.2f}s"
    )
    assert code == 0
    assert broken == []
    assert all(each.status == 200 for each in answers if each.began < closed)
    assert answer.is_success, answer.text
    assert closed - told >= DRAIN_SECONDS - 0.1
    assert min(unready) - told < 0.5
    assert all(each.status in (503, 0) for each in seen if each.began > min(unready))
    assert len(served_while_unready) >= 10


def test_kills_what_does_not_end_within_its_limit(opened: str) -> None:
    settings = {"ENERGYRETAIL_API__DRAIN_S": "0", "ENERGYRETAIL_API__SHUTDOWN_S": "1"}
    with (
        running_api(opened, environment=settings) as running,
        psycopg.connect(opened) as lock,
        ThreadPoolExecutor(16) as pool,
    ):
        lock.execute("LOCK TABLE quote IN ACCESS EXCLUSIVE MODE")
        held = pool.submit(quoted, running)
        time.sleep(0.5)

        running.process.terminate()
        code = running.process.wait(10)

        assert isinstance(held.exception(10), httpx.TransportError)
        assert code == 0


def test_survives_a_signal_to_all_its_processes_at_once(opened: str) -> None:
    settings = {"ENERGYRETAIL_API__DRAIN_S": "1", "ENERGYRETAIL_API__WORKERS": "2"}
    with running_api(opened, environment=settings) as running:
        pids = [running.process.pid, *children_of(running.process.pid)]
        assert len(pids) >= 3

        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        time.sleep(0.5)
        alive = httpx.get(running.url + "/version").status_code
        ready = httpx.get(running.url + "/health/ready")

        assert (alive, ready.status_code) == (200, 503)
        assert ready.headers["connection"] == "close"
        assert ready.json()["checks"]["serving"] is False
        assert ready.json()["checks"]["database"] is True
        assert running.process.wait(15) == 0


def children_of(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]
