"""The order in which use cases take of the number series, watched where they run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from energyretail.adapters.memory.shared import MemoryNumbers
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.contracts import Acceptance, QuoteRequest, WantedSite
from energyretail.domain.shared import Iban, Power
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.company import Company
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    readings_of,
)
from energyretail.testing.conformance.contracts import person_of, point
from energyretail.testing.imports import ImportOffice
from energyretail.testing.numbers import NumbersInOrder

EXAMPLE = Path(__file__).parents[2] / "examples" / "input"


@pytest.fixture
def watched() -> NumbersInOrder:
    store = MemoryStore()
    return NumbersInOrder(MemoryNumbers(store), MemoryWork(store))


class TestTheWatch:
    def test_lets_series_be_taken_in_order_of_name_and_again(self, watched) -> None:
        with watched.work():
            for series in ("contract", "customer", "contract", "invoice:F26", "invoice:R26"):
                watched.take(series, 1)

        assert watched.orders == {("contract", "customer", "invoice:F26", "invoice:R26")}

    def test_fails_on_a_descending_pair(self, watched) -> None:
        with watched.work():
            watched.take("customer", 0)
            with pytest.raises(AssertionError, match="takes of contract while it holds customer"):
                watched.take("contract", 1)

    def test_begins_anew_with_each_transaction(self, watched) -> None:
        with watched.work():
            watched.take("customer", 1)
        with watched.work():
            watched.take("contract", 1)

        assert watched.orders == {("contract",), ("customer",)}

    def test_takes_the_free_one_of_several_for_the_first(self, watched) -> None:
        with watched.work():
            assert watched.take_free(("invoice:F26", "invoice:A26"), 2)[0] == "invoice:F26"
            watched.take_free(("invoice:F26", "invoice:A26"), 1)
            watched.take("invoice:R26", 1)

        assert watched.orders == {("invoice:F26", "invoice:R26")}

    def test_fails_where_the_first_was_not_the_free_one(self) -> None:
        watched = NumbersInOrder(LastIsFree(), MemoryWork(MemoryStore()))
        with watched.work():
            watched.take_free(("invoice:F26", "invoice:FB26"), 1)
            with pytest.raises(AssertionError, match="takes of invoice:F26"):
                watched.take("invoice:F26", 1)


class LastIsFree:
    """The Numbers port of a company where only the last of several series is free."""

    def take(self, series: str, count: int) -> range:
        return range(1, count + 1)

    def take_free(self, series: Sequence[str], count: int) -> tuple[str, range]:
        return series[-1], self.take(series[-1], count)


class TestAcceptingAQuote:
    def test_takes_contract_then_customer(self) -> None:
        company = Company(date(2026, 3, 7))
        powers = (("P1", Power("4.6")), ("P2", Power("4.6")))
        site = WantedSite(point(1), powers, 250)
        quote = company.quote(QuoteRequest("web-1", person_of(1), "2.0TD-FIJO", (site,)))

        company.accept(Acceptance(quote.number, Iban("ES9121000418450200051332"), True))

        assert ("contract", "customer") in company.numbers.orders


class TestCorrectingBills:
    def test_takes_invoices_then_credit_notes(self) -> None:
        desk = memory_desk()
        desk.open_day(SECOND)
        desk.world.sign(contract_of(1))
        desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        desk.bill()
        desk.world.read(readings_of(1, SECOND, 170, version=2))
        desk.open_day(THIRD)

        desk.correct()

        assert isinstance(desk.numbers, NumbersInOrder)
        assert ("invoice:F26", "invoice:R26") in desk.numbers.orders


class TestAnImport:
    def test_takes_in_order(self) -> None:
        office = ImportOffice(date(2026, 6, 2))

        office.take_over({path.name: path.read_bytes() for path in EXAMPLE.glob("*.csv")})

        assert {order for order in office.orders if order} == {
            ("customer",),
            ("contract", "quote"),
        }
