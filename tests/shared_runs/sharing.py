"""Worker processes that share a bill run, and what can be seen of it from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
import psycopg
from pydantic import SecretStr

import killed_runs
from energyretail.adapters.postgres.database import Database
from energyretail.entrypoints.container import container_of
from energyretail.entrypoints.settings import Settings
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio
from killed_runs import Outcome
from killed_runs.kills import READ, TODAY

__all__ = ["Shared", "fill", "shared_run"]

PROGRAM: Final = Path(killed_runs.__file__).with_name("worker.py")
HEARTBEAT: Final = "10"
_PATIENCE_SECONDS: Final = 3600.0
_END_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.01
# A worker that waits for jobs has said so to the server: it listens.
_LISTENING: Final = """
    SELECT count(DISTINCT application_name) FROM pg_stat_activity
    WHERE application_name LIKE 'worker-%' AND query LIKE 'LISTEN%'
"""
_AT_WORK: Final = """
    SELECT count(*) FILTER (WHERE backend_xid IS NOT NULL),
        count(*) FILTER (WHERE wait_event_type = 'Lock')
    FROM pg_stat_activity WHERE application_name LIKE 'worker-%'
"""


@attrs.frozen
class Shared:
    """What `workers` did of a run: `chunks` of each, and in how many `seconds` all of it.

    `at_work` is how many of them were in a transaction that writes, on average of the time;
    `waiting` how many of those waited for one another.
    """

    workers: int
    seconds: float
    chunks: tuple[int, ...]
    at_work: float
    waiting: float
    outcome: Outcome

    def __str__(self) -> str:
        return (
            f"workers={self.workers} seconds={self.seconds:.1f}"
            f" bills_a_second={self.outcome.billed / self.seconds:.0f}"
            f" chunks={'+'.join(map(str, self.chunks))}"
            f" at_work={self.at_work:.2f} waiting={self.waiting:.2f} {self.outcome}"
        )


def fill(url: str, supplies: int, *, seed: int = 1) -> None:
    """Draw a portfolio into a migrated database, with everything due today."""
    with closing(Database(url)) as database:
        postgres_desk(database).open_day(TODAY)
        parts = [
            PortfolioPart(tariff, ("P1", "P2", "P3"), supplies // 2, READ, READ[0])
            for tariff in ("2.0TD-FIJO", "2.0TD-HORAS")
        ]
        with database.engine.begin() as connection:
            fill_portfolio(connection, parts, seed=seed)


def shared_run(
    url: str, folder: Path, *, workers: int, chunk: int, beside: Sequence[str] = ()
) -> Shared:
    """Have `workers` processes bill all that is due; their logs are kept in `folder`.

    They number bills in the usual series and those `beside` it, whichever is free.

    They are there and listen before the run is started; time begins when it is.
    """
    company = container_of(Settings(database_url=SecretStr(url)))
    logs = [folder / f"worker-{place}.log" for place in range(workers)]
    with (
        closing(company.database()),
        psycopg.connect(url, autocommit=True) as watch,
        _started(url, logs, beside),
    ):
        _until(lambda: _row(watch, _LISTENING)[0] == workers)
        watch.execute("CHECKPOINT")
        began = time.monotonic()
        number = company.start_bill_run()(TODAY, by="proof", chunk_size=chunk).number
        looks: list[tuple[int, int]] = []

        def is_over() -> bool:
            looks.append(_row(watch, _AT_WORK))
            return bool(company.bill_run_shelf().by_number(number).run.is_over)

        _until(is_over)
        seconds = time.monotonic() - began
    return Shared(
        workers=workers,
        seconds=seconds,
        chunks=tuple(map(_chunks_of, logs)),
        at_work=sum(each for each, _ in looks) / len(looks),
        waiting=sum(each for _, each in looks) / len(looks),
        outcome=Outcome.of(url),
    )


@contextmanager
def _started(url: str, logs: Sequence[Path], beside: Sequence[str]) -> Iterator[None]:
    with_logs = [(place, path.open("wb")) for place, path in enumerate(logs)]
    started = [
        subprocess.Popen(
            [sys.executable, str(PROGRAM), url, HEARTBEAT, *beside],
            start_new_session=True,
            env=os.environ | {"PGAPPNAME": f"worker-{place}"},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        for place, log in with_logs
    ]
    try:
        yield
        # A run is over before its last worker has said what it billed: it finishes, and says it.
        for process in started:
            process.terminate()
        for process in started:
            process.wait(_END_SECONDS)
    finally:
        for process in started:
            process.kill()
            process.wait()
        for _, log in with_logs:
            log.close()


def _chunks_of(log: Path) -> int:
    """Count the chunks a worker said it billed."""
    told = (json.loads(line) for line in log.read_text("utf-8").splitlines() if line[:1] == "{")
    return sum(each["event"] == "billed" for each in told)


def _row(watch: psycopg.Connection[Any], query: str) -> Any:
    return watch.execute(query).fetchone()


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in time")
        time.sleep(_LOOK_SECONDS)
