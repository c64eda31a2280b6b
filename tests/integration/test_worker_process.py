"""The worker as a real process on a real database: killed, drained, failed, locked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.jobs import PostgresJobs
from energyretail.adapters.postgres.work_list import PostgresWorkList

PROGRAM = Path(__file__).with_name("worker_program.py")
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

    with PostgresWork(database)() as transaction:
        PostgresClock(database).move_to(date(2026, 3, 1))
        transaction.commit()
    yield one
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def enqueue(database: Database, *jobs: dict[str, str]) -> None:
    with PostgresWork(database)() as transaction:
        for job in jobs:
            PostgresJobs(database).enqueue(**job)
        transaction.commit()


def words(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def eventually(true: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def count(database: Database, status: str) -> int:
    with psycopg.connect(database.url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status::text = %s", (status,)
        ).fetchone()
    assert row is not None
    return int(row[0])


def living(database: Database) -> int:
    """Count the workers that say that they live."""
    with psycopg.connect(database.url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            (0x6A6F6273,),
        ).fetchone()
    assert row is not None
    return int(row[0])


class TestWorker:
    def test_runs_a_job_and_forgets_it(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        enqueue(database, {"task": "note", "path": str(seen), "word": "a"})

        start()

        eventually(lambda: words(seen) == ["begin a", "end a"])
        eventually(lambda: count(database, "succeeded") + count(database, "doing") == 0)

    def test_begins_the_next_job_of_a_lock_without_waiting(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        job = {"task": "note", "lock": "day", "path": str(seen)}
        enqueue(database, *({**job, "word": str(number)} for number in range(30)))

        begun = time.monotonic()
        start()
        eventually(lambda: len(words(seen)) == 60)

        assert words(seen) == [f"{w} {n}" for n in range(30) for w in ("begin", "end")]
        # Looking only every 0.3 s would take nine seconds.
        assert time.monotonic() - begun < 6

    def test_gets_a_killed_workers_job_back_by_itself(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        enqueue(
            database, {"task": "note", "lock": "x", "path": str(seen), "word": "a", "seconds": "1"}
        )
        victim = start()
        eventually(lambda: words(seen) == ["begin a"])

        os.killpg(victim.pid, signal.SIGKILL)
        killed = time.monotonic()
        start()
        eventually(lambda: words(seen) == ["begin a", "begin a", "end a"])

        assert time.monotonic() - killed < 8

    def test_counts_no_failure_when_a_worker_is_killed(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        enqueue(database, {"task": "note", "path": str(seen), "word": "a", "seconds": "30"})
        for begun in range(1, 3):
            victim = start()
            eventually(lambda begun=begun: words(seen) == ["begin a"] * begun)
            os.killpg(victim.pid, signal.SIGKILL)
            victim.wait()
        start()
        eventually(lambda: words(seen) == ["begin a"] * 3)

        with psycopg.connect(database.url) as connection:
            attempts = connection.execute("SELECT attempts FROM procrastinate_jobs").fetchall()
        assert attempts == [(0,)]

    def test_leaves_the_jobs_of_a_living_worker_alone(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        enqueue(database, {"task": "note", "path": str(seen), "word": "a", "seconds": "4"})
        first = start()
        eventually(lambda: words(seen) == ["begin a"])
        # It says that it lives a moment after it has begun its first job.
        eventually(lambda: living(database) == 1)

        # Stopped, it misses its heartbeats as on a busy machine, but it is not dead.
        os.kill(first.pid, signal.SIGSTOP)
        start()
        time.sleep(2.5)
        os.kill(first.pid, signal.SIGCONT)
        eventually(lambda: words(seen) == ["begin a", "end a"])
        time.sleep(1)

        assert words(seen) == ["begin a", "end a"]

    def test_finishes_what_it_began_when_told_to_end(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        enqueue(
            database,
            {"task": "note", "path": str(seen), "word": "a", "seconds": "1", "lock": "x"},
            {"task": "note", "path": str(seen), "word": "b", "lock": "x"},
        )
        worker = start()
        eventually(lambda: words(seen) == ["begin a"])

        worker.send_signal(signal.SIGTERM)

        assert worker.wait(10) == 0
        assert words(seen) == ["begin a", "end a"]
        assert (count(database, "todo"), count(database, "doing")) == (1, 0)

    def test_tries_a_fault_again_then_parks_it(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        enqueue(database, {"task": "fail", "path": str(seen), "word": "fault"})

        start()
        eventually(lambda: count(database, "failed") == 1)

        (item,) = PostgresWorkList(database).open_items()
        assert words(seen).count("begin fault") == 3
        assert (item.kind, item.code, item.raised_on) == ("job", "partner.silent", date(2026, 3, 1))
        assert item.key == f"fail path={seen} word=fault"

    def test_parks_a_refusal_at_once(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        enqueue(database, {"task": "fail", "path": str(seen), "word": "refusal"})

        start()
        eventually(lambda: count(database, "failed") == 1)

        assert words(seen).count("begin refusal") == 1
        assert [item.code for item in PostgresWorkList(database).open_items()] == ["rule.forbids"]

    def test_lets_a_waiting_twin_stand_for_a_job_tried_again(
        self, database: Database, start: Start, tmp_path: Path
    ) -> None:
        seen = tmp_path / "seen"
        job = {"task": "note", "once": "it", "lock": "it", "path": str(seen), "word": "a"}
        enqueue(database, {**job, "seconds": "1"})
        victim = start()
        eventually(lambda: words(seen) == ["begin a"])
        enqueue(database, job)

        os.killpg(victim.pid, signal.SIGKILL)
        start()

        eventually(lambda: words(seen) == ["begin a", "begin a", "end a"])
        eventually(lambda: count(database, "todo") + count(database, "doing") == 0)

    def test_ends_with_an_error_when_the_database_is_not_there(self) -> None:
        gone = "postgresql://nobody@127.0.0.1:1/nothing"

        done = subprocess.run(
            [sys.executable, str(PROGRAM), gone, "0.3"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode != 0
        assert "postgres.unreachable" in done.stderr
