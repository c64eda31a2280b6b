"""How fast a file of readings is taken in, beside a bare COPY of the very same rows.

``python benchmarks/readings.py`` starts a database, draws a portfolio that was read a month ago,
writes the operator's file of the next reading, and takes it in as the use case does; and copies
the rows that came of it into empty tables with the same keys; each in turns. It prints a table
and, as the last line, JSON, and fails when taking in is slower than the bar allows.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import attrs
import copying
import figures
import psycopg
import server

from energyretail.adapters.memory.folders import MemoryFolder
from energyretail.adapters.meter_files import (
    file_name,
    read_meter_file,
    read_meter_file_in_columns,
)
from energyretail.adapters.postgres.bulk_readings import PostgresBulkReadings
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.inbox import PostgresInbox
from energyretail.adapters.postgres.metering import (
    PostgresReadingPlans,
    PostgresReadings,
    PostgresSuppliesToRead,
)
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.metering import ReadingsInBulk, ReceiveMeterFiles
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Event
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

__all__ = ["main"]

BAR: Final = 0.2
BEFORE, TODAY, NEXT = date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 2)
REGISTERS: Final = ("P1", "P2", "P3")
TABLES: Final = ("inbox", "reading", "planned_reading")
OPERATOR: Final = "0021"


@attrs.frozen
class Plan:
    """What to measure: a file of so many points, in pairs of turns."""

    points: int
    pairs: int
    seed: int


@attrs.frozen
class Today:
    """A clock that stands."""

    def today(self) -> date:
        """Return the day the file comes."""
        return TODAY


class Nobody:
    """Hears no events: of a file of first readings there are none."""

    def record(self, events: Sequence[Event]) -> None:
        """Refuse any: something else was measured."""
        if list(events):
            raise RuntimeError("not what was to be measured")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if taking in is fast enough."""
    asked = _parser().parse_args(arguments)
    plan = Plan(asked.points, asked.pairs, asked.seed)
    found = _measured(plan) | {"bar": asked.bar}
    figures.told(found, _table(found), asked.out)
    return figures.judged(found, "readings")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--points", type=int, default=20_000, help="supply points in the file")
    parser.add_argument("--pairs", type=int, default=5, help="turns of each")
    parser.add_argument("--seed", type=int, default=1, help="of what was read")
    parser.add_argument("--bar", type=float, default=BAR, help="fail below this ratio")
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def _measured(plan: Plan) -> dict[str, Any]:
    turns: dict[str, list[float]] = {"taking in": [], "copying": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        server.opened(Path(folder)) as running,
    ):
        drawn = copying.other(running.url, "drawn")
        content = _drawn(drawn, plan)
        with copying.copied(running.url, "drawn") as url:
            _taken_in(url, content, plan)
            with psycopg.connect(url) as connection:
                # Of the portfolio's own readings nothing is copied.
                connection.execute("DELETE FROM reading WHERE source = 'drawn'")
            rows = copying.copied_out(url, TABLES)
        for turn in range(-1, plan.pairs):
            for name in ("taking in", "copying") if turn % 2 else ("copying", "taking in"):
                with copying.copied(running.url, "drawn") as url:
                    if name == "copying":
                        took = copying.copied_in(url, rows)
                    else:
                        took = _taken_in(url, content, plan)
                if turn >= 0:  # the first turn warms up
                    turns[name].append(took)
    count = plan.points * len(REGISTERS)
    return {
        "benchmark": "readings",
        **figures.ratio_of(turns["taking in"], turns["copying"]),
        "plan": attrs.asdict(plan),
        "bytes_of_the_file": len(content),
        "readings_a_second": {
            name: round(count / statistics.median(took)) for name, took in turns.items()
        },
        "machine": figures.machine(),
    }


def _drawn(url: str, plan: Plan) -> bytes:
    """Fill a database, and return the file of what its meters show a month later."""
    upgrade(url)
    part = PortfolioPart(
        tariff="2.0TD-FIJO",
        registers=REGISTERS,
        supplies=plan.points,
        read=(BEFORE,),
        started_on=BEFORE,
    )
    with closing(Database(url)) as database, database.engine.begin() as connection:
        fill_portfolio(connection, [part], seed=plan.seed)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        shown = connection.execute(
            "SELECT cups, register, index_kwh FROM reading ORDER BY cups, register"
        ).fetchall()
    return _file(shown, random.Random(plan.seed))


def _file(shown: Sequence[tuple[str, str, Decimal]], chance: random.Random) -> bytes:
    rows = [
        f"R;{cups};{register};{TODAY};{index + chance.randrange(300_000) / Decimal(1000)};10;{NEXT}"
        for cups, register, index in shown
    ]
    body = "\n".join((f"READINGS;1;{OPERATOR};{TODAY}", *rows, "")).encode()
    return body + f"END;{len(rows)};{hashlib.sha256(body).hexdigest()}\n".encode()


def _taken_in(url: str, content: bytes, plan: Plan) -> float:
    """Take the file in; return the seconds it took."""
    files = MemoryFolder()
    files.put(file_name(OPERATOR, TODAY), content, "out")
    with closing(Database(url)) as database:
        receive = ReceiveMeterFiles(
            work=PostgresWork(database),
            clock=Today(),
            events=Nobody(),
            inbox=PostgresInbox(database),
            work_list=PostgresWorkList(database),
            folder=files,
            reader=read_meter_file,
            readings=PostgresReadings(database),
            plans=PostgresReadingPlans(database),
            supplies=PostgresSuppliesToRead(database),
            rules=SPAIN.reading,
            bulk=ReadingsInBulk(read_meter_file_in_columns, PostgresBulkReadings(database)),
        )
        database.read_value("SELECT 1", {})  # connects
        copying.settled(url)
        began = time.perf_counter()
        received = receive()
        took = time.perf_counter() - began
    if (received.readings, received.parked) != (plan.points * len(REGISTERS), 0):
        raise RuntimeError(f"not what was to be measured: {received}")
    return took


def _table(found: dict[str, Any]) -> str:
    rows = [f"{name:9} {rate:8} readings/s" for name, rate in found["readings_a_second"].items()]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in sorted(found["ratios"]))
    rows.append(f"ratio {found['ratio']:.2f} (median of {ratios}; bar {found['bar']})")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
