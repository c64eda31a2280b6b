"""Postgres stopped half way: what was committed stands, what was not is done again, once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import attrs
import psutil
import psycopg
import pytest
from company_harness import FIRST_DAY, Company, Life, difference
from outside_harness import Outside
from sqlalchemy.exc import DBAPIError

from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import RunningPostgres, open_postgres
from energyretail.adapters.simulated.faults import FaultPlan, Moment
from energyretail.domain.shared import Period
from energyretail.testing.faulty import Interrupted

BILLING, COLLECTING, BANKING = (date(2026, 3, day) for day in (20, 26, 31))
ONE_DAY = timedelta(days=1)
WAIT_SECONDS = 20

# A commit that takes long before anything of it is written, and one that waits, written, for
# a copy that never comes.
SLOW = """
    CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER take_long AFTER INSERT ON outbox
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION take_long()
"""
IN_COMMIT = {
    "before it is written": "query = 'COMMIT' AND wait_event = 'PgSleep'",
    "after it is written": "query = 'COMMIT' AND wait_event = 'SyncRep'",
}


@attrs.frozen
class Commits:
    """The commits of one database, made to hang."""

    url: str

    @contextmanager
    def hanging(self, how: str) -> Iterator[None]:
        """Let every commit that writes to the outbox hang for the block, before or after."""
        name = psycopg.conninfo.conninfo_to_dict(self.url)["dbname"]
        if how == "before it is written":
            self._run(SLOW)
        else:
            self._run(f"ALTER DATABASE {name} SET synchronous_commit = on")
            self._run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            self._run("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            self._run("DROP FUNCTION IF EXISTS take_long CASCADE")
            self._run("ALTER SYSTEM RESET synchronous_standby_names")
            self._run("SELECT pg_reload_conf()")
            self._run(f"ALTER DATABASE {name} RESET synchronous_commit")

    def kill(self, how: str, over: Event) -> int:
        """End every session that hangs in its commit until all is `over`; return how many did.

        A step may have several: a form of bills is kept in a transaction of its own.
        """
        killed = 0
        with self._connected() as connection:
            while not over.wait(0.01):
                found = connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    f" WHERE datname = current_database() AND {IN_COMMIT[how]}"
                )
                killed += len(found.fetchall())
        return killed

    def _run(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement)

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        options = "-c synchronous_commit=local"
        return psycopg.connect(self.url, autocommit=True, options=options)


@pytest.mark.parametrize("how", sorted(IN_COMMIT))
@pytest.mark.parametrize(
    ("step", "day"), [("billing", date(2026, 4, 20)), ("collections", COLLECTING)]
)
class TestASessionKilledInItsCommit:
    def test_leaves_all_of_the_step_or_nothing(
        self, life: Life, step: str, day: date, how: str
    ) -> None:
        undisturbed = life.rows_at(day + ONE_DAY)
        company = life.at(day)
        company.open(day)
        until(company, step)
        before = company.rows()
        company.database.close()
        commits = Commits(company.url)
        with commits.hanging(how), ThreadPoolExecutor(1) as beside:
            over = Event()
            killed = beside.submit(commits.kill, how, over)
            try:
                with pytest.raises(DBAPIError):
                    company.container.day_steps()[step]()
            finally:
                over.set()
            assert killed.result() > 0
        company.database.close()

        changed = difference(company.rows(), before) != ([], [])
        assert changed == (how == "after it is written")
        company.close(day)
        assert difference(company.rows(), undisturbed) == ([], [])


def until(company: Company, last: str) -> None:
    """Do the day's steps before `last`."""
    for name, step in company.container.day_steps().items():
        if name == last:
            return
        step()


KILLS = {
    BILLING: ("books.post", 1),
    COLLECTING: ("transaction.commit", 1),
    BANKING: ("collections.save", 1),
}


class TestAServerKilledInAStep:
    def test_goes_on_over_the_same_data_to_the_same_end(self, life: Life, tmp_path: Path) -> None:
        plans = {
            day: FaultPlan(Moment.LOST, call_number(life, day, *call))
            for day, call in KILLS.items()
        }
        undisturbed = life.rows_at(BANKING + ONE_DAY)
        people: dict[str, Any] = {}
        begun, start = None, FIRST_DAY
        with Outside(tmp_path / "partners") as outside:
            for day, plan in plans.items():
                with open_postgres(tmp_path / "data", ephemeral=True) as server:
                    upgrade(server.url)
                    company = Company(server.url, outside)
                    vars(company.people).update(people)
                    if begun is not None:
                        company.close(begun)
                    company.live(Period(start, day))
                    company.open(day)
                    kill_half_way(company, server, day, plan)
                    people = {
                        name: value
                        for name, value in vars(company.people).items()
                        if isinstance(value, dict)
                    }
                begun, start = day, day + ONE_DAY
            with open_postgres(tmp_path / "data", ephemeral=True) as server:
                company = Company(server.url, outside)
                company.close(BANKING)
                rows = company.rows()
                company.database.close()

        assert difference(rows, undisturbed) == ([], [])


def kill_half_way(company: Company, server: RunningPostgres, day: date, plan: FaultPlan) -> None:
    """Walk `day` until the plan kills the server."""
    assert server.pid is not None
    postmaster = psutil.Process(server.pid)

    def kill() -> None:
        for process in (postmaster, *postmaster.children(recursive=True)):
            process.kill()

    company.calls.lose = kill
    with company.calls.failing(plan), pytest.raises((DBAPIError, Interrupted)):
        company.close(day)
    postmaster.wait(WAIT_SECONDS)
    company.database.close()


def call_number(life: Life, day: date, name: str, occurrence: int) -> int:
    """Return the number of a call among all those that close `day`."""
    company = life.at(day)
    company.open(day)
    with company.calls.failing(None):
        company.close(day)
    return [n for n, made in enumerate(company.calls.made, 1) if made == name][occurrence - 1]


def test_a_server_killed_right_after_a_commit_has_it(tmp_path: Path) -> None:
    with open_postgres(tmp_path / "data", ephemeral=True) as server:
        assert server.pid is not None
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE acknowledged AS SELECT 42 AS n")
            psutil.Process(server.pid).kill()

    with (
        open_postgres(tmp_path / "data", ephemeral=True) as server,
        psycopg.connect(server.url) as connection,
    ):
        assert connection.execute("SELECT n FROM acknowledged").fetchall() == [(42,)]
