"""How fast bills are made and kept, beside a bare COPY of the very same rows.

``python benchmarks/bill_run.py`` starts a database, draws a portfolio, bills it by columns and
copies what came out, table by table, into empty tables with the same keys; each in turns, and
prints a table and, as the last line, JSON. It fails when billing is slower than the bar allows.
"""

from __future__ import annotations

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
import server
import turns
from consolidated import consolidated
from workload import FIGURES, POLICY, READ, TARIFFS, TODAY, Told, Untold, parts_of

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.measured import PostgresFigureBook
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.application.billing import BulkStep
from energyretail.entrypoints.worker import collect_seldom, collect_young
from energyretail.testing.billing import BillingDesk, RecordedEvents
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import fill_portfolio

__all__ = ["Plan", "billed", "desk_of", "drawn", "main", "timed"]

BAR: Final = 0.45
BEFORE: Final = date(2026, 3, 6)
TABLES: Final = copying.made_on(TODAY, since=READ[1])
SIZES: Final = {
    "supplies": (100_000, "how many are billed"),
    "chunk": (20_000, "supplies in one transaction"),
}


@attrs.frozen
class Plan:
    """What to measure: so many supplies in chunks, in pairs of turns."""

    supplies: int
    chunk: int
    pairs: int
    seed: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if billing is fast enough.

    In more pairs than others: on a machine that others share, turns differ by a quarter.
    """
    parser = turns.options(__doc__, sizes=SIZES, bar=BAR, seed="of what was read", pairs=9)
    asked = parser.parse_args(arguments)
    plan = Plan(asked.supplies, asked.chunk, asked.pairs, asked.seed)
    return turns.outcome(asked, _measured(plan), "bills/s")


def _measured(plan: Plan) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        server.opened(Path(folder)) as running,
    ):
        drawn(copying.other(running.url, turns.DRAWN), plan)
        with copying.copied(running.url, turns.DRAWN) as url:
            _, step = timed(url, plan)
            rows = copying.copied_out(url, TABLES, which=TABLES)
            afterwards = consolidated(url)
        took = turns.in_turns(
            running.url,
            plan.pairs,
            {
                "billing": lambda url: timed(url, plan)[0],
                "copying": lambda url: copying.copied_in(url, rows),
            },
        )
    return {
        "benchmark": "bill_run",
        **figures.ratio_of(took["billing"], took["copying"]),
        "plan": attrs.asdict(plan),
        "bills": {
            "issued": step.issued,
            "one_by_one": step.one_by_one,
            "held": step.held,
            "why_one_by_one": step.reasons,
        },
        "consolidated": afterwards,
        "bytes_a_bill": round(sum(map(len, rows.values())) / step.issued),
        "bills_a_second": {
            name: round(step.issued / statistics.median(of)) for name, of in took.items()
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
    copying.aged(url)


def billed(database: Database, events: RecordedEvents, day: date, chunk: int) -> Iterator[BulkStep]:
    """Bill what is due on a day, as a worker does, and yield each chunk."""
    collect_seldom()
    desk = desk_of(database, events)
    desk.open_day(day)
    bill = desk.bulk(PostgresBulkBills(database), ColumnarRating())
    after: str | None = ""
    while after is not None:
        step = bill(after=after, limit=chunk)
        collect_young()
        yield step
        after = step.resume


def desk_of(database: Database, events: RecordedEvents) -> BillingDesk:
    """Return the desk that bills such a portfolio."""
    return attrs.evolve(postgres_desk(database, policy=POLICY, tariffs=TARIFFS), events=events)


def timed(url: str, plan: Plan) -> tuple[float, BulkStep]:
    """Bill the portfolio; return the seconds it took, and what came of it."""
    with closing(Database(url)) as database:
        copying.settled(url)
        began = time.perf_counter()
        steps = tuple(billed(database, Told(PostgresOutbox(database)), TODAY, plan.chunk))
        return time.perf_counter() - began, sum(steps[1:], start=steps[0])


if __name__ == "__main__":
    sys.exit(main())
