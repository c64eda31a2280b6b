"""How fast an invoice is read by its number through the API, beside a bare handler.

``python benchmarks/read_invoice.py`` starts a database and both servers, each with one process,
loads them in turns and prints a table and, as the last line, JSON. It fails when the API answers
fewer than half as many requests a second as the bare handler.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import attrs
import figures
import server

from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.domain import pricing
from energyretail.domain.billing import IndexReading, Invoice, InvoiceKind
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Energy,
    InvoiceNumber,
    Period,
    Power,
)

__all__ = ["main"]

HERE: Final = Path(__file__).parent
BAR: Final = 0.5
REGISTERS: Final = ("P1", "P2", "P3")
TARIFF: Final = "2.0TD-FIJO"


@attrs.frozen
class Plan:
    """What to measure: so many invoices, read so often over so many connections, in pairs."""

    invoices: int
    requests: int
    connections: int
    pairs: int
    seed: int

    def paths(self, turn: int) -> list[str]:
        """Return what is asked for in a turn, the same of both servers."""
        chance = random.Random(f"{self.seed}/{turn}")
        return [_path(chance.randint(1, self.invoices)) for _ in range(self.requests)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if the API is fast enough."""
    told = _parser().parse_args(arguments)
    plan = Plan(told.invoices, told.requests, told.connections, told.pairs, told.seed)
    found = _measured(plan, told.database)
    figures.told(found, _table(found), told.out)
    return 0 if found["ratio"] >= told.bar else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--invoices", type=int, default=2000, help="how many there are")
    parser.add_argument("--requests", type=int, default=3000, help="sent in each turn")
    parser.add_argument("--connections", type=int, default=4, help="kept open, each in use")
    parser.add_argument("--pairs", type=int, default=7, help="turns of each server")
    parser.add_argument("--seed", type=int, default=1, help="of what is read")
    parser.add_argument("--bar", type=float, default=BAR, help="fail below this ratio")
    parser.add_argument("--database", help="URL of an empty one to fill; else one is started")
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def _measured(plan: Plan, given: str | None) -> dict[str, Any]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = stack.enter_context(server.opened(folder, given))
        upgrade(running.url)
        _seed(running.url, plan)
        ours = stack.enter_context(_serving("api", running.url))
        bare = stack.enter_context(_serving("bare", running.url))
        size = _same_answers(ours, bare, plan)
        turns: dict[str, list[dict[str, float]]] = {"api": [], "bare": []}
        for turn in range(-1, plan.pairs):
            pair = [("api", ours), ("bare", bare)]
            for name, port in pair if turn % 2 else reversed(pair):
                found = _loaded(port, plan, plan.paths(turn))
                if turn >= 0:  # the first turn warms up
                    turns[name].append(found)
    return _figures(plan, turns, size)


def _seed(url: str, plan: Plan) -> None:
    database = Database(url)
    chance = random.Random(plan.seed)
    invoices = [_invoice(number, chance) for number in range(1, plan.invoices + 1)]
    with PostgresWork(database)() as transaction:
        PostgresInvoices(database).add(invoices)
        transaction.commit()
    with closing(database), database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.autocommit = True
        raw.execute("VACUUM ANALYZE")


def _invoice(number: int, chance: random.Random) -> Invoice:
    """Return a home's bill of a month: three registers, all fixed parts and taxes."""
    start = date(2026, 2, 1) + timedelta(days=chance.randrange(28))
    period = Period(start, start + timedelta(days=30))
    used = {register: chance.randrange(20, 200) for register in REGISTERS}
    index = {register: chance.randrange(1000, 90000) for register in REGISTERS}
    usage = pricing.Usage(
        uses=tuple(
            pricing.RegisterUse(register, period, Energy(kwh), pricing.Quality.ACTUAL)
            for register, kwh in used.items()
        ),
        powers=(("P1", Power("4.6")), ("P2", Power("4.6"))),
    )
    return Invoice(
        number=InvoiceNumber(_number(number)),
        kind=InvoiceKind.INVOICE,
        contract=ContractNumber(f"K{number:06}"),
        customer=CustomerNumber(f"C{number:06}"),
        cups=Cups.of_digits(f"0021{number:012}"),
        tariff=TARIFF,
        bill=pricing.rate(SPAIN.tariff(TARIFF), usage, period=period),
        readings=tuple(
            IndexReading(register, day, 1, Decimal(value), pricing.Quality.ACTUAL)
            for register in REGISTERS
            for day, value in (
                (period.start, index[register]),
                (period.until, index[register] + used[register]),
            )
        ),
        issued_on=period.until,
        due_on=period.until + timedelta(days=14),
    )


def _number(number: int) -> str:
    return f"F26-{number:06}"


def _path(number: int) -> str:
    return f"/v1/invoices/{_number(number)}"


@contextmanager
def _serving(name: str, url: str) -> Iterator[int]:
    """Run one of the two servers with one process; give its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = int(free.getsockname()[1])
    command = {
        "api": [sys.executable, "-m", "energyretail", "api", "--port", str(port)],
        "bare": [sys.executable, "bare_invoice.py", str(port)],
    }[name]
    variables = os.environ | {"DATABASE_URL": url, "ENERGYRETAIL_API__DRAIN_S": "0"}
    process = subprocess.Popen(command, env=variables, cwd=HERE, stdout=subprocess.DEVNULL)
    try:
        _wait_until_live(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_live(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            _read(port, "/nothing-here")
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("a server did not start")


def _read(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        content: bytes = answer.read()
    return content


def _same_answers(ours: int, bare: int, plan: Plan) -> int:
    """Return the mean size of an answer, having seen both servers give the same bytes."""
    sizes = []
    for path in dict.fromkeys(plan.paths(0)[:20]):
        answer = _read(ours, path)
        if answer != _read(bare, path):
            raise RuntimeError(f"the two servers disagree about {path}")
        sizes.append(len(answer))
    return round(statistics.mean(sizes))


def _loaded(port: int, plan: Plan, paths: Sequence[str]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, str(HERE / "load.py"), str(port), str(plan.connections)],
        input="\n".join(paths), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _figures(plan: Plan, turns: dict[str, list[dict[str, float]]], size: int) -> dict[str, Any]:
    ratios = [
        (ours["requests"] / ours["seconds"]) / (bare["requests"] / bare["seconds"])
        for ours, bare in zip(turns["api"], turns["bare"], strict=True)
    ]
    return {
        "benchmark": "read_invoice",
        "bar": BAR,
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "answer_bytes": size,
        "plan": attrs.asdict(plan),
        "machine": figures.machine(),
        **{name: _summary(found) for name, found in turns.items()},
    }


def _summary(turns: Sequence[dict[str, float]]) -> dict[str, Any]:
    return {
        "requests_a_second": round(
            statistics.median(turn["requests"] / turn["seconds"] for turn in turns)
        ),
        "median_ms": round(statistics.median(turn["median_ms"] for turn in turns), 3),
        "p99_ms": round(statistics.median(turn["p99_ms"] for turn in turns), 3),
    }


def _table(found: dict[str, Any]) -> str:
    rows = ["server  requests/s  median ms  p99 ms"]
    rows += [
        f"{name:6}  {found[name]['requests_a_second']:10}  {found[name]['median_ms']:9.3f}"
        f"  {found[name]['p99_ms']:6.3f}"
        for name in ("api", "bare")
    ]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in sorted(found["ratios"]))
    rows.append(f"ratio {found['ratio']:.2f} (median of {ratios}; bar {found['bar']})")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
