"""Callers of the `api` command who race for the same keys, and a company for them to call."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import attrs
import httpx
import psutil
import psycopg
from api_harness import RunningApi, running_api
from psycopg.rows import dict_row

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.domain.shared import Cups

__all__ = [
    "FIRST_DAY", "PROCESSES", "Call", "Called", "Raced", "Said", "accept_call", "answered",
    "at_once", "callers", "company_called", "quote_call", "raced", "rename_call", "said", "sent",
]  # fmt: skip

FIRST_DAY: Final = date(2026, 3, 2)
PROCESSES: Final = 2
BUSY_PAUSE_SECONDS: Final = 0.02
_NIF_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_TOLD: Final = ("location", "etag", "content-type")


@attrs.frozen
class Call:
    """A call under a caller's key."""

    key: str
    method: str
    path: str
    body: Mapping[str, Any]
    if_match: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with it."""
        return {"Idempotency-Key": self.key} | (
            {"If-Match": self.if_match} if self.if_match else {}
        )


@attrs.frozen
class Called:
    """A company of its own and the API before it, in `PROCESSES` processes."""

    api: RunningApi
    database: Database

    def ask(self, question: str, **values: object) -> list[dict[str, Any]]:
        """Return the rows of a question in SQL, committed."""
        with psycopg.connect(self.database.url, row_factory=dict_row) as connection:
            found = connection.execute(question, values)
            return found.fetchall() if found.description else []

    def column(self, question: str) -> list[Any]:
        """Return the only column of a question in SQL."""
        return [value for row in self.ask(question) for value in row.values()]

    def move_to(self, day: date) -> None:
        """Make `day` the business day."""
        with PostgresWork(self.database)() as transaction:
            PostgresClock(self.database).move_to(day)
            transaction.commit()


@contextmanager
def company_called(server_url: str, template: str) -> Iterator[Called]:
    """Give a company on its first day, in a database copied from `template`, with its API."""
    name = f"called_{uuid.uuid4().hex[:12]}"
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    settings = {
        "ENERGYRETAIL_API__WORKERS": str(PROCESSES),
        "ENERGYRETAIL_API__SHUTDOWN_S": "5",
    }
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        database = Database(url)
        with running_api(url, environment=settings) as api:
            called = Called(api, database)
            called.move_to(FIRST_DAY)
            yield called
        database.close()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@attrs.frozen
class Said:
    """What an answer says, but for when and to whom it was sent."""

    status: int
    headers: tuple[tuple[str, str | None], ...]
    body: bytes


@attrs.frozen
class Raced:
    """What the racers for one key were told; `busy` counts the answers they did not take."""

    said: tuple[Said, ...]
    replayed: int
    busy: int


def quote_call(number: int) -> Call:
    """Return the call of a home of its own that asks for a price."""
    home = {
        "kind": "home",
        "name": f"Home {number}",
        "tax_id": f"{number:08d}{_NIF_LETTERS[number % 23]}",
        "email": f"home{number}@example.org",
        "address": {
            "street": "Calle Mayor, 1",
            "postcode": "28013",
            "town": "Madrid",
            "country": "ES",
        },
    }
    site = {
        "cups": Cups.of_digits(f"0021{number:012d}").value,
        "powers": {"P1": "4.6", "P2": "4.6"},
        "month_kwh": 100 + number,
    }
    body = {
        "reference": f"web-{number}",
        "person": home,
        "product": "2.0TD-FIJO",
        "sites": [site],
    }
    return Call(f"quote-{number}", "POST", "/v1/quotes", body)


def accept_call(quote: str) -> Call:
    """Return the call of a customer who accepts a quote."""
    body = {"iban": "ES9121000418450200051332", "early_start": True}
    return Call(f"accept-{quote}", "POST", f"/v1/quotes/{quote}/accept", body)


def rename_call(customer: str) -> Call:
    """Return the call of a customer, not changed before, who has another name."""
    body = {"name": f"Renamed {customer}"}
    return Call(f"rename-{customer}", "PATCH", f"/v1/customers/{customer}", body, if_match='"1"')


def sent(client: httpx.Client, call: Call) -> httpx.Response:
    """Send a call once."""
    return client.request(call.method, call.path, json=call.body, headers=call.headers)


def said(answer: httpx.Response) -> Said:
    """Return what an answer says."""
    told = tuple((name, answer.headers.get(name)) for name in _TOLD)
    return Said(answer.status_code, told, answer.content)


def raced(clients: Sequence[httpx.Client], calls: Sequence[Call]) -> tuple[Raced, ...]:
    """Let every client send every call, all clients the same one at the same moment."""
    gate = threading.Barrier(len(clients), timeout=60)

    def races(client: httpx.Client) -> list[tuple[Said, bool, int]]:
        found = []
        for call in calls:
            gate.wait()
            found.append(answered(client, call))
        return found

    with ThreadPoolExecutor(len(clients)) as pool:
        columns = list(pool.map(races, clients))
    return tuple(
        Raced(
            said=tuple(one for one, _, _ in row),
            replayed=sum(again for _, again, _ in row),
            busy=sum(busy for _, _, busy in row),
        )
        for row in zip(*columns, strict=True)
    )


def answered(client: httpx.Client, call: Call) -> tuple[Said, bool, int]:
    """Return what a call is told in the end, whether again, and how often it was sent away."""
    for busy in range(1000):
        answer = sent(client, call)
        if answer.status_code != 409 or answer.json()["code"] != "idempotency.in_flight":
            return said(answer), answer.headers.get("idempotency-replayed") == "true", busy
        time.sleep(BUSY_PAUSE_SECONDS)
    raise AssertionError(f"{call.key} is in flight for ever")


@contextmanager
def callers(running: RunningApi, count: int) -> Iterator[list[httpx.Client]]:
    """Give clients with a kept connection each, together connected to all the processes."""
    deadline = time.monotonic() + 30
    while True:
        with ExitStack() as opened:
            clients = [
                opened.enter_context(httpx.Client(base_url=running.url, timeout=30))
                for _ in range(count)
            ]
            for client in clients:
                client.get("/version").raise_for_status()
            if len(_connected(running)) == PROCESSES:
                yield clients
                return
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _connected(running: RunningApi) -> set[int]:
    port = int(running.url.rpartition(":")[2])
    return {
        child.pid
        for child in psutil.Process(running.process.pid).children(recursive=True)
        for each in child.net_connections("tcp")
        if each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port
    }


def at_once(acts: Sequence[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Do several things at the same moment."""
    gate = threading.Barrier(len(acts), timeout=30)

    def act(each: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait()
        return each()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))
