"""Bills made by columns are those made one by one: the same documents, rows and explanations."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Any

import attrs
import pytest
from sqlalchemy import text

from bulk_bills.compare import ToldToPartners
from bulk_bills.told import told
from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import BulkStep, Tariffs
from energyretail.domain import pricing
from energyretail.domain.billing import BillingPolicy
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Period
from energyretail.testing.billing import ANY_USE, POLICY
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

READ = tuple(date(2026, month, 2) for month in (3, 4, 5))
DAYS = date(2026, 4, 6), date(2026, 5, 6)
READ_LAST, DAY_LAST = date(2026, 6, 2), date(2026, 6, 6)
LATER = Period(date(2030, 1, 1), None)
SETTLED = 50
REGISTERS = ("P1", "P2", "P3")
FIXED = PortfolioPart("2.0TD-FIJO", REGISTERS, 60, READ, READ[0], estimated_every=7)


def billed(
    url: str,
    parts: list[PortfolioPart],
    *,
    bulk: bool,
    odd: str = "",
    policy: BillingPolicy = ANY_USE,
    days: tuple[date, ...] = DAYS,
    tariffs: Tariffs = SPAIN,
) -> dict[str, Any]:
    with closing(Database(url)) as database:
        desk = attrs.evolve(
            postgres_desk(database, policy=policy, tariffs=tariffs),
            events=ToldToPartners(database),
        )
        with database.engine.begin() as connection:
            fill_portfolio(connection, parts, seed=7)
            if odd:
                connection.execute(text(odd))
        for day in days:
            desk.open_day(day)
            if bulk:
                step = desk.bill_in_bulk(PostgresBulkBills(database), ColumnarRating(), limit=64)
            else:
                step = desk.bill(limit=64)
        return told(database) | {"step": step, "events": list(map(str, desk.events.recorded))}


ODD = {
    "nothing": "",
    "an index lower than before": "UPDATE reading SET index_kwh = index_kwh / 1000000"
    " WHERE register = 'P2' AND taken_on = '2026-04-02' AND cups LIKE '%00003__'",
    "a reading between": "INSERT INTO reading (cups, register, taken_on, version, index_kwh,"
    " quality, source, received_on) SELECT cups, register, '2026-03-15', 1, index_kwh, 'actual',"
    " 't', '2026-03-15' FROM reading WHERE taken_on = '2026-03-02' AND cups LIKE '%5__'",
    "a reading put right": "INSERT INTO reading (cups, register, taken_on, version, index_kwh,"
    " quality, source, received_on) SELECT cups, register, taken_on, 2, index_kwh + 1.5, 'actual',"
    " 't', '2026-04-03' FROM reading WHERE taken_on = '2026-04-02' AND cups LIKE '%7__'",
    "an end of supply": "UPDATE supply SET ended_on = '2026-04-02' WHERE cups LIKE '%1__'",
    "a register unread": "DELETE FROM reading WHERE register = 'P3' AND cups LIKE '%9__'",
    "no use at all": "UPDATE reading SET index_kwh = 100 WHERE cups LIKE '%2__'",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_are_the_same_to_the_last_byte(two_urls: tuple[str, str], odd: str) -> None:
    parts = [FIXED, attrs.evolve(FIXED, powers='{"P1": "3.45", "P2": "3.45"}')]

    by_one = billed(two_urls[0], parts, bulk=False, odd=odd)
    by_columns = billed(two_urls[1], parts, bulk=True, odd=odd)

    assert by_one["invoices"]
    step: BulkStep = by_columns.pop("step")
    assert step.issued == by_one.pop("step").issued
    assert step.one_by_one < step.issued / (2 if odd else 20)
    for name, found in by_one.items():
        assert by_columns[name] == found, name


def test_are_the_same_beside_a_gate(two_urls: tuple[str, str]) -> None:
    by_one = billed(two_urls[0], [FIXED], bulk=False, odd=ODD_USE, policy=POLICY)
    by_columns = billed(two_urls[1], [FIXED], bulk=True, odd=ODD_USE, policy=POLICY)

    step, one = by_columns.pop("step"), by_one.pop("step")
    assert (step.issued, step.held) == (one.issued, one.held)
    assert step.held
    assert step.one_by_one < step.issued / 2
    for name, found in by_one.items():
        assert by_columns[name] == found, name


def test_settle_estimates_by_columns(two_urls: tuple[str, str]) -> None:
    parts = [attrs.evolve(FIXED, read=(*READ, READ_LAST))]
    days = *DAYS, DAY_LAST

    by_one = billed(two_urls[0], parts, bulk=False, policy=POLICY, days=days)
    by_columns = billed(two_urls[1], parts, bulk=True, policy=POLICY, days=days)

    step, one = by_columns.pop("step"), by_one.pop("step")
    assert (step.issued, step.held) == (one.issued, one.held)
    # Of sixty supplies nine had an estimate for their last bill, and nine for the one before.
    assert step.issued > SETTLED
    assert step.one_by_one <= step.issued - SETTLED
    for name, found in by_one.items():
        assert by_columns[name] == found, name


class NothingCharged:
    """The Tariffs port of tariffs whose prices hold from some later year on."""

    def tariff(self, code: str) -> pricing.Tariff:
        """Return a tariff that charges nothing yet."""
        tariff = SPAIN.tariff(code)
        later = [attrs.evolve(each, valid=LATER) for each in tariff.components]
        return attrs.evolve(tariff, components=tuple(later))


def test_without_a_line_count_as_documents(two_urls: tuple[str, str]) -> None:
    by_one = billed(two_urls[0], [FIXED], bulk=False, tariffs=NothingCharged())
    by_columns = billed(two_urls[1], [FIXED], bulk=True, tariffs=NothingCharged())

    assert by_one["invoices"]
    assert not by_one["invoice_line"]
    assert by_columns.pop("step").issued == by_one.pop("step").issued
    for name, found in by_one.items():
        assert by_columns[name] == found, name


ODD_USE = """
    UPDATE reading SET index_kwh = index_kwh + 9000
    WHERE taken_on = '2026-05-02' AND cups LIKE '%3__'
"""
