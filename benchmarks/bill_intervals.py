"""How fast bills are made of half-hours, beside reading those and keeping the same rows.

``python benchmarks/bill_intervals.py`` starts a database, draws supplies measured by the half-hour,
bills a month of them by columns, two workers side by side, and, over one connection, reads the very
half-hours out by a COPY and copies what came out into empty tables with the same keys; in turns. It
prints a table and, as the last line, JSON, and fails when billing is slower than the bar allows.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import copying
import figures
import half_hourly
import psycopg
import server
import side_by_side
import turns
from half_hourly import Portfolio
from half_hourly_tariffs import MONTHS
from psycopg import sql

__all__ = ["main"]

BAR: Final = 0.5
SIZES: Final = {
    "supplies": (20_000, "how many are billed"),
    "chunk": (2_500, "supplies in one transaction"),
    "workers": (2, "bill side by side"),
}
_READ: Final = sql.SQL(
    "COPY (SELECT wh FROM interval_day WHERE day >= {}) TO STDOUT (FORMAT BINARY)"
)


@attrs.frozen
class Plan:
    """What to measure: a portfolio in chunks, in pairs of turns."""

    portfolio: Portfolio
    chunk: int
    pairs: int
    workers: int

    def run(self, workers: int) -> side_by_side.Run:
        """Return what so many workers do."""
        return side_by_side.Run(half_hourly.desk_of, self.portfolio.today, self.chunk, workers)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if billing is fast enough."""
    parser = turns.options(__doc__, sizes=SIZES, bar=BAR, seed="of what was measured")
    parser.add_argument("--month", choices=sorted(MONTHS), default="january", help="what is billed")
    asked = parser.parse_args(arguments)
    portfolio = Portfolio(asked.supplies, asked.month, asked.seed)
    found = _measured(Plan(portfolio, asked.chunk, asked.pairs, asked.workers))
    return turns.outcome(asked, found, "bills/s")


def _measured(plan: Plan) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        server.opened(Path(folder)) as running,
    ):
        drawn = copying.other(running.url, turns.DRAWN)
        half_hourly.drawn(drawn, plan.portfolio, chunk=plan.chunk)
        with copying.copied(running.url, turns.DRAWN) as url:
            _, step = side_by_side.billed(url, plan.run(1))
            which = copying.made_on(plan.portfolio.today, since=plan.portfolio.read[1])
            rows = copying.copied_out(url, which, which=which)
        took = turns.in_turns(
            running.url,
            plan.pairs,
            {
                "billing": lambda url: side_by_side.timed(url, plan.run(plan.workers), step),
                "alone": lambda url: side_by_side.timed(url, plan.run(1), step),
                "limit": lambda url: _limit(url, plan, rows),
            },
        )
    return {
        "benchmark": _name(plan.portfolio.month),
        **figures.ratio_of(took["billing"], took["limit"]),
        "ratio_alone": figures.ratio_of(took["alone"], took["limit"])["ratio"],
        "plan": {**attrs.asdict(plan.portfolio), "chunk": plan.chunk, "pairs": plan.pairs,
                 "workers": plan.workers},
        "bills": {"issued": step.issued, "one_by_one": step.one_by_one, "held": step.held,
                  "parked": step.parked, "why_one_by_one": step.reasons},
        "bills_a_second": {
            name: round(plan.portfolio.supplies / statistics.median(of))
            for name, of in took.items()
        },
        "machine": figures.machine(),
    }  # fmt: skip


def _name(month: str) -> str:
    return "bill_intervals" if month == "january" else f"bill_intervals_{month}"


def _limit(url: str, plan: Plan, rows: Mapping[str, bytes]) -> float:
    """Read the half-hours of the month out, and copy the rows in; return the seconds of both."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        copying.settled(url)
        began = time.perf_counter()
        with cursor.copy(_READ.format(sql.Literal(plan.portfolio.read[1]))) as copy:
            for _ in copy:
                pass
        took = time.perf_counter() - began
    return took + copying.copied_in(url, rows)


if __name__ == "__main__":
    sys.exit(main())
