"""How fast bills are made and kept, beside a bare COPY of the very same rows.

``python benchmarks/bill_run.py`` starts a database, draws a portfolio, bills it by columns and
copies what came out, table by table, into empty tables with the same keys; each in turns, and
prints a table and, as the last line, JSON. It fails when billing is slower than the bar allows.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import attrs
import figures
import psycopg
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

BAR: Final = 0.45
READ: Final = (date(2026, 3, 2), date(2026, 4, 2))
TODAY: Final = date(2026, 4, 6)
TABLES: Final = (
    "invoice", "invoice_line", "invoice_tax", "invoice_reading", "issued_items", "entry", "posting",
)  # fmt: skip


@attrs.frozen
class Plan:
    """What to measure: so many supplies in chunks, in pairs of turns."""

    supplies: int
    chunk: int
    pairs: int
    seed: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if billing is fast enough."""
    asked = _parser().parse_args(arguments)
    plan = Plan(asked.supplies, asked.chunk, asked.pairs, asked.seed)
    found = _measured(plan) | {"bar": asked.bar}
    figures.told(found, _table(found), asked.out)
    return figures.judged(found, "bill_run")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--supplies", type=int, default=20_000, help="how many are billed")
    parser.add_argument("--chunk", type=int, default=10_000, help="supplies in one transaction")
    parser.add_argument("--pairs", type=int, default=5, help="turns of each")
    parser.add_argument("--seed", type=int, default=1, help="of what was read")
    parser.add_argument("--bar", type=float, default=BAR, help="fail below this ratio")
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def _measured(plan: Plan) -> dict[str, Any]:
    turns: dict[str, list[float]] = {"billing": [], "copying": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        open_postgres(Path(folder), database_url=None, ephemeral=True) as running,
    ):
        drawn = _other(running.url, "drawn")
        _drawn(drawn, plan)
        with _copied(running.url, "drawn") as url:
            _billed(url, plan)
            rows = _copied_out(url)
        for turn in range(-1, plan.pairs):
            for name in ("billing", "copying") if turn % 2 else ("copying", "billing"):
                with _copied(running.url, "drawn") as url:
                    took = _billed(url, plan) if name == "billing" else _copied_in(url, rows)
                if turn >= 0:  # the first turn warms up
                    turns[name].append(took)
    return {
        "benchmark": "bill_run",
        **figures.ratio_of(turns["billing"], turns["copying"]),
        "plan": attrs.asdict(plan),
        "bytes_a_bill": round(sum(map(len, rows.values())) / plan.supplies),
        "bills_a_second": {
            name: round(plan.supplies / statistics.median(took)) for name, took in turns.items()
        },
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
    """Bill the portfolio; return the seconds it took."""
    with closing(Database(url)) as database:
        desk = postgres_desk(database, policy=POLICY)
        desk.open_day(TODAY)
        bills, rating = PostgresBulkBills(database), ColumnarRating()
        _settled(url)
        began = time.perf_counter()
        step = desk.bill_in_bulk(bills, rating, limit=plan.chunk)
        took = time.perf_counter() - began
    if step.issued != plan.supplies or step.one_by_one:
        raise RuntimeError(f"not what was to be measured: {step}")
    return took


def _copied_out(url: str) -> dict[str, bytes]:
    rows = {}
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            into = io.BytesIO()
            with cursor.copy(_statement(table, "TO STDOUT")) as copy:
                for part in copy:
                    into.write(part)
            rows[table] = into.getvalue()
    return rows


def _copied_in(url: str, rows: Mapping[str, bytes]) -> float:
    """Copy rows into empty tables with the same keys; return the seconds it took."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            name = sql.Identifier(f"bare_{table}")
            like = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
            cursor.execute(like.format(name, sql.Identifier(table)))
        connection.commit()
        _settled(url)
        began = time.perf_counter()
        for table, content in rows.items():
            with cursor.copy(_statement(f"bare_{table}", "FROM STDIN")) as copy:
                copy.write(content)
        connection.commit()
        return time.perf_counter() - began


def _statement(table: str, where: str) -> sql.Composed:
    return sql.SQL("COPY {} {} (FORMAT BINARY)").format(sql.Identifier(table), sql.SQL(where))


def _settled(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


@contextmanager
def _copied(url: str, template: str) -> Iterator[str]:
    """Give a copy of a database, gone at the end."""
    yield _other(url, "turn", template=template)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE turn WITH (FORCE)")


def _other(url: str, name: str, *, template: str = "template1") -> str:
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    return f"{url.rpartition('/')[0]}/{name}"


def _table(found: dict[str, Any]) -> str:
    rows = [f"{name:8} {rate:8} bills/s" for name, rate in found["bills_a_second"].items()]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in sorted(found["ratios"]))
    rows.append(f"ratio {found['ratio']:.2f} (median of {ratios}; bar {found['bar']})")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
