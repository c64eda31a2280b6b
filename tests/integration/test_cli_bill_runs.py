"""Bill runs from the command line: started, watched, called off, resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from bill_run_company import TODAY, company_with, shown
from outside_harness import Outside

from energyretail.adapters.postgres.database import Database
from energyretail.domain.operations import BillRunState
from energyretail.domain.shared import Refused
from energyretail.entrypoints.cli.app import run
from energyretail.entrypoints.cli.exit_codes import ExitCode
from energyretail.entrypoints.container import Container

SUPPLIES = 12
BILL = ("run", "bill", "--as-of", str(TODAY), "--chunk", "5", "--by", "night")


@pytest.fixture
def company(database: Database, monkeypatch: pytest.MonkeyPatch) -> Container:
    monkeypatch.setenv("DATABASE_URL", database.url)
    return company_with(database, SUPPLIES, parked=2)


@pytest.fixture
def partners(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    with Outside(tmp_path) as outside:
        for name, value in outside.settings(database.url).environment().items():
            monkeypatch.setenv(name, value)
        yield


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = ExitCode.OK) -> dict:
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def bill_elsewhere(company: Container) -> threading.Thread:
    """Bill what the first run has, chunk by chunk, as workers elsewhere would."""

    def work() -> None:
        deadline = time.monotonic() + 20
        while not company.bill_run_shelf().page(after="", limit=1).items:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for chunk in (1, 2, 3):
            company.bill_run_chunk()(1, chunk)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


class TestBill:
    def test_is_watched_to_its_end_with_workers_elsewhere(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        elsewhere = bill_elsewhere(company)

        ended = told(capsys, *BILL, "--workers", "0")
        elsewhere.join()

        assert (ended["state"], ended["issued"], ended["parked"]) == ("done", 10, 2)
        assert ended["why"] == {"billing.registers_unknown": 2}
        assert ended["one_by_one"] == {"markets.tariff_unknown": 2}
        assert ended["chunks"] == {"waiting": 0, "under_way": 0, "done": 3, "failed": 0}
        assert (ended["started_by"], ended["percent"], ended["seconds_left"]) == (
            "night",
            100,
            None,
        )

    @pytest.mark.usefixtures("partners")
    def test_starts_workers_of_its_own_and_ends_them(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = run([*BILL, "--workers", "2"])

        said = capsys.readouterr()
        assert code == ExitCode.OK
        assert "12 of 12 supplies, 10 issued, 0 held, 2 parked" in said.err
        assert shown(company, 1).run.state is BillRunState.DONE
        assert living_children() == set()

    def test_says_what_a_worker_lacks_before_it_starts_anything(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(BILL) == ExitCode.BAD_INPUT
        assert "settings.missing" in capsys.readouterr().err
        assert company.bill_run_shelf().page(after="", limit=1).items == ()

    def test_is_one_of_its_day(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        company.start_bill_run()(TODAY, by="Ana")

        assert run([*BILL, "--workers", "0"]) == ExitCode.REFUSED
        assert "operations.bill_run.under_way" in capsys.readouterr().err

    def test_of_another_day_is_refused(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["run", "bill", "--as-of", "2026-01-01", "--workers", "0"]) == ExitCode.REFUSED
        assert "operations.bill_run.not_today" in capsys.readouterr().err

    def test_keeps_nothing_when_dry(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        elsewhere = bill_elsewhere(company)

        ended = told(capsys, *BILL, "--dry-run", "--workers", "0")
        elsewhere.join()

        assert (ended["dry_run"], ended["issued"]) == (True, 10)
        assert len(company.supplies_to_bill().due(today=TODAY, after="", limit=99)) == SUPPLIES

    @pytest.mark.usefixtures("partners", "company")
    def test_ends_its_workers_when_interrupted(self, tmp_path: Path) -> None:
        log = (tmp_path / "log").open("wb")
        command = subprocess.Popen(
            [sys.executable, "-m", "energyretail", *BILL, "--workers", "1"], stderr=log, stdout=log
        )
        deadline = time.monotonic() + 30
        while not living_children(command.pid):
            assert time.monotonic() < deadline
            time.sleep(0.05)

        command.send_signal(signal.SIGTERM)

        assert command.wait(60) == ExitCode.INTERRUPTED
        assert living_children() == set()


class TestARunThatFailed:
    def test_says_so_and_is_resumed(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        company.start_bill_run()(TODAY, by="Ana", chunk_size=5)
        for chunk in (1, 2, 3):
            company.give_up_chunk()(1, chunk, Refused("x.broken", "no"))
        before = told(capsys, "run", "show", "1")

        elsewhere = threading.Thread(target=resumed, args=(company,))
        elsewhere.start()
        ended = told(capsys, "run", "resume", "1", "--workers", "0")
        elsewhere.join()

        assert (before["state"], before["chunks"]["failed"]) == ("failed", 3)
        assert (ended["state"], ended["issued"]) == ("done", 10)

    def test_ends_unfinished_when_called_off(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        company.start_bill_run()(TODAY, by="Ana", chunk_size=5)
        timer = threading.Timer(1, lambda: company.abort_bill_run()(1))
        timer.start()

        ended = told(capsys, "run", "resume", "1", "--workers", "0", code=ExitCode.UNFINISHED)

        assert ended["state"] == "aborted"


def resumed(company: Container) -> None:
    while shown(company, 1).progress.failed:
        time.sleep(0.05)
    for chunk in (1, 2, 3):
        company.bill_run_chunk()(1, chunk)


class TestLists:
    def test_show_the_newest_first(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        company.start_bill_run()(TODAY, by="Ana")
        aborted = told(capsys, "run", "abort", "1")
        company.start_bill_run()(TODAY, by="Eva", dry_run=True)

        items = told(capsys, "run", "list")["items"]

        assert aborted["state"] == "aborted"
        assert [(one["number"], one["started_by"], one["state"]) for one in items] == [
            (2, "Eva", "planned"),
            (1, "Ana", "aborted"),
        ]
        assert run(["run", "list"]) == ExitCode.OK
        listed = capsys.readouterr().out
        assert listed.index("planned, dry") < listed.index("aborted")

    def test_refuse_what_nobody_knows(
        self, company: Container, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for command in ("show", "abort"):
            assert run(["run", command, "7"]) == ExitCode.REFUSED
        assert run(["run", "resume", "7", "--workers", "0"]) == ExitCode.REFUSED
        assert "operations.bill_run.unknown" in capsys.readouterr().err


def living_children(of: int | None = None) -> set[int]:
    """Return the worker processes that a process (this one, or `of`) has started and that live."""
    found = set()
    for child in psutil.Process(of or os.getpid()).children():
        with suppress(psutil.NoSuchProcess):  # it ended after it was looked for
            if child.cmdline()[-1:] == ["worker"]:
                found.add(child.pid)
    return found
