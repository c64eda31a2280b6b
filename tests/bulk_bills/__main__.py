"""Bill many seeded random services both ways: ``python -m bulk_bills --services N``."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bulk_bills.compare import Compared, compare
from bulk_bills.portfolios import SHAPES, random_portfolio
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import open_postgres
from energyretail.entrypoints.worker import collect_seldom

__all__ = ["compared"]

SERVICES: Final = 800
TARIFFS: Final = 16
EXPLAINED_EVERY: Final = 20
_MEMORY: Final = Path("/dev/shm")
_EVERY: Final = 5


def compared(server: str, template: str, shape: str, seed: int) -> tuple[int, Compared]:
    """Compare the portfolio of a seed."""
    portfolio = random_portfolio(Random(seed), tariffs=TARIFFS, services=SERVICES, shape=shape)
    try:
        return seed, compare(server, template, portfolio, explained_every=EXPLAINED_EVERY)
    except Exception as failed:
        return seed, Compared(SERVICES, 0, 0, 0, (f"failed: {failed!r}",))


def main() -> int:
    """Compare, tell how far it is, what differs, and in one line how much; fail if anything does.

    Services are those billed: what is drawn goes on until there are as many as asked for.
    """
    parser = argparse.ArgumentParser(prog="bulk_bills", description=__doc__)
    parser.add_argument("--services", type=int, default=2_000)
    parser.add_argument("--from-seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--shape", default="", choices=sorted({*SHAPES, "many_registers"}))
    asked = parser.parse_args()
    count, seeds = -(-asked.services // SERVICES), asked.from_seed
    total, began = Compared(0, 0, 0, 0, ()), time.monotonic()
    with (
        _server() as (server, template),
        ProcessPoolExecutor(asked.processes, initializer=collect_seldom) as pool,
    ):
        found = pool.map(
            partial(compared, server, template, asked.shape), range(seeds, seeds + count)
        )
        for done, (seed, each) in enumerate(found, 1):
            total = _sum(total, each)
            for difference in each.differences:
                print(f"seed {seed}: {difference}", file=sys.stderr)  # noqa: T201 it is a program
            if done % _EVERY == 0:
                rate = total.services / (time.monotonic() - began)
                print(f"{_told(total)} rate={rate:.0f}/s", flush=True)  # noqa: T201 it is a program
    print(f"EQUAL {_told(total)}")  # noqa: T201 it is a program
    return 1 if total.differences else 0


def _sum(one: Compared, other: Compared) -> Compared:
    return Compared(
        one.services + other.services,
        one.bills + other.bills,
        one.held + other.held,
        one.by_columns + other.by_columns,
        one.differences + other.differences,
    )


def _told(found: Compared) -> str:
    return (
        f"services={found.services} bills={found.bills} held={found.held}"
        f" by_columns={found.by_columns} differences={len(found.differences)}"
    )


@contextmanager
def _server() -> Iterator[tuple[str, str]]:
    """Give a server of our own, in memory where there is some, and the name of a migrated
    database."""
    roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 4 * 2**30
    with (
        tempfile.TemporaryDirectory(prefix="bulk-", dir=_MEMORY if roomy else None) as folder,
        open_postgres(Path(folder), ephemeral=True) as running,
    ):
        with psycopg.connect(running.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bulk_template")
        upgrade(urlunsplit(urlsplit(running.url)._replace(path="/bulk_template")))
        yield running.url, "bulk_template"


if __name__ == "__main__":
    sys.exit(main())
