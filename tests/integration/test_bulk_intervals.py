"""Half-hours billed by columns in Postgres: the same documents, rows and explanations."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Any

import attrs
import pytest
from sqlalchemy import text

from bulk_bills.told import told
from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres import bulk_due
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.bulk_intervals import told_beside
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from energyretail.application.billing import BulkStep
from energyretail.domain.billing import BillingPolicy
from energyretail.testing.billing import ANY_USE, POLICY
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.bulk_intervals import HourlyTariffs
from energyretail.testing.half_hours import HalfHours
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

REGISTERS = ("P1", "P2", "P3")
MONTHS = {
    "march": (date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)),
    "october": (date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1)),
}
HALVES = {"march": 1486, "october": 1490}
SUPPLIES = 24


def billed(
    url: str, days: tuple[date, ...], *, bulk: bool, policy: BillingPolicy, odd: HalfHours
) -> dict[str, Any]:
    part = PortfolioPart(
        "2.0TD-FIJO", REGISTERS, SUPPLIES, days, days[0], estimated_every=7, half_hours=odd
    )
    with closing(Database(url)) as database:
        desk = postgres_desk(database, policy=policy, tariffs=HourlyTariffs())
        with database.engine.begin() as connection:
            fill_portfolio(connection, [part], seed=5)
        step = BulkStep(issued=0, parked=0, resume=None)
        for day in days[1:]:
            desk.open_day(day)
            if bulk:
                step += desk.bill_in_bulk(PostgresBulkBills(database), ColumnarRating(), limit=16)
            else:
                step += BulkStep(**attrs.asdict(desk.bill(limit=16)))
        assert PostgresDocumentChecks(database).problems() == ()
        return told(database) | {"step": step, "events": list(map(str, desk.events.recorded))}


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("policy", [ANY_USE, POLICY], ids=["any use", "judged"])
def test_are_the_same_to_the_last_byte(
    two_urls: tuple[str, str], month: str, policy: BillingPolicy
) -> None:
    odd = HalfHours(estimated_every=400, missing_every=500)

    by_one = billed(two_urls[0], MONTHS[month], bulk=False, policy=policy, odd=odd)
    by_columns = billed(two_urls[1], MONTHS[month], bulk=True, policy=policy, odd=odd)

    step, one = by_columns.pop("step"), by_one.pop("step")
    assert (step.issued, step.parked, step.held) == (one.issued, one.parked, one.held)
    assert step.issued > SUPPLIES
    assert step.parked > 0
    assert step.one_by_one < step.issued / 2
    for name, found in by_one.items():
        assert by_columns[name] == found, name


@pytest.mark.parametrize("month", MONTHS)
def test_a_month_with_a_change_of_clocks_goes_by_columns(database: Database, month: str) -> None:
    days = MONTHS[month][:2]
    whole = HalfHours(estimated_every=0, missing_every=0)
    part = PortfolioPart("2.0TD-FIJO", REGISTERS, SUPPLIES, days, days[0], half_hours=whole)
    part = attrs.evolve(part, estimated_every=1_000_000)
    desk = postgres_desk(database, policy=ANY_USE, tariffs=HourlyTariffs())
    with database.engine.begin() as connection:
        fill_portfolio(connection, [part], seed=5)
    desk.open_day(days[1])

    (alike,) = PostgresBulkBills(database).due(today=days[1], after="", limit=100).alike
    step = desk.bill_in_bulk(PostgresBulkBills(database), ColumnarRating())

    assert alike.told is not None
    assert alike.told.intervals["A+"].shape == (SUPPLIES, HALVES[month])
    assert (step.issued, step.one_by_one, step.reasons) == (SUPPLIES, 0, {})
    with database.engine.connect() as connection:
        kept = connection.scalar(text("SELECT count(*) FROM invoice WHERE form_id IS NULL"))
    assert kept == 0


_TOLD_ANEW = text("""
    INSERT INTO interval_day (point, day, channel, flow, zone, minutes, quality, source, wh)
    SELECT point, day, channel, flow, zone, minutes, quality, source, wh FROM interval_day
    ORDER BY number LIMIT 1
""")


def test_what_is_told_meanwhile_is_news_of_the_bill(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = MONTHS["march"][:2]
    whole = HalfHours(estimated_every=0, missing_every=0)
    part = PortfolioPart("2.0TD-FIJO", REGISTERS, 3, days, days[0], half_hours=whole)
    part = attrs.evolve(part, estimated_every=1_000_000)
    desk = postgres_desk(database, policy=ANY_USE, tariffs=HourlyTariffs())
    with database.engine.begin() as connection:
        fill_portfolio(connection, [part], seed=5)
        newest = connection.scalar(text("SELECT max(number) FROM interval_day"))
    desk.open_day(days[1])

    def told_late(*given: Any, **more: Any) -> Any:
        with database.engine.begin() as connection:
            connection.execute(_TOLD_ANEW)
        return told_beside(*given, **more)

    monkeypatch.setattr(bulk_due, "told_beside", told_late)
    desk.bill_in_bulk(PostgresBulkBills(database), ColumnarRating())

    with database.engine.connect() as connection:
        seen = connection.scalar(text("SELECT max(measured_seen) FROM invoice"))
        last = connection.scalar(text("SELECT max(number) FROM interval_day"))
    assert last > newest
    assert seen == newest
