"""What the database itself refuses of bills kept by their form, when their lines come."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import BulkStep
from energyretail.testing.billing import ANY_USE
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

READ = date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 2)
PART = PortfolioPart("2.0TD-FIJO", ("P1", "P2", "P3"), 4, READ, READ[0])
CHARGED = "INSERT INTO charged_span SELECT 0, contract, cups, :component, {days} FROM supply"
NEXT = "daterange('2026-04-10', '2026-04-12')"
OTHER_FORM = """
    WITH other AS (
        INSERT INTO bill_form (digest, body, period)
        SELECT 'other', body, daterange('2026-04-02', '2026-04-03') FROM bill_form
        LIMIT 1 RETURNING id
    ) INSERT INTO invoice OVERRIDING SYSTEM VALUE
    SELECT (jsonb_populate_record(invoice, jsonb_build_object(
            'id', 0, 'number', 'F26-900000', 'form_id', (SELECT id FROM other),
            'period', '[2026-04-02,2026-05-02)'))).*
        FROM invoice WHERE number = 'F26-000001'"""
ITS_LINES = """
    INSERT INTO invoice_line (invoice_id, position, component, amount_cents)
    SELECT 0, position, component, amount_cents FROM invoice_line
    WHERE invoice_id = (SELECT id FROM invoice WHERE number = 'F26-000001')"""


@pytest.fixture
def books(database: Database) -> Database:
    """A portfolio with one month billed."""
    with database.engine.begin() as connection:
        fill_portfolio(connection, [PART], seed=7)
    assert billed(database, READ[1]).issued == PART.supplies
    return database


def billed(database: Database, day: date) -> BulkStep:
    desk = postgres_desk(database, policy=ANY_USE)
    desk.open_day(day)
    return desk.bill_in_bulk(PostgresBulkBills(database), ColumnarRating())


def charged(database: Database, component: str, days: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(CHARGED.format(days=days)), {"component": component})


def test_a_day_that_another_bill_charges_is_not_charged_again(books: Database) -> None:
    with books.reading() as connection:
        component = connection.scalar(text("SELECT component FROM invoice_line LIMIT 1"))
    charged(books, component, NEXT)

    step = billed(books, READ[2])

    assert (step.issued, step.parked) == (0, PART.supplies)
    assert dict(step.why) == {"billing.billed_twice": PART.supplies}


def test_a_day_of_another_component_is_charged(books: Database) -> None:
    charged(books, "nothing_of_theirs", NEXT)

    assert billed(books, READ[2]).one_by_one == 0


def test_a_form_is_of_the_period_of_its_bill(books: Database) -> None:
    with books.transaction() as connection:
        connection.execute(text(OTHER_FORM))

        with pytest.raises(IntegrityError, match="another period"):
            connection.execute(text(ITS_LINES))
