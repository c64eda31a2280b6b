"""How much faster bills are made by columns than by Tryton, an ERP that posts an invoice at a time.

``python benchmarks/tryton.py --python INTERPRETER`` starts a database, draws the portfolio of
`bill_run.py`, bills it by columns, two workers side by side, and has Tryton, by an interpreter that
has it, make and post invoices of four lines, a transaction each; in turns. It prints a table and,
as the last line, JSON.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
import bill_run
import copying
import figures
import server
import side_by_side
import turns
from workload import TODAY

__all__ = ["main"]

BAR: Final = 3000
SIZES: Final = {
    "supplies": (100_000, "billed by columns"),
    "invoices": (20, "made by Tryton in a turn"),
    "chunk": (10_000, "supplies in one transaction"),
    "workers": (2, "bill side by side by columns"),
}
INVOICES: Final = Path(__file__).with_name("tryton_invoices.py")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if billing by columns is fast enough."""
    parser = turns.options(__doc__, sizes=SIZES, bar=BAR, seed="of what was read")
    parser.add_argument("--python", default=os.environ.get("TRYTON_PYTHON"), help="has Tryton")
    asked = parser.parse_args(arguments)
    if not asked.python:
        parser.error("needs an interpreter that has trytond, account_invoice and proteus")
    plan = bill_run.Plan(asked.supplies, asked.chunk, asked.pairs, asked.seed)
    run = side_by_side.Run(bill_run.desk_of, TODAY, plan.chunk, asked.workers)
    return turns.outcome(asked, _measured(plan, run, asked.python, asked.invoices), "bills/s")


def _measured(
    plan: bill_run.Plan, run: side_by_side.Run, python: str, invoices: int
) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        server.opened(Path(folder), ephemeral=False) as running,
        _tryton(python, running.url, Path(folder)) as (version, post),
    ):
        bill_run.drawn(copying.other(running.url, turns.DRAWN), plan)
        took = turns.in_turns(
            running.url,
            plan.pairs,
            {
                "columns": lambda url: _billed(url, run),
                "tryton": lambda _: post(invoices) / invoices,
            },
        )
    return {
        "benchmark": "tryton",
        **figures.ratio_of(took["columns"], took["tryton"]),
        "plan": {
            **attrs.asdict(plan),
            "workers": run.workers,
            "invoices": invoices,
            "tryton": version,
        },
        "bills_a_second": {name: round(1 / statistics.median(of), 1) for name, of in took.items()},
        "machine": figures.machine(),
    }


def _billed(url: str, run: side_by_side.Run) -> float:
    took, step = side_by_side.billed(url, run)
    return took / step.issued


@contextmanager
def _tryton(python: str, url: str, folder: Path) -> Iterator[tuple[str, Callable[[int], float]]]:
    """Start Tryton over a database of its own; give its version and what has it make invoices."""
    copying.other(url, "tryton")
    password = folder / "password-of-tryton"
    password.write_text("of-a-benchmark\n")
    server = url.rpartition("/")[0] + "/"
    told = {
        "TRYTOND_DATABASE_URI": server,
        "TRYTONPASSFILE": str(password),
        # What it prints is left to workers, as what we send is to the relay.
        "TRYTOND_QUEUE__WORKER": "True",
    }
    with subprocess.Popen(
        [python, INVOICES, "tryton"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **told},
    ) as process:
        asks, tells = process.stdin, process.stdout
        assert asks is not None  # it is a pipe
        assert tells is not None  # so is this

        def post(count: int) -> float:
            asks.write(f"{count}\n")
            asks.flush()
            return float(tells.readline())

        try:
            yield tells.readline().strip(), post
        finally:
            asks.close()


if __name__ == "__main__":
    sys.exit(main())
