"""Bills made by columns are those made one by one: the same documents, rows and explanations."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import attrs
import psycopg
import pytest
from sqlalchemy import text

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.billing_shelves import PostgresInvoiceShelf
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from energyretail.adapters.shared.bill_json import explanation_json
from energyretail.application.billing import BulkStep
from energyretail.domain.billing import BillingPolicy, explain
from energyretail.testing.billing import ANY_USE, POLICY
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

READ = tuple(date(2026, month, 2) for month in (3, 4, 5))
DAYS = date(2026, 4, 6), date(2026, 5, 6)
REGISTERS = ("P1", "P2", "P3")
FIXED = PortfolioPart("2.0TD-FIJO", REGISTERS, 60, READ, READ[0], estimated_every=7)

# Everything two runs must agree on, by natural keys.
ROWS = {
    "invoice": "SELECT to_jsonb(invoice) - 'id' - 'form_id' FROM invoice ORDER BY number",
    "invoice_line": """
        SELECT jsonb_build_array(number, position, line.component, line.amount_cents, line.body)
        FROM told_line AS line JOIN invoice ON invoice.id = invoice_id ORDER BY number, position""",
    "invoice_tax": """
        SELECT jsonb_build_array(number, position, tax.tax, rate, base_cents, amount_cents)
        FROM invoice_tax AS tax JOIN invoice ON invoice.id = invoice_id
        ORDER BY number, position""",
    "invoice_reading": """
        SELECT to_jsonb(read) - 'id' - 'invoice_id' || jsonb_build_object('number', number)
        FROM invoice_reading AS read JOIN invoice ON invoice.id = invoice_id
        ORDER BY number, read.id""",
    "entry": "SELECT to_jsonb(entry) - 'id' FROM entry ORDER BY key",
    "posting": """
        SELECT to_jsonb(posting) - 'id' - 'entry_id' || jsonb_build_object('key', key)
        FROM posting JOIN entry ON entry.id = entry_id ORDER BY key, posting.id""",
    "charged_span": """
        SELECT to_jsonb(charged_span) - 'invoice_id' || jsonb_build_object('number', number)
        FROM charged_span JOIN invoice ON invoice.id = invoice_id
        ORDER BY number, component, days""",
    "issued_items": "SELECT to_jsonb(issued_items) FROM issued_items ORDER BY point, day",
    "number_series": "SELECT to_jsonb(number_series) FROM number_series ORDER BY series",
    "held_bill": "SELECT to_jsonb(held_bill) - 'id' FROM held_bill ORDER BY contract, cups, digest",
    "work_item": "SELECT to_jsonb(work_item) - 'id' FROM work_item ORDER BY kind, key",
}


def told(database: Database) -> dict[str, Any]:
    """Return everything that was issued, as rows and as values of the domain."""
    with database.engine.connect() as connection:
        rows = {
            name: [row[0] for row in connection.execute(text(sql))] for name, sql in ROWS.items()
        }
    numbers = [row["number"] for row in rows["invoice"]]
    invoices = PostgresInvoices(database).by_numbers(numbers)
    shelf = PostgresInvoiceShelf(database)
    return rows | {
        "invoices": invoices,
        "explanations": [json.dumps(explanation_json(explain(each))) for each in invoices],
        "copies": [attrs.evolve(shelf.copy_of(number), id="") for number in numbers],
    }


def billed(
    url: str,
    parts: list[PortfolioPart],
    *,
    bulk: bool,
    odd: str = "",
    policy: BillingPolicy = ANY_USE,
) -> dict[str, Any]:
    with closing(Database(url)) as database:
        desk = postgres_desk(database, policy=policy)
        with database.engine.begin() as connection:
            fill_portfolio(connection, parts, seed=7)
            if odd:
                connection.execute(text(odd))
        for day in DAYS:
            desk.open_day(day)
            if bulk:
                step = desk.bill_in_bulk(PostgresBulkBills(database), ColumnarRating(), limit=64)
            else:
                step = desk.bill(limit=64)
        return told(database) | {"step": step, "events": sorted(map(str, desk.events.recorded))}


@pytest.fixture
def two_urls(
    postgres_url: str, template_database: str, database_url: str
) -> Iterator[tuple[str, str]]:
    """The URLs of two fresh migrated databases."""
    name = f"other_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
        yield database_url, urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
    assert step.one_by_one < step.issued / 2
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


ODD_USE = """
    UPDATE reading SET index_kwh = index_kwh + 9000
    WHERE taken_on = '2026-05-02' AND cups LIKE '%3__'
"""
BROKEN = {
    "a form that is not there": "UPDATE invoice SET form_id = 999 WHERE number = 'F26-000003'",
    "no form": "UPDATE invoice SET form_id = NULL WHERE number = 'F26-000003'",
    "another amount": "UPDATE invoice_line SET amount_cents = amount_cents + 1"
    " WHERE position = 1 AND invoice_id = (SELECT id FROM invoice WHERE number = 'F26-000003')",
    "a line gone": "DELETE FROM invoice_line"
    " WHERE position = 1 AND invoice_id = (SELECT id FROM invoice WHERE number = 'F26-000003')",
    "no quantity": "UPDATE invoice_line SET quantity = NULL WHERE quantity IS NOT NULL"
    " AND invoice_id = (SELECT id FROM invoice WHERE number = 'F26-000003')",
    "lines of a form gone": "DELETE FROM bill_form_line WHERE position = 2",
}


class TestABillKeptByItsForm:
    @pytest.mark.parametrize("statement", BROKEN.values(), ids=BROKEN.keys())
    def test_that_was_broken_is_found(self, database_url: str, statement: str) -> None:
        billed(database_url, [FIXED], bulk=True)
        with closing(Database(database_url)) as database:
            assert PostgresDocumentChecks(database).problems() == ()
            with database.engine.begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text(statement))

            assert PostgresDocumentChecks(database).problems()
