"""How much faster bills are made by columns than one by one, a transaction an invoice.

``python benchmarks/textbook.py`` starts a database, draws the portfolio of `bill_run.py`, bills it
by columns, two workers side by side, and keeps some of the very same bills as a textbook would:
reads a supply and its readings, takes a number, inserts the invoice and what belongs to it, and
commits; each in turns. It prints a table and, as the last line, JSON, and fails when billing by
columns is not as many times as fast.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import bill_run
import copying
import figures
import psycopg
import server
import side_by_side
import turns
from psycopg import sql
from workload import TODAY

__all__ = ["main"]

BAR: Final = 25
SIZES: Final = {
    "supplies": (400_000, "billed by columns"),
    "one-by-one": (2_000, "billed by the textbook"),
    "chunk": (10_000, "supplies in one transaction"),
    "workers": (2, "bill side by side by columns"),
}
# The forms of the bills, and the column that tells those that were there before.
FORMS: Final = {"bill_form": "id", "bill_form_line": "form_id"}
# What belongs to an invoice, by the column that says so; an entry is told by its key.
PARTS: Final = {
    "invoice_line": "invoice_id",
    "invoice_tax": "invoice_id",
    "invoice_reading": "invoice_id",
}
# The others have their place in these.
_WITH_ID: Final = ("invoice", "entry", "outbox")
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
    """What to measure: a portfolio by columns, and so many of its bills one by one."""

    one_by_one: int
    workers: int
    of: bill_run.Plan


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
    messages: Rows

    @property
    def supply(self) -> tuple[str | None, str | None]:
        """Contract and supply point."""
        told = dict(zip(self.invoice.columns, self.invoice.values[0], strict=True))
        return told["contract"], told["cups"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if billing by columns is fast enough."""
    parser = turns.options(__doc__, sizes=SIZES, bar=BAR, seed="of what was read", pairs=7)
    asked = parser.parse_args(arguments)
    of = bill_run.Plan(asked.supplies, asked.chunk, asked.pairs, asked.seed)
    plan = Plan(asked.one_by_one, asked.workers, of)
    return turns.outcome(asked, _measured(plan), "bills/s")


def _measured(plan: Plan) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        # What is committed is on the disk: a bill that is gone after a failure is none.
        server.opened(Path(folder), ephemeral=False) as running,
    ):
        bill_run.drawn(copying.other(running.url, turns.DRAWN), plan.of)
        with copying.copied(running.url, turns.DRAWN) as url:
            before = _forms_known(url)
            _billed(url, plan, 1)
            later = {table: f"{column} > {before}" for table, column in FORMS.items()}
            forms = copying.copied_out(url, FORMS, which=later)
            bills = _bills(url, plan.one_by_one)
        took = turns.in_turns(
            running.url,
            plan.of.pairs,
            {
                "columns": lambda url: _billed(url, plan, plan.workers),
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


def _billed(url: str, plan: Plan, workers: int) -> float:
    """Bill the portfolio by columns; return the seconds a bill took."""
    run = side_by_side.Run(bill_run.desk_of, TODAY, plan.of.chunk, workers)
    took, step = side_by_side.billed(url, run)
    return took / step.issued


def _forms_known(url: str) -> int:
    with psycopg.connect(url) as connection:
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM bill_form").fetchone() or (
            0,
        )
        return int(last)


def _bills(url: str, count: int) -> list[Bill]:
    """Return bills of a billed portfolio, of all its sorts."""
    with psycopg.connect(url) as connection:
        numbers = connection.execute(
            "SELECT invoice.id, invoice.number, entry.id FROM invoice"
            " JOIN entry ON entry.key = 'invoice:' || invoice.number"
            " WHERE issued_on = %s ORDER BY md5(invoice.number) LIMIT %s",
            [TODAY, count],
        ).fetchall()
        return [
            Bill(
                _rows(connection, "invoice", "id", invoice),
                tuple(_rows(connection, part, by, invoice) for part, by in PARTS.items()),
                _rows(connection, "entry", "id", entry),
                _rows(connection, "posting", "entry_id", entry),
                _rows(connection, "outbox", "key", number, f"invoice:{number}"),
            )
            for invoice, number, entry in numbers
        ]


def _rows(connection: psycopg.Connection[Any], table: str, by: str, *values: int | str) -> Rows:
    """Return rows by a column, all columns as texts but the key and, of a part, whose it is."""
    left = {"id"} if table == "outbox" else {"id", by}
    columns = tuple(
        name
        for (name,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = CAST(%s AS regclass)"
            " AND attnum > 0 AND NOT attisdropped AND attname <> ALL (%s) ORDER BY attnum",
            [table, list(left)],
        )
    )
    shown = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)
    order = sql.Identifier("id" if table in _WITH_ID else "position")
    query = sql.SQL("SELECT {} FROM {} WHERE {} = ANY(%s) ORDER BY {}").format(
        shown, sql.Identifier(table), sql.Identifier(by), order
    )
    return Rows(table, columns, tuple(connection.execute(query, [list(values)]).fetchall()))


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
    _insert(connection, bill.messages)


def _insert(connection: psycopg.Connection[Any], rows: Rows, **owner: int) -> int:
    """Insert rows by one statement, as `owner` says; return the key of the first, if it has one."""
    if not rows.values:
        return 0
    first = "id" if rows.table in _WITH_ID else "0"
    columns = (*owner, *rows.columns)
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    statement = (
        f"INSERT INTO {rows.table} ({', '.join(columns)})"
        f" VALUES {', '.join([row] * len(rows.values))} RETURNING {first}"
    )
    values = [value for each in rows.values for value in (*owner.values(), *each)]
    found = connection.execute(statement.encode(), values).fetchone()
    assert found is not None  # a row came of it
    key: int = found[0]
    return key


if __name__ == "__main__":
    sys.exit(main())
