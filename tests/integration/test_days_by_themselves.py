"""A company whose days are opened by the clock on the wall and billed by all its workers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from bill_run_company import TODAY, company_with
from dependency_injector.providers import Singleton
from outside_harness import Outside

from energyretail.adapters.postgres.database import Database
from energyretail.application.operations import ShareBills
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings

SUPPLIES = 12
NEXT = TODAY + timedelta(days=1)
WAIT_SECONDS = 60


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Iterator[Settings]:
    company_with(database, SUPPLIES, parked=2)
    with Outside(tmp_path) as outside:
        yield outside.settings(database.url)


def bills(database: Database) -> int:
    with psycopg.connect(database.url) as connection:
        return connection.execute("SELECT count(*) FROM invoice").fetchone()[0]


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def sharing(settings: Settings, *, chunk_size: int) -> Container:
    company = container_of(settings)
    share = Singleton(
        ShareBills,
        clock=company.clock,
        shelf=company.bill_run_shelf,
        start=company.start_bill_run,
        chunk_size=chunk_size,
    )
    company.day_steps.add_kwargs(bill_run=share)
    company.walk_day.add_kwargs(pause=lambda _: None)
    return company


class TestADayOfManyBills:
    def test_waits_for_the_workers_that_make_them(
        self, database: Database, settings: Settings
    ) -> None:
        company = sharing(settings, chunk_size=5)
        company.begin_day()(TODAY)
        walk, billed = company.walk_day(), []
        for chunk in (1, 2, 3):
            walk(TODAY)
            assert "bill_run" not in company.days().steps_done(TODAY)
            billed.append(bills(database))
            company.bill_run_chunk()(1, chunk)
        walk(TODAY)

        done = company.days().steps_done(TODAY)
        (run,) = company.bill_run_shelf().of_day(TODAY)
        assert (billed[0], bills(database)) == (0, SUPPLIES - 2)
        assert billed == sorted(set(billed))
        assert {"bill_run", "billing", "collections"} <= done
        assert (run.run.started_by, run.progress.result.issued) == ("business day", SUPPLIES - 2)


class TestAWorker:
    def test_opens_the_days_that_are_due_and_walks_them(
        self, database: Database, settings: Settings
    ) -> None:
        told = settings.environment() | {
            "ENERGYRETAIL_WORKER__OPENS_DAYS_AT": "00:00",
            "ENERGYRETAIL_WORKER__HEARTBEAT_S": "0.3",
        }
        company = container_of(settings)
        command = [sys.executable, "-m", "energyretail", "worker"]
        with subprocess.Popen(command, env=told, stderr=subprocess.PIPE, text=True) as worker:
            try:
                # It is late by months: each day is closed before the next one is opened.
                eventually(lambda: company.clock().today() > NEXT)
            finally:
                worker.terminate()
            _, said = worker.communicate(timeout=WAIT_SECONDS)

        assert worker.returncode == 0
        assert bills(database) == SUPPLIES - 2
        for day in (TODAY, NEXT):
            assert company.days().is_closed(day)
            assert said.count(f'"day": "{day}", "event": "day opened"') == 1

    def test_leaves_the_days_to_a_person_unless_it_is_told_when(
        self, database: Database, settings: Settings
    ) -> None:
        company = container_of(settings)
        company.begin_day()(TODAY)
        command = [sys.executable, "-m", "energyretail", "worker"]
        told = settings.environment() | {"ENERGYRETAIL_WORKER__HEARTBEAT_S": "0.2"}
        with subprocess.Popen(command, env=told) as worker:
            try:
                eventually(lambda: company.days().is_closed(TODAY))
                time.sleep(1)
            finally:
                worker.terminate()

        assert company.clock().today() == TODAY
