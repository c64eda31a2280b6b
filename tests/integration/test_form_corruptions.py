"""What somebody writes into bills kept by their form, with the triggers off, is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest
from sqlalchemy import text

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import DocumentProblem, PostgresDocumentChecks
from energyretail.domain.shared import Fault
from energyretail.testing.billing import ANY_USE
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

READ = date(2026, 3, 2), date(2026, 4, 2)
PART = PortfolioPart("2.0TD-FIJO", ("P1", "P2", "P3"), 12, READ, READ[0])
BILL, OTHER = "F26-000003", "F26-000004"  # both without a line of rounding


def _of(number: str) -> str:
    return f"(SELECT id FROM invoice WHERE number = '{number}')"


def _lines(set_: str, where: str = "true") -> str:
    return f"UPDATE invoice_line SET {set_} WHERE invoice_id = {_of(BILL)} AND {where}"


def _taxes(set_: str, where: str = "true") -> str:
    return f"UPDATE invoice_tax SET {set_} WHERE invoice_id = {_of(BILL)} AND {where}"


def _head(set_: str) -> str:
    return f"UPDATE invoice SET {set_} WHERE number = '{BILL}'"


_SWAPPED = """
    UPDATE invoice_line AS line SET {0} = other.{0} FROM invoice_line AS other
    WHERE line.invoice_id = {1} AND other.invoice_id = line.invoice_id
        AND line.position IN (1, 2) AND other.position = 3 - line.position"""
# As by somebody who knows the sums of a bill: what is told of all documents still adds up.
FORM_ONLY = {
    "two amounts swapped": _SWAPPED.format("amount_cents", _of(BILL)),
    "a cent moved": _lines(
        "amount_cents = amount_cents + CASE position WHEN 1 THEN 1 ELSE -1 END", "position < 3"
    ),
    "another quantity": _lines("quantity = quantity + 1", "quantity IS NOT NULL"),
    "a quantity of more places": _lines("quantity = quantity + 0.0000001", "quantity IS NOT NULL"),
    "a price where the form has one": _lines("price = 0.5", "position = 1"),
    "another tax rate": _taxes("rate = rate + 1"),
    "another base": _taxes("base_cents = base_cents + 100"),
    "another energy": _head("energy_kwh = energy_kwh + 1"),
    "another index": f"UPDATE invoice_reading SET index_kwh = index_kwh + 1"
    f" WHERE invoice_id = {_of(BILL)} AND register = 'P1' AND taken_on = '2026-04-02'",
    "one reading gone": f"DELETE FROM invoice_reading WHERE invoice_id = {_of(BILL)}"
    " AND register = 'P3' AND taken_on = '2026-04-02'",
    "the amounts of another bill": f"""
        WITH lines AS (
            UPDATE invoice_line AS line SET amount_cents = other.amount_cents
            FROM invoice_line AS other WHERE line.invoice_id = {_of(BILL)}
                AND other.invoice_id = {_of(OTHER)} AND line.position = other.position RETURNING 1),
        taxes AS (
            UPDATE invoice_tax AS tax SET base_cents = other.base_cents,
                amount_cents = other.amount_cents
            FROM invoice_tax AS other WHERE tax.invoice_id = {_of(BILL)}
                AND other.invoice_id = {_of(OTHER)} AND tax.position = other.position RETURNING 1),
        posted AS (
            UPDATE posting SET amount_cents = other.amount_cents FROM posting AS other
            WHERE posting.entry_id = (SELECT id FROM entry WHERE key = 'invoice:{BILL}')
                AND other.entry_id = (SELECT id FROM entry WHERE key = 'invoice:{OTHER}')
                AND posting.account = other.account RETURNING 1)
        UPDATE invoice AS bill SET net_cents = other.net_cents, tax_cents = other.tax_cents,
            gross_cents = other.gross_cents
        FROM invoice AS other WHERE bill.number = '{BILL}' AND other.number = '{OTHER}'""",
}
# What contradicts other rows too, and by which codes.
BROKEN = {
    "a form that is not there": (_head("form_id = 999"), "form charged"),
    "no form": (_head("form_id = NULL"), "form charged"),
    "another amount": (_lines("amount_cents = amount_cents + 1", "position = 1"), "lines filled"),
    "a line gone": (
        f"DELETE FROM invoice_line WHERE position = 1 AND invoice_id = {_of(BILL)}",
        "lines form counted filled",
    ),
    "no quantity": (_lines("quantity = NULL", "quantity IS NOT NULL"), "form filled"),
    "a tax of no name": (_taxes("tax = 'X'"), "filled"),
    "another tax amount": (_taxes("amount_cents = amount_cents + 1"), "taxes filled"),
    "readings gone": (
        f"DELETE FROM invoice_reading WHERE invoice_id = {_of(BILL)}", "readings filled",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def billed(fresh_database_url: str) -> Iterator[Database]:
    """Books of bills made by columns."""
    with closing(Database(fresh_database_url)) as database:
        desk = postgres_desk(database, policy=ANY_USE)
        with database.engine.begin() as connection:
            fill_portfolio(connection, [PART], seed=7)
        desk.open_day(READ[1])
        step = desk.bill_in_bulk(PostgresBulkBills(database), ColumnarRating())
        assert (step.issued, step.one_by_one) == (12, 0)
        assert PostgresDocumentChecks(database).problems() == ()
        yield database


def _found(database: Database, sql: str) -> set[str]:
    """Return the codes of what is found of the bill; changes nothing."""
    with database.transaction() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        assert connection.execute(text(sql)).rowcount
        problems: tuple[DocumentProblem, ...] = PostgresDocumentChecks(database).problems()
        assert {each.where for each in problems} <= {BILL, "K000003"}
        return {each.code.removeprefix("billing.check.") for each in problems}


class TestABillKeptByItsForm:
    @pytest.mark.parametrize("sql", FORM_ONLY.values(), ids=FORM_ONLY.keys())
    def test_that_adds_up_and_is_another_is_found(self, billed: Database, sql: str) -> None:
        assert _found(billed, sql) == {"filled"}

    @pytest.mark.parametrize(("sql", "codes"), BROKEN.values(), ids=BROKEN.keys())
    def test_that_was_broken_is_found(self, billed: Database, sql: str, codes: str) -> None:
        assert _found(billed, sql) == set(codes.split())

    @pytest.mark.parametrize("sql", FORM_ONLY.values(), ids=FORM_ONLY.keys())
    def test_is_not_read_as_another(self, billed: Database, sql: str) -> None:
        with billed.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(sql))

            with pytest.raises(Fault) as refused:
                PostgresInvoices(billed).by_numbers([BILL])

        assert refused.value.code == "billing.form_differs"

    def test_whose_form_has_lost_a_line_is_found(self, billed: Database) -> None:
        with billed.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("DELETE FROM bill_form_line WHERE position = 2"))
            problems = PostgresDocumentChecks(billed).problems()

        codes = {each.code.removeprefix("billing.check.") for each in problems}
        assert codes == {"form", "filled", "charged"}
