"""Two customers at once: what comes together is done one after the other, not twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

import pytest

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.customers import PostgresCustomers, PostgresQuotes
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.application.contracts import (
    Acceptance,
    AcceptQuote,
    QuoteRequest,
    QuoteSupply,
    WantedSite,
)
from energyretail.application.shared import Transaction
from energyretail.domain.contracts import Contract, Quote
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Event, Iban, Power
from energyretail.testing.conformance.contracts import person_of, point

T = TypeVar("T")
IBAN = Iban("ES9121000418450200051332")
POWERS = (("P1", Power("4.6")), ("P2", Power("4.6")))


class Silent:
    def record(self, events: Iterable[Event]) -> None:
        """Tell nobody."""


class Together:
    """The Work port that begins two transactions at once."""

    def __init__(self, database: Database):
        self._work = PostgresWork(database)
        self._begun = threading.Barrier(2)

    @contextmanager
    def __call__(self) -> Iterator[Transaction]:
        with self._work() as transaction:
            self._begun.wait(timeout=10)
            yield transaction


def both(act: Callable[[int], T]) -> list[T]:
    """Do `act` with 0 and 1 in two threads at once."""
    results: dict[int, T] = {}
    threads = [
        threading.Thread(target=lambda n=n: results.__setitem__(n, act(n))) for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return [results[n] for n in sorted(results)]


@pytest.fixture(autouse=True)
def opened(database: Database) -> None:
    with PostgresWork(database)() as transaction:
        PostgresClock(database).move_to(date(2026, 3, 7))
        transaction.commit()


def quoting(database: Database, work: Any = None) -> QuoteSupply:
    return QuoteSupply(
        work=work or PostgresWork(database),
        clock=PostgresClock(database),
        numbers=PostgresNumbers(database),
        quotes=PostgresQuotes(database),
        tariffs=SPAIN,
    )


def request(reference: str, number: int = 1) -> QuoteRequest:
    site = WantedSite(point(number), POWERS, 250)
    return QuoteRequest(reference, person_of(1), "2.0TD-FIJO", (site,))


def test_two_requests_under_one_reference_get_one_quote(database: Database) -> None:
    quote = quoting(database, Together(database))

    quotes: list[Quote] = both(lambda _: quote(request("web-1")))

    assert [each.number for each in quotes] == ["Q000001", "Q000001"]
    assert quotes[0] == quotes[1]


def test_two_quotes_of_one_new_person_make_one_customer(database: Database) -> None:
    quote = quoting(database)
    numbers = [quote(request(f"web-{n}", n)).number for n in (1, 2)]
    accept = AcceptQuote(
        work=Together(database),
        clock=PostgresClock(database),
        numbers=PostgresNumbers(database),
        events=Silent(),
        quotes=PostgresQuotes(database),
        customers=PostgresCustomers(database),
        contracts=PostgresContracts(database),
        retailer="Luma",
    )

    contracts: list[Contract] = both(
        lambda n: accept(Acceptance(numbers[n], IBAN, early_start=True))
    )

    assert {each.customer for each in contracts} == {"C000001"}
    assert {each.number for each in contracts} == {"K000001", "K000002"}
