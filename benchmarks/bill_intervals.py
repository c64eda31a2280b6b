"""How fast bills are made of half-hours, beside reading those and keeping the same rows.

``python benchmarks/bill_intervals.py`` starts a database, draws supplies measured by the half-hour,
bills a month of them by columns, reads the very half-hours out by a COPY, and copies what came out
into empty tables with the same keys; each in turns. It prints a table and, as the last line, JSON,
and fails when billing is slower than the bar allows.
"""

from __future__ import annotations

import argparse
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
from workload import Told

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.server import open_postgres
from energyretail.testing.billing import POLICY
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.bulk_intervals import HourlyTariffs
from energyretail.testing.half_hours import HalfHours
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

__all__ = ["main"]

BAR: Final = 0.5
READ: Final = (date(2026, 3, 1), date(2026, 4, 1))
TODAY: Final = date(2026, 4, 6)
TABLES: Final = (
    "invoice", "invoice_line", "invoice_tax", "invoice_reading", "issued_items", "entry",
    "posting", "outbox",
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
    return figures.judged(found, "bill_intervals")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--supplies", type=int, default=10_000, help="how many are billed")
    parser.add_argument("--chunk", type=int, default=5_000, help="supplies in one transaction")
    parser.add_argument("--pairs", type=int, default=5, help="turns of each")
    parser.add_argument("--seed", type=int, default=1, help="of what was measured")
    parser.add_argument("--bar", type=float, default=BAR, help="fail below this ratio")
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def _measured(plan: Plan) -> dict[str, Any]:
    turns: dict[str, list[float]] = {"billing": [], "limit": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        open_postgres(Path(folder), database_url=None, ephemeral=True) as running,
    ):
        _drawn(copying.other(running.url, "drawn"), plan)
        with copying.copied(running.url, "drawn") as url:
            _, step = _billed(url, plan)
            rows = copying.copied_out(url, TABLES)
        for turn in range(-1, plan.pairs):
            for name in ("billing", "limit") if turn % 2 else ("limit", "billing"):
                with copying.copied(running.url, "drawn") as url:
                    if name == "billing":
                        took, _ = _billed(url, plan)
                    else:
                        took = _read(url) + copying.copied_in(url, rows)
                if turn >= 0:  # the first turn warms up
                    turns[name].append(took)
    return {
        "benchmark": "bill_intervals",
        **figures.ratio_of(turns["billing"], turns["limit"]),
        "plan": attrs.asdict(plan),
        "bills": {"issued": step.issued, "one_by_one": step.one_by_one, "held": step.held,
                  "parked": step.parked, "why_one_by_one": step.reasons},
        "bills_a_second": {
            name: round(plan.supplies / statistics.median(took)) for name, took in turns.items()
        },
        "machine": figures.machine(),
    }  # fmt: skip


def _drawn(url: str, plan: Plan) -> None:
    upgrade(url)
    part = PortfolioPart(
        tariff="2.0TD-FIJO",
        registers=("P1", "P2", "P3"),
        supplies=plan.supplies,
        read=READ,
        started_on=READ[0],
        half_hours=HalfHours(estimated_every=0, missing_every=0),
    )
    with closing(Database(url)) as database, database.engine.begin() as connection:
        fill_portfolio(connection, [part], seed=plan.seed)


def _billed(url: str, plan: Plan) -> tuple[float, Any]:
    """Bill the portfolio; return the seconds it took, and what came of it."""
    with closing(Database(url)) as database:
        desk = postgres_desk(database, policy=POLICY, tariffs=HourlyTariffs())
        desk = attrs.evolve(desk, events=Told(PostgresOutbox(database)))
        desk.open_day(TODAY)
        copying.settled(url)
        began = time.perf_counter()
        step = desk.bill_in_bulk(PostgresBulkBills(database), ColumnarRating(), limit=plan.chunk)
        return time.perf_counter() - began, step


def _read(url: str) -> float:
    """Read all half-hours out of the database; return the seconds it took."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        copying.settled(url)
        began = time.perf_counter()
        with cursor.copy("COPY (SELECT wh FROM interval_day) TO STDOUT (FORMAT BINARY)") as copy:
            for _ in copy:
                pass
        return time.perf_counter() - began


def _table(found: dict[str, Any]) -> str:
    rows = [f"{name:8} {rate:8} bills/s" for name, rate in found["bills_a_second"].items()]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in sorted(found["ratios"]))
    rows.append(f"ratio {found['ratio']:.2f} (median of {ratios}; bar {found['bar']})")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
