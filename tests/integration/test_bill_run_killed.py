"""A bill run by two worker processes, one of them killed: nothing lost, nothing double."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from bill_run_company import TODAY, company_with, shown

from energyretail.adapters.postgres.database import Database
from energyretail.domain.operations import BillRunState, RunProgress
from energyretail.entrypoints.container import Container

PROGRAM = Path(__file__).parents[1] / "killed_runs" / "worker.py"
SUPPLIES = 300
CHUNK = 20
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(database: Database) -> Iterator[Start]:
    """Start workers, each the leader of a process group of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def one() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), database.url, "0.3"], start_new_session=True
        )
        started.append(process)
        return process

    yield one
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def company(database: Database) -> Container:
    return company_with(database, SUPPLIES)


def eventually(true: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_half_way(progress: RunProgress, done_before: int) -> bool:
    return progress.done >= done_before and progress.under_way == 2


def documents(database: Database) -> list[tuple[str, str]]:
    with psycopg.connect(database.url) as connection:
        return connection.execute("SELECT number, contract FROM invoice ORDER BY id").fetchall()


class TestABillRun:
    @pytest.mark.parametrize("done_before", [1, 6])
    def test_survives_the_death_of_a_worker(
        self, database: Database, company: Container, start: Start, done_before: int
    ) -> None:
        run = company.start_bill_run()(TODAY, by="night", chunk_size=CHUNK)
        victim, other = start(), start()
        # Each of them is in a chunk.
        eventually(lambda: is_half_way(shown(company, run.number).progress, done_before))
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        left = shown(company, run.number).progress
        eventually(lambda: shown(company, run.number).run.state is BillRunState.DONE)

        found, progress = documents(database), shown(company, run.number).progress
        report = company.check_ledger()()
        assert left.done < left.chunks
        assert other.poll() is None
        assert sorted(number for number, _ in found) == [
            f"F26-{n:06d}" for n in range(1, SUPPLIES + 1)
        ]
        assert len({contract for _, contract in found}) == SUPPLIES
        assert (progress.result.issued, progress.result.parked) == (SUPPLIES, 0)
        assert progress.chunks == SUPPLIES // CHUNK
        assert (report.imbalance_cents, report.problems) == (0, ())
        assert company.supplies_to_bill().due(today=TODAY, after="", limit=1) == ()

    def test_dry_leaves_nothing_behind(
        self, database: Database, company: Container, start: Start
    ) -> None:
        run = company.start_bill_run()(TODAY, by="night", dry_run=True, chunk_size=100)
        start()
        eventually(lambda: shown(company, run.number).run.is_over)

        assert documents(database) == []
        assert company.outbox().waiting() == 0
        assert company.check_ledger()().totals == ()
        assert shown(company, run.number).progress.result.issued == SUPPLIES

    def test_tries_again_what_failed_unexpectedly(
        self, database: Database, company: Container, start: Start
    ) -> None:
        with psycopg.connect(database.url) as connection:
            connection.execute("ALTER TABLE posting ADD CONSTRAINT broken CHECK (false) NOT VALID")
        run = company.start_bill_run()(TODAY, by="night", chunk_size=100)
        start()
        eventually(lambda: shown(company, run.number).progress.under_way >= 1)
        with psycopg.connect(database.url) as connection:
            connection.execute("ALTER TABLE posting DROP CONSTRAINT broken")
        eventually(lambda: shown(company, run.number).run.is_over)

        assert len(documents(database)) == SUPPLIES

    def test_fails_for_good_and_says_so(
        self, database: Database, company: Container, start: Start
    ) -> None:
        run = company.start_bill_run()(TODAY, by="night", chunk_size=100)
        company.open_day()(TODAY + timedelta(days=1))
        start()
        eventually(lambda: shown(company, run.number).run.state is BillRunState.FAILED)

        assert shown(company, run.number).progress.failed == 3
        assert documents(database) == []
        eventually(lambda: len(company.work_list().open_items()) == 3)
        assert {item.code for item in company.work_list().open_items()} == {
            "operations.bill_run.not_today"
        }
