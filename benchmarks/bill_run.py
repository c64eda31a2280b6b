"""How fast bills are made and kept, beside a bare COPY of the very same rows.

``python benchmarks/bill_run.py`` starts a database, draws a portfolio, bills it by columns and
copies what came out, table by table, into empty tables with the same keys; each in turns, and
prints a table and, as the last line, JSON. It fails when billing is slower than the bar allows.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import attrs
import copying
import figures
from consolidated import consolidated
from workload import FIGURES, POLICY, READ, TARIFFS, TODAY, Told, Untold, parts_of

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.measured import PostgresFigureBook
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.server import open_postgres
from energyretail.application.billing import BulkStep
from energyretail.testing.billing import RecordedEvents
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import fill_portfolio

__all__ = ["Plan", "billed", "drawn", "main"]

BAR: Final = 0.45
BEFORE: Final = date(2026, 3, 6)
# Each table, and which of its rows a turn has made.
_OF_NEW: Final = f"invoice_id IN (SELECT id FROM invoice WHERE issued_on = '{TODAY}')"
TABLES: Final = {
    "invoice": f"issued_on = '{TODAY}'",
    "invoice_line": _OF_NEW,
    "invoice_tax": _OF_NEW,
    "invoice_reading": _OF_NEW,
    "issued_items": f"day >= '{READ[1]}'",
    "entry": f"day = '{TODAY}'",
    "posting": f"entry_id IN (SELECT id FROM entry WHERE day = '{TODAY}')",
    "outbox": "true",
}


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
        template = copying.other(running.url, "drawn")
        drawn(template, plan)
        with copying.copied(running.url, "drawn") as url:
            _, step = _billed(url, plan)
            rows = copying.copied_out(url, TABLES, which=TABLES)
            afterwards = consolidated(url)
        for turn in range(-1, plan.pairs):
            for name in ("billing", "copying") if turn % 2 else ("copying", "billing"):
                with copying.copied(running.url, "drawn") as url:
                    billing = name == "billing"
                    took = _billed(url, plan)[0] if billing else copying.copied_in(url, rows)
                if turn >= 0:  # the first turn warms up
                    turns[name].append(took)
    return {
        "benchmark": "bill_run",
        **figures.ratio_of(turns["billing"], turns["copying"]),
        "plan": attrs.asdict(plan),
        "bills": {
            "issued": step.issued,
            "one_by_one": step.one_by_one,
            "held": step.held,
            "why_one_by_one": step.reasons,
        },
        "consolidated_one_by_one": afterwards,
        "bytes_a_bill": round(sum(map(len, rows.values())) / step.issued),
        "bills_a_second": {
            name: round(step.issued / statistics.median(took)) for name, took in turns.items()
        },
        "machine": figures.machine(),
    }


def drawn(url: str, plan: Plan) -> None:
    """Draw a portfolio, and bill its first month."""
    upgrade(url)
    with closing(Database(url)) as database:
        with database.engine.begin() as connection:
            fill_portfolio(connection, parts_of(plan.supplies), seed=plan.seed)
        with PostgresWork(database)() as transaction:
            PostgresFigureBook(database).take(FIGURES)
            transaction.commit()
        for _ in billed(database, Untold(), BEFORE, plan.chunk):
            pass


def billed(database: Database, events: RecordedEvents, day: date, chunk: int) -> Iterator[BulkStep]:
    """Bill what is due on a day, and yield each chunk."""
    desk = attrs.evolve(postgres_desk(database, policy=POLICY, tariffs=TARIFFS), events=events)
    desk.open_day(day)
    bill = desk.bulk(PostgresBulkBills(database), ColumnarRating())
    after: str | None = ""
    while after is not None:
        step = bill(after=after, limit=chunk)
        yield step
        after = step.resume


def _billed(url: str, plan: Plan) -> tuple[float, BulkStep]:
    """Bill the portfolio; return the seconds it took, and what came of it."""
    with closing(Database(url)) as database:
        copying.settled(url)
        began = time.perf_counter()
        steps = tuple(billed(database, Told(PostgresOutbox(database)), TODAY, plan.chunk))
        return time.perf_counter() - began, sum(steps[1:], start=steps[0])


def _table(found: dict[str, Any]) -> str:
    rows = [f"{name:8} {rate:8} bills/s" for name, rate in found["bills_a_second"].items()]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in sorted(found["ratios"]))
    rows.append(f"ratio {found['ratio']:.2f} (median of {ratios}; bar {found['bar']})")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
