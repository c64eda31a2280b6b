"""Blocks count the year from bill to bill, through corrections too, in memory and in Postgres."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from energyretail.adapters.postgres.database import Database
from energyretail.domain import pricing
from energyretail.domain.billing import InvoiceKind
from energyretail.domain.markets import SPAIN
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import memory_desk, postgres_desk
from energyretail.testing.conformance.billing import START, contract_of, readings_of

DAYS = (START, date(2026, 4, 7), date(2026, 5, 7), date(2026, 6, 7))
BLOCKS = pricing.Blocks(
    name="energy",
    tax_code="IVA",
    steps=(
        pricing.Block((pricing.always("first", "0.10", "test"),), Decimal(500)),
        pricing.Block((pricing.always("second", "0.20", "test"),)),
    ),
    counted_over=pricing.CountedOver.TAX_YEAR,
)
PROMO = pricing.Discount(
    name="promo",
    tax_code="IVA",
    bases=("energy",),
    percent=pricing.always("promo", "50", "test"),
    budget=Decimal(40),
)


class Tariffs:
    """One tariff whatever is asked for: two blocks a year, half of it off up to 40 EUR."""

    def tariff(self, code: str) -> pricing.Tariff:
        return attrs.evolve(SPAIN.tariff(code), components=(BLOCKS, PROMO))


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> BillingDesk:
    if request.param == "memory":
        return memory_desk(tariffs=Tariffs())
    database: Database = request.getfixturevalue("database")
    return postgres_desk(database, tariffs=Tariffs())


def read(desk: BillingDesk, day: date, kwh: int, **how: Any) -> None:
    """Read all three registers; each counts a third of the energy, from nothing at START."""
    desk.world.read(readings_of(1, day, kwh // 3, **how))


def live(desk: BillingDesk) -> list[pricing.PricedBill]:
    """The bills in force, in order of time."""
    documents = desk.world.invoices.of_contract("K000001")
    gone = {d.original for d in documents if d.kind is InvoiceKind.CREDIT_NOTE}
    bills = [d for d in documents if d.kind is not InvoiceKind.CREDIT_NOTE]
    standing = [bill for bill in bills if bill.number not in gone]
    return [b.standing for b in sorted(standing, key=lambda bill: bill.period.start)]


def amounts(bill: pricing.PricedBill) -> list[tuple[str, Decimal, Decimal]]:
    """Energy and money by label: a change of tax cuts a price into several lines."""
    labels = dict.fromkeys(
        line.label for line in bill.lines if line.component in ("energy", "promo")
    )
    return [
        (
            label,
            round(sum((x.quantity for x in bill.lines if x.label == label), Decimal(0)), 3),
            sum((x.amount.amount for x in bill.lines if x.label == label), Decimal(0)),
        )
        for label in labels
    ]


def bill_all(desk: BillingDesk, kwh: tuple[int, ...]) -> None:
    desk.open_day(START)
    desk.world.sign(contract_of(1))
    for day, index in zip(DAYS, kwh, strict=False):
        read(desk, day, index)
        desk.open_day(day)
        desk.bill()


class TestCounters:
    def test_fill_the_blocks_over_the_bills_of_a_year(self, desk: BillingDesk) -> None:
        bill_all(desk, (0, 300, 600, 900))

        first, second, third = live(desk)

        energy = [a for bill in (first, second, third) for a in amounts(bill) if "energy" in a[0]]
        assert energy == [
            ("energy 1", Decimal(300), Decimal("30.00")),
            ("energy 1", Decimal(200), Decimal("20.00")),
            ("energy 2", Decimal(100), Decimal("20.00")),
            ("energy 2", Decimal(300), Decimal("60.00")),
        ]
        promo = [a[2] for bill in (first, second, third) for a in amounts(bill) if a[0] == "promo"]
        assert promo == [Decimal("-15.00"), Decimal("-20.00"), Decimal("-5.00")]
        assert third.carried_over.given("promo") == 40
        assert third.carried_over.kwh("energy", date(2026, 1, 1)) == 900

    def test_go_on_over_several_periods_billed_at_once(self, desk: BillingDesk) -> None:
        desk.open_day(START)
        desk.world.sign(contract_of(1))
        for day, index in zip(DAYS, (0, 300, 600, 900), strict=True):
            read(desk, day, index)
        desk.open_day(DAYS[-1])

        previewed = desk.preview("K000001")
        desk.bill()

        assert [draft.bill for draft in previewed] == live(desk)
        assert live(desk)[-1].carried_over.kwh("energy", date(2026, 1, 1)) == 900

    def test_correct_the_bills_after_a_corrected_one(self, desk: BillingDesk) -> None:
        bill_all(desk, (0, 300, 600, 900))
        read(desk, DAYS[1], 450, version=2)

        desk.correct()

        fresh = memory_desk(tariffs=Tariffs())
        bill_all(fresh, (0, 450, 600, 900))
        assert [amounts(bill) for bill in live(desk)] == [amounts(bill) for bill in live(fresh)]
        assert desk.correct().issued == 0

    def test_leave_bills_alone_that_they_do_not_change(self, desk: BillingDesk) -> None:
        bill_all(desk, (0, 30, 60, 90))
        read(desk, DAYS[1], 33, version=2)

        corrected = desk.correct()

        # Two bills met at the reading; the third counts the same before it as it did.
        assert corrected.issued == 4
        assert [bill.carried_from.kwh("energy", date(2026, 1, 1)) for bill in live(desk)][:2] == [
            0,
            33,
        ]
        assert desk.correct().issued == 0
