"""What somebody writes behind the application's back is refused by the database, or found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from energyretail.application.billing import Invoices
from energyretail.domain.billing import Invoice
from energyretail.testing.billing import BY_DIFFERENCE, BillingDesk
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    readings_of,
)
from energyretail.testing.conformance.charged_days import BEFORE, charged_for

# The books: F1 taken back by R1 and replaced by F4; F2 rectified by R2; F3 in force untouched;
# F5 rectified by R3, taken back whole by R4 and replaced by F6. F7, of the days after F3, charges
# its energy for days before F3.
BILL, TAKEN, NOTE, REBILL = "F26-000003", "F26-000001", "R26-000001", "F26-000004"
RECTIFIED, RECTIFICATION = "F26-000002", "R26-000002"
OUTSIDE = "F26-000007"


_COLUMNS = """
    number kind contract customer cups tariff period issued_on due_on net_cents tax_cents
    gross_cents currency rounding_scope rounding_mode rounding_decimals prices original
    cancelled_by price_digest stands
"""


def _copy(of: str, /, **changed: str) -> str:
    """Return the SQL that copies a document, under another number and some columns changed."""
    values = {name: name for name in _COLUMNS.split()} | {"number": "'F26-000009'"} | changed
    return (
        f"INSERT INTO invoice ({', '.join(values)}) SELECT {', '.join(values.values())}"
        f" FROM invoice WHERE number = '{of}'"
    )


def _update(number: str, what: str) -> str:
    return f"UPDATE invoice SET {what} WHERE number = '{number}'"


def _of(table: str, number: str, sql: str) -> str:
    return f"{sql} {table} WHERE invoice_id = (SELECT id FROM invoice WHERE number = '{number}')"


def _line_more(number: str) -> str:
    return (
        "INSERT INTO invoice_line (invoice_id, position, component, amount_cents, body)"
        " SELECT invoice_id, position + 100, component, amount_cents, body FROM invoice_line"
        f" WHERE invoice_id = (SELECT id FROM invoice WHERE number = '{number}') LIMIT 1"
    )


def _charge_on(first: str, until: str) -> str:
    body = f'{{"from": "{first}", "until": "{until}"}}'
    return f"UPDATE invoice_line SET body = body || '{body}'"


def _posting(number: str, set_: str) -> str:
    return (
        f"UPDATE posting SET {set_} WHERE entry_id ="
        f" (SELECT id FROM entry WHERE key = 'invoice:{number}')"
    )


_SPAN = "INSERT INTO charged_span (invoice_id, contract, cups, component, days)"
_PAIR = (
    "INSERT INTO posting (entry_id, position, account, amount_cents, currency, customer, item)"
    " SELECT entry_id, position + 100, account, sign * 7, currency, customer, item FROM ("
    "   SELECT DISTINCT ON (account) * FROM posting WHERE account IN ('receivable', 'revenue')"
    "   AND entry_id = (SELECT id FROM entry WHERE key = 'invoice:{0}')) AS two"
    " CROSS JOIN LATERAL (SELECT CASE account WHEN 'receivable' THEN 1 ELSE -1 END AS sign) AS s"
)

PLAIN = {
    "a bill twice": _copy(BILL),
    "a bill shifted by a day": _copy(BILL, period="daterange(lower(period)+1, upper(period)+1)"),
    "a bill of one day more": _copy(BILL, period="daterange(upper(period)-1, upper(period))"),
    "a bill for another contract's customer": _copy(BILL, contract="'K000009'"),
    "a rebill twice": _copy(REBILL),
    "a rectification twice": _copy(RECTIFICATION),
    "a second credit note": _copy(NOTE),
    "a credit note of a bill in force": _copy(NOTE, original=f"'{BILL}'"),
    "a credit note of nothing": _copy(NOTE, original="'F26-000777'"),
    "a credit note without an original": _copy(NOTE, original="NULL"),
    "a document of no kind": _copy(
        BILL, kind="'proforma'", period="daterange(lower(period)+90, NULL)"
    ),
    "a rectification that leaves nothing": _copy(RECTIFICATION, stands="NULL"),
    "a bill that leaves another": _copy(BILL, stands="'{}'::jsonb"),
    "a sum that is none": _copy(NOTE, gross_cents="gross_cents + 1"),
    "a bill for ever": _copy(BILL, period="daterange(upper(period), NULL)"),
    "a number twice": _copy(
        BILL, number=f"'{BILL}'", period="daterange('2030-01-01', '2030-02-01')"
    ),
    "a bill out of nowhere": _copy(BILL, period="daterange('2030-01-01', '2030-02-01')"),
    "another gross": _update(BILL, "gross_cents = gross_cents + 1, net_cents = net_cents + 1"),
    "another period": _update(BILL, "period = daterange(lower(period), upper(period) + 1)"),
    "another customer": _update(BILL, "customer = 'C000009'"),
    "another contract": _update(BILL, "contract = 'K000009'"),
    "another due day": _update(BILL, "due_on = due_on + 1"),
    "another number": _update(BILL, "number = 'F26-000008'"),
    "other prices": _update(BILL, "price_digest = ''"),
    "another bill left standing": _update(RECTIFICATION, "stands = stands || '{\"net_cents\": 1}'"),
    "taken back by nobody": _update(BILL, "cancelled_by = 'R26-000777'"),
    "taken back by another's note": _update(BILL, f"cancelled_by = '{NOTE}'"),
    "taken back no more": _update(TAKEN, "cancelled_by = NULL"),
    "rectified no more": _update(RECTIFIED, "cancelled_by = NULL"),
    "a credit note taken back": _update(NOTE, f"cancelled_by = '{BILL}'"),
    "a bill gone": f"DELETE FROM invoice WHERE number = '{BILL}'",
    "a line changed": _of("", BILL, "UPDATE invoice_line SET amount_cents = 0"),
    "a line reworded": _of("", BILL, "UPDATE invoice_line SET body = '{}'"),
    "lines gone": _of("invoice_line", BILL, "DELETE FROM"),
    "a line more on a bill": _line_more(BILL),
    "a line more on a credit note": _line_more(NOTE),
    "a line more on a bill taken back": _line_more(TAKEN),
    "a line more on a rectification": _line_more(RECTIFICATION),
    "taxes gone": _of("invoice_tax", BILL, "DELETE FROM"),
    "a tax changed": _of("", BILL, "UPDATE invoice_tax SET amount_cents = 0"),
    "readings gone": _of("invoice_reading", BILL, "DELETE FROM"),
    "a reading changed": _of("", BILL, "UPDATE invoice_reading SET index_kwh = 0"),
    "a posting changed": _posting(BILL, "amount_cents = 0"),
    "postings gone": "DELETE FROM posting",
    "a posting more": _PAIR.format(BILL).replace("sign * 7", "7"),
    "two postings more that balance": _PAIR.format(BILL),
    "an entry gone": "DELETE FROM entry",
    "an entry twice": f"INSERT INTO entry (key, day, text) VALUES ('invoice:{BILL}', now(), '')",
    "an entry of nothing": "INSERT INTO entry (key, day, text) VALUES ('invoice:F26-9', now(), '')",
    "a number given again": "UPDATE number_series SET last = last - 1 WHERE series = 'invoice:F26'",
    "a number never given": "UPDATE number_series SET last = last + 1 WHERE series = 'invoice:R26'",
    "a series forgotten": "DELETE FROM number_series WHERE series = 'invoice:R26'",
    "spans gone": "DELETE FROM charged_span WHERE component = 'energy'",
    "a span of days of another": "UPDATE charged_span SET days = '[2026-03-08,2026-03-09)'",
    "a span charged twice": f"{_SPAN} SELECT * FROM charged_span LIMIT 1",
    "a span of nothing": (
        f"{_SPAN} SELECT 9999, contract, cups, 'gift', days FROM charged_span LIMIT 1"
    ),
    "counts forgotten": "UPDATE issued_items SET documents = 0",
    "counts past the bound": "UPDATE issued_items SET documents = 201",
}
# As by somebody who may switch the triggers off.
WITHOUT_TRIGGERS = {
    "a line changed": _of("", BILL, "UPDATE invoice_line SET amount_cents = amount_cents + 1"),
    "a line and the sum changed": _of("", BILL, "UPDATE invoice_line SET amount_cents = 1"),
    "lines gone": _of("invoice_line", BILL, "DELETE FROM"),
    "a line of another component": _of("", BILL, "UPDATE invoice_line SET component = 'gift'"),
    "a tax changed": _of("", BILL, "UPDATE invoice_tax SET amount_cents = amount_cents + 1"),
    "a tax reworded": _of("", BILL, 'UPDATE invoice_tax SET body = body || \'{"tax": "X"}\''),
    "readings gone": _of("invoice_reading", BILL, "DELETE FROM"),
    "a bill gone": f"DELETE FROM invoice WHERE number = '{BILL}'",
    "another gross": _update(BILL, "gross_cents = gross_cents + 1, net_cents = net_cents + 1"),
    "another customer": _update(BILL, "customer = 'C000009'"),
    "another original": _update(NOTE, f"original = '{BILL}'"),
    "another bill left standing": _update(RECTIFICATION, "stands = stands || '{\"net_cents\": 1}'"),
    "a bill back in force": _update(TAKEN, "cancelled_by = NULL"),
    "a bill taken back": _update(BILL, f"cancelled_by = '{NOTE}'"),
    "a posting changed": _posting(BILL, "amount_cents = amount_cents + 1"),
    "a posting for another": _posting(BILL, "customer = 'C000009'"),
    "a line out of the period": _of(
        "", BILL, 'UPDATE invoice_line SET body = body || \'{"until": "2031-01-01"}\''
    ),
    "lines in the period after all": _of("", OUTSIDE, _charge_on("2026-04-07", "2026-04-08")),
    "days of another by line and span": (
        f"WITH line AS ({_of('', OUTSIDE, _charge_on('2026-03-08', '2026-03-09'))}"
        " AND component = 'energy' RETURNING 1)"
        " UPDATE charged_span SET days = '[2026-03-08,2026-03-09)' WHERE component = 'energy'"
    ),
}


def _take_a_rectification_back(pairs: BillingDesk, differences: BillingDesk) -> None:
    """Rectify the bill of a fourth contract, then take it back whole and bill it anew."""
    pairs.world.sign(contract_of(4))
    pairs.world.read(readings_of(4, START, 100), readings_of(4, SECOND, 150, estimated=True))
    pairs.bill()
    pairs.world.read(readings_of(4, SECOND, 165, version=2))
    differences.correct()
    pairs.world.read(readings_of(4, SECOND, 160, version=3))
    pairs.correct()


def _bill_outside(desk: BillingDesk) -> None:
    """Bill the third contract on; what it is charged for energy is of days before its supply."""
    desk.world.read(readings_of(3, THIRD, 200))
    invoices = _Outside(desk.world.invoices)
    attrs.evolve(desk, world=attrs.evolve(desk.world, invoices=invoices)).bill()


class _Outside:
    """The Invoices port, which has the energy of every bill charged for earlier days."""

    def __init__(self, invoices: Invoices):
        self._invoices = invoices

    def add(self, invoices: Sequence[Invoice]) -> None:
        self._invoices.add(
            [attrs.evolve(each, bill=charged_for(each.bill, BEFORE)) for each in invoices]
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._invoices, name)


@pytest.fixture(scope="module")
def billed(fresh_database_url: str) -> Iterator[Database]:
    """Books with every kind of document in them."""
    database = Database(fresh_database_url)
    pairs = postgres_desk(database)
    differences = postgres_desk(database, policy=BY_DIFFERENCE)
    pairs.open_day(SECOND)
    pairs.world.sign(*(contract_of(number) for number in (1, 2, 3)))
    for number in (1, 2, 3):
        pairs.world.read(readings_of(number, START, 100))
        pairs.world.read(readings_of(number, SECOND, 150, estimated=True))
    pairs.bill()
    pairs.open_day(THIRD)
    pairs.world.read(readings_of(1, SECOND, 170, version=2))
    pairs.correct()
    pairs.world.read(readings_of(2, SECOND, 165, version=2))
    differences.correct()
    _take_a_rectification_back(pairs, differences)
    _bill_outside(pairs)
    yield database
    database.close()


def _refused_or_found(database: Database, sql: str, *, before: str = "") -> str:
    """Return why it failed, or the codes of what was found; empty is neither. Changes nothing."""
    with database.transaction() as connection:
        try:
            if before:
                connection.execute(text(before))
            if not connection.exec_driver_sql(sql).rowcount:
                return ""
        except IntegrityError as refused:
            return str(refused.orig)
        except DBAPIError as broken:
            raise AssertionError(f"the corruption itself is wrong: {sql}") from broken
        return " ".join(each.code for each in PostgresDocumentChecks(database).problems())


class TestWhatIsWrittenBehindTheApplication:
    def test_is_nothing_so_far(self, billed: Database) -> None:
        with billed.reading() as connection:
            rows = connection.execute(text("SELECT number, kind FROM invoice ORDER BY id")).all()

        assert {tuple(row) for row in rows} == {
            (BILL, "invoice"),
            (TAKEN, "invoice"),
            (RECTIFIED, "invoice"),
            (NOTE, "credit_note"),
            (REBILL, "rebill"),
            (RECTIFICATION, "rectification"),
            ("F26-000005", "invoice"),
            ("R26-000003", "rectification"),
            ("R26-000004", "credit_note"),
            ("F26-000006", "rebill"),
            (OUTSIDE, "invoice"),
        }
        assert PostgresDocumentChecks(billed).problems() == ()
        assert len(PLAIN) + len(WITHOUT_TRIGGERS) >= 50

    @pytest.mark.parametrize("what", PLAIN)
    def test_is_refused_or_found(self, billed: Database, what: str) -> None:
        assert _refused_or_found(billed, PLAIN[what])

    @pytest.mark.parametrize("what", WITHOUT_TRIGGERS)
    def test_is_found_where_the_triggers_were_off(self, billed: Database, what: str) -> None:
        off = "SET LOCAL session_replication_role = replica"

        assert _refused_or_found(billed, WITHOUT_TRIGGERS[what], before=off)
