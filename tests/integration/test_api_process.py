"""``energyretail api`` as a process: granian before a real database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import httpx
import psycopg
import pytest
from api_harness import free_port, running_api

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.domain.shared import Cups

QUOTE = {
    "reference": "web-1",
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


@contextmanager
def api(url: str) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """Run the command on a free port against a database, until the block ends."""
    with running_api(url) as running, httpx.Client(base_url=running.url, timeout=10) as client:
        yield running.process, client


class TestApiProcess:
    def test_serves_quotes_and_contracts_from_the_database(
        self, database: Database, database_url: str
    ) -> None:
        with PostgresWork(database)() as transaction:
            PostgresClock(database).move_to(date(2026, 3, 2))
            transaction.commit()

        with api(database_url) as (_, client):
            assert client.get("/health/ready").json()["ready"] is True
            quote = client.post("/v1/quotes", json=QUOTE).raise_for_status().json()
            accept = {"iban": "ES9121000418450200051332"}
            path = f"/v1/quotes/{quote['number']}/accept"
            contract = client.post(path, json=accept).raise_for_status().json()
            again = client.post(path, json=accept).raise_for_status().json()

        with psycopg.connect(database_url) as connection:
            rows = connection.execute("SELECT number FROM contract").fetchall()
        assert rows == [(contract["number"],)]
        assert again["number"] == contract["number"]

    def test_is_not_ready_before_the_migrations(self, empty_database_url: str) -> None:
        with api(empty_database_url) as (_, client):
            answer = client.get("/health/ready")

        assert answer.status_code == 503
        assert answer.json()["checks"] == {
            "database": True,
            "migrations": False,
            "clock": False,
            "serving": True,
        }

    def test_says_so_when_the_database_is_not_there(self) -> None:
        with api(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing") as (_, client):
            ready = client.get("/health/ready")
            quoted = client.post("/v1/quotes", json=QUOTE)

        assert ready.json()["checks"] == {
            "database": False,
            "migrations": False,
            "clock": False,
            "serving": True,
        }
        assert (quoted.status_code, quoted.json()["code"]) == (503, "postgres.unreachable")
        assert quoted.headers["retry-after"] == "2"

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_ends_when_it_is_told_to(self, empty_database_url: str, number: int) -> None:
        with api(empty_database_url) as (process, _):
            process.send_signal(number)

            assert process.wait(15) == 0


def test_needs_a_database() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    command = [sys.executable, "-m", "energyretail", "api"]

    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=False
    )

    assert ended.returncode == 4
    assert "settings.missing" in ended.stderr
