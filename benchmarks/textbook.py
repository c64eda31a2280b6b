"""How much faster bills are made by columns than one by one, a transaction an invoice.

``python benchmarks/textbook.py`` starts a database, draws a portfolio, bills it by columns, and
keeps some of the very same bills as a textbook would: reads a supply and its readings, takes a
number, inserts the invoice and what belongs to it, and commits; each in turns. It prints a table
and, as the last line, JSON, and fails when billing by columns is not as many times as fast.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import attrs
import copying
import figures
import psycopg
import turns
from psycopg import sql

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import open_postgres
from energyretail.testing.billing import POLICY
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

__all__ = ["main"]

BAR: Final = 25
READ: Final = (date(2026, 3, 2), date(2026, 4, 2))
TODAY: Final = date(2026, 4, 6)
SIZES: Final = {
    "supplies": (20_000, "billed by columns"),
    "one-by-one": (2_000, "billed by the textbook"),
    "chunk": (10_000, "supplies in one transaction"),
}
FORMS: Final = ("bill_form", "bill_form_line")
# What belongs to an invoice, by the column that says so; an entry is told by its key.
PARTS: Final = {
    "invoice_line": "invoice_id",
    "invoice_tax": "invoice_id",
    "invoice_reading": "invoice_id",
}
_SUPPLY: Final = """
    SELECT supply.*, customer.kind FROM supply
    JOIN contract ON contract.number = supply.contract
    JOIN customer ON customer.number = contract.customer
    WHERE supply.contract = %s AND supply.cups = %s
"""
_READINGS: Final = """
    SELECT register, taken_on, version, index_kwh, quality FROM reading
    WHERE left(cups, 20) = left(%s, 20) ORDER BY register, taken_on, version
"""
_NUMBER: Final = """
    INSERT INTO number_series (series, last) VALUES ('textbook', 1)
    ON CONFLICT (series) DO UPDATE SET last = number_series.last + 1 RETURNING last
"""


@attrs.frozen
class Plan:
    """What to measure: so many supplies by columns, so many of them one by one."""

    supplies: int
    one_by_one: int
    chunk: int
    pairs: int
    seed: int


@attrs.frozen
class Rows:
    """Rows of one table that belong to one invoice, as texts."""

    table: str
    columns: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]


@attrs.frozen
class Bill:
    """One invoice as it was made, and what belongs to it."""

    invoice: Rows
    parts: tuple[Rows, ...]
    entry: Rows
    postings: Rows

    @property
    def supply(self) -> tuple[str | None, str | None]:
        """Contract and supply point."""
        told = dict(zip(self.invoice.columns, self.invoice.values[0], strict=True))
        return told["contract"], told["cups"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if billing by columns is fast enough."""
    parser = turns.options(__doc__, sizes=SIZES, bar=BAR, seed="of what was read")
    asked = parser.parse_args(arguments)
    plan = Plan(asked.supplies, asked.one_by_one, asked.chunk, asked.pairs, asked.seed)
    return turns.outcome(asked, _measured(plan), "bills/s")


def _measured(plan: Plan) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_postgres(Path(folder), database_url=None, ephemeral=True) as running,
    ):
        _drawn(copying.other(running.url, turns.DRAWN), plan)
        with copying.copied(running.url, turns.DRAWN) as url:
            _billed(url, plan)
            forms = copying.copied_out(url, FORMS)
            bills = _bills(url, plan.one_by_one)
        took = turns.in_turns(
            running.url,
            plan.pairs,
            {
                "columns": lambda url: _billed(url, plan) / plan.supplies,
                "textbook": lambda url: _written(url, bills, forms) / len(bills),
            },
        )
    return {
        "benchmark": "textbook",
        **figures.ratio_of(took["columns"], took["textbook"]),
        "plan": attrs.asdict(plan),
        "bills_a_second": {name: round(1 / statistics.median(of)) for name, of in took.items()},
        "machine": figures.machine(),
    }


def _drawn(url: str, plan: Plan) -> None:
    upgrade(url)
    part = PortfolioPart(
        tariff="2.0TD-FIJO",
        registers=("P1", "P2", "P3"),
        supplies=plan.supplies,
        read=READ,
        started_on=READ[0],
    )
    with closing(Database(url)) as database, database.engine.begin() as connection:
        fill_portfolio(connection, [part], seed=plan.seed)


def _billed(url: str, plan: Plan) -> float:
    """Bill the portfolio by columns; return the seconds it took."""
    with closing(Database(url)) as database:
        desk = postgres_desk(database, policy=POLICY)
        desk.open_day(TODAY)
        bills, rating = PostgresBulkBills(database), ColumnarRating()
        copying.settled(url)
        began = time.perf_counter()
        step = desk.bill_in_bulk(bills, rating, limit=plan.chunk)
        took = time.perf_counter() - began
    if step.issued != plan.supplies or step.one_by_one:
        raise RuntimeError(f"not what was to be measured: {step}")
    return took


def _bills(url: str, count: int) -> list[Bill]:
    """Return the first bills of a billed portfolio."""
    with psycopg.connect(url) as connection:
        numbers = connection.execute(
            "SELECT id, number FROM invoice ORDER BY number LIMIT %s", [count]
        ).fetchall()
        bills = []
        for invoice, number in numbers:
            entry = connection.execute(
                "SELECT id FROM entry WHERE key = %s", [f"invoice:{number}"]
            ).fetchone()
            assert entry is not None  # every bill of this portfolio comes to something
            parts = tuple(_rows(connection, part, by, invoice) for part, by in PARTS.items())
            bills.append(
                Bill(
                    _rows(connection, "invoice", "id", invoice),
                    parts,
                    _rows(connection, "entry", "id", entry[0]),
                    _rows(connection, "posting", "entry_id", entry[0]),
                )
            )
    return bills


def _rows(connection: psycopg.Connection[Any], table: str, by: str, value: int) -> Rows:
    columns = tuple(
        name
        for (name,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = CAST(%s AS regclass)"
            " AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', %s) ORDER BY attnum",
            [table, by],
        )
    )
    shown = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)
    query = sql.SQL("SELECT {} FROM {} WHERE {} = %s ORDER BY id").format(
        shown, sql.Identifier(table), sql.Identifier(by)
    )
    return Rows(table, columns, tuple(connection.execute(query, [value]).fetchall()))


def _written(url: str, bills: Sequence[Bill], forms: dict[str, bytes]) -> float:
    """Keep bills one by one, a transaction each; return the seconds it took."""
    with psycopg.connect(url) as connection:
        with connection.cursor() as cursor:
            for table, content in forms.items():
                statement = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)")
                with cursor.copy(statement.format(sql.Identifier(table))) as copy:
                    copy.write(content)
        connection.commit()
        copying.settled(url)
        began = time.perf_counter()
        for bill in bills:
            _write(connection, bill)
            connection.commit()
        return time.perf_counter() - began


def _write(connection: psycopg.Connection[Any], bill: Bill) -> None:
    connection.execute(_SUPPLY, bill.supply).fetchall()
    connection.execute(_READINGS, bill.supply[1:]).fetchall()
    connection.execute(_NUMBER).fetchall()
    invoice = _insert(connection, bill.invoice)
    for part in bill.parts:
        _insert(connection, part, invoice_id=invoice)
    _insert(connection, bill.postings, entry_id=_insert(connection, bill.entry))


def _insert(connection: psycopg.Connection[Any], rows: Rows, **owner: int) -> int:
    """Insert rows by one statement, as `owner` says; return the key of the first."""
    if not rows.values:
        return 0
    columns = (*owner, *rows.columns)
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    statement = (
        f"INSERT INTO {rows.table} ({', '.join(columns)})"
        f" VALUES {', '.join([row] * len(rows.values))} RETURNING id"
    )
    values = [value for each in rows.values for value in (*owner.values(), *each)]
    found = connection.execute(statement.encode(), values).fetchone()
    assert found is not None  # a row came of it
    key: int = found[0]
    return key


if __name__ == "__main__":
    sys.exit(main())
