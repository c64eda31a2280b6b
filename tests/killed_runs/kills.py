"""Workers of a bill run, started and killed at random points until the run is over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

import attrs
import psycopg
from pydantic import SecretStr

from energyretail.adapters.postgres.database import Database
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

__all__ = ["Plan", "killed_run"]

# Several workers have a series of invoices each.
BESIDE: Final = ("FB", "FC", "FD")
PROGRAM: Final = Path(__file__).with_name("worker.py")
HEARTBEAT: Final = "0.3"
READ: Final = (date(2026, 3, 2), date(2026, 4, 2))
TODAY: Final = date(2026, 4, 6)
_PATIENCE_SECONDS: Final = 600.0


@attrs.frozen
class Plan:
    """So many supplies in chunks, billed by `workers` of which one is killed `kills` times.

    A worker lives for up to `life` seconds after it has begun a transaction.
    """

    supplies: int
    kills: int
    workers: int = 1
    chunk: int = 1000
    life: float = 1.2
    seed: int = 1


def killed_run(url: str, plan: Plan, *, told: Callable[[str], None] = lambda _: None) -> int:
    """Bill a drawn portfolio in a migrated database; return how often a worker was killed."""
    with closing(Database(url)) as database:
        postgres_desk(database).open_day(TODAY)
        parts = [
            PortfolioPart(tariff, ("P1", "P2", "P3"), plan.supplies // 2, READ, READ[0])
            for tariff in ("2.0TD-FIJO", "2.0TD-HORAS")
        ]
        with database.engine.begin() as connection:
            fill_portfolio(connection, parts, seed=plan.seed)
        told(f"{plan.supplies} supplies")
        company = container_of(Settings(database_url=SecretStr(url)))
        run = company.start_bill_run()(TODAY, by="proof", chunk_size=plan.chunk)
        with psycopg.connect(url, autocommit=True) as watch:
            workers = _Workers(url, watch, BESIDE[: plan.workers - 1])
            try:
                kills = _kill(plan, workers, lambda: _is_over(company, run.number), told)
                _until(lambda: _is_over(company, run.number))
            finally:
                workers.stop()
        company.database().close()
    return kills


def _is_over(company: Container, number: int) -> bool:
    over: bool = company.bill_run_shelf().by_number(number).run.is_over
    return over


def _kill(
    plan: Plan, workers: _Workers, is_over: Callable[[], bool], told: Callable[[str], None]
) -> int:
    chance, kills = Random(plan.seed), 0
    alive = [workers.start() for _ in range(plan.workers)]
    while kills < plan.kills and not is_over():
        victim = chance.randrange(plan.workers)
        _until(lambda: workers.is_at_work(alive[victim]) or is_over())  # noqa: B023 used at once
        time.sleep(chance.uniform(0, plan.life))
        if is_over():
            break
        workers.kill(alive[victim])
        kills += 1
        alive[victim] = workers.start()
        if kills % 20 == 0:
            told(f"{kills} kills")
    return kills


class _Workers:
    """The processes of workers, each the leader of a group and known to the server by name."""

    def __init__(
        self, url: str, watch: psycopg.Connection[tuple[object, ...]], beside: Sequence[str]
    ):
        self._url = url
        self._watch = watch
        self._beside = beside
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self) -> int:
        """Start one and return its place."""
        place = len(self._started)
        self._started.append(
            subprocess.Popen(
                [sys.executable, str(PROGRAM), self._url, HEARTBEAT, *self._beside],
                start_new_session=True,
                env=os.environ | {"PGAPPNAME": f"worker-{place}"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        return place

    def is_at_work(self, place: int) -> bool:
        """Tell whether the server is in a transaction with it that writes."""
        found = self._watch.execute(
            "SELECT FROM pg_stat_activity WHERE application_name = %s AND state <> 'idle'"
            " AND backend_xid IS NOT NULL",
            [f"worker-{place}"],
        )
        return found.fetchone() is not None

    def kill(self, place: int) -> None:
        """Kill it as power failure does."""
        process = self._started[place]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Kill all that are left."""
        for place, process in enumerate(self._started):
            if process.poll() is None:
                self.kill(place)


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.02)
