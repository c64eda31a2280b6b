"""How a bill run grows: seconds a service and memory, of many services beside few.

``python benchmarks/growth.py`` draws two portfolios, the one a hundred times the other, bills each
by a worker process of its own and prints a table and, as the last line, JSON. It fails when a
service of the large one takes longer, or its worker more memory, than the bars allow. They are read
by their registers, or with ``--half-hourly`` measured by the half-hour.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import attrs
import bill_run
import copying
import figures
import half_hourly
import server
from workload import TODAY, Told

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.application.billing import BulkStep

__all__ = ["main"]

BARS: Final = {"seconds": 1.25, "memory": 1.25, "megabytes": 400.0}


@attrs.frozen
class Plan:
    """What to measure: so many services in chunks, read by registers or by the half-hour."""

    supplies: int
    chunk: int
    seed: int
    half_hourly: bool

    @property
    def portfolio(self) -> half_hourly.Portfolio:
        """The services that are measured by the half-hour."""
        return half_hourly.Portfolio(self.supplies, "january", self.seed)

    @property
    def registers(self) -> bill_run.Plan:
        """The services that are read."""
        return bill_run.Plan(self.supplies, self.chunk, 1, self.seed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if nothing grows faster than the services do."""
    asked = _parser().parse_args(arguments)
    sizes = {"small": asked.small, "large": asked.large}
    found = {
        name: _measured(Plan(supplies, asked.chunk, asked.seed, asked.half_hourly))
        for name, supplies in sizes.items()
    }
    small, large = found["small"], found["large"]
    ratios = {
        "seconds": round(large["us_a_service"] / small["us_a_service"], 3),
        "memory": round(large["megabytes"] / small["megabytes"], 3),
        "megabytes": large["megabytes"],
    }
    told = {
        "benchmark": "growth_half_hourly" if asked.half_hourly else "growth",
        "sizes": found,
        "ratios": ratios,
        "bars": BARS,
        "machine": figures.machine(),
    }
    figures.told(told, _table(told), asked.out)
    return figures.grown(told, told["benchmark"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--small", type=int, default=10_000, help="services of the few")
    parser.add_argument("--large", type=int, default=1_000_000, help="services of the many")
    parser.add_argument("--chunk", type=int, default=10_000, help="services in one transaction")
    parser.add_argument("--seed", type=int, default=1, help="of what was read")
    parser.add_argument(
        "--half-hourly", action="store_true", help="measured by the half-hour, a month to bill"
    )
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def _measured(plan: Plan) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        server.opened(Path(folder)) as running,
    ):
        began = time.perf_counter()
        if plan.half_hourly:
            half_hourly.drawn(running.url, plan.portfolio, chunk=plan.chunk)
        else:
            bill_run.drawn(running.url, plan.registers)
        drawn_in = time.perf_counter() - began
        # A process of its own: what drawing took is not its memory.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            told = pool.apply(_worked, (running.url, plan))
        size = copying.size_of(running.url)
    return told | {"drawn_in_s": round(drawn_in), "database_mb": round(size / 2**20)}


def _worked(url: str, plan: Plan) -> dict[str, Any]:
    """Bill what is due in a worker; return its figures, memory as a curve over the run."""
    curve: list[float] = []
    issued = parked = 0
    with closing(Database(url)) as database:
        copying.settled(url)
        began = time.perf_counter()
        for step in _billed(database, plan):
            issued += step.issued
            parked += step.parked
            curve.append(_megabytes("VmRSS"))
        took = time.perf_counter() - began
    return {
        "services": issued,
        "parked": parked,
        "us_a_service": round(took / issued * 1e6, 1),
        "services_a_second": round(issued / took),
        "megabytes": round(_megabytes("VmHWM"), 1),
        "megabytes_by_tenth": [round(curve[len(curve) * n // 10], 1) for n in range(10)],
    }


def _billed(database: Database, plan: Plan) -> Iterator[BulkStep]:
    events = Told(PostgresOutbox(database))
    if plan.half_hourly:
        return half_hourly.billed(database, events, plan.portfolio.today, plan.chunk)
    return bill_run.billed(database, events, TODAY, plan.chunk)


def _megabytes(what: str) -> float:
    """Return a figure of this process alone: what it holds now (VmRSS), or held most (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the system does not tell")


def _table(told: dict[str, Any]) -> str:
    rows = [
        f"{each['services']:9} services {each['services_a_second']:6} a second,"
        f" {each['us_a_service']:7} us each, worker {each['megabytes']:6} MB"
        for each in told["sizes"].values()
    ]
    rows += [f"{name}: {found} (bar {BARS[name]})" for name, found in told["ratios"].items()]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
