"""Our own Postgres: found, started, shared by nobody, and gone when its owner is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from energyretail.adapters.postgres.server import Binaries, find_binaries, guard, open_postgres
from energyretail.domain.shared import Fault

PROGRAM = Path(__file__).with_name("server_program.py")
Owner = tuple["subprocess.Popen[str]", int, str]
Own = Callable[..., Owner]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Own]:
    """Start owners of a server: processes that opened one and wait."""
    owners: list[subprocess.Popen[str]] = []

    def start(*more: str, before: tuple[str, ...] = (), folder: Path = tmp_path) -> Owner:
        process = subprocess.Popen(
            [*before, sys.executable, str(PROGRAM), str(folder / "data"), *more],
            stdout=subprocess.PIPE,
            text=True,
        )
        owners.append(process)
        assert process.stdout is not None
        pid, url = process.stdout.readline().split()
        return process, int(pid), url

    yield start
    for process in owners:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="energyretail-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def system_binaries() -> tuple[Binaries, ...]:
    """Return the programs that every user may run."""
    return tuple(found for found in find_binaries() if found.source == "system")


def ask(url: str, question: str = "SELECT 1") -> object:
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def gone_within(seconds: float, pid: int) -> bool:
    try:
        psutil.Process(pid).wait(seconds)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def segment_of(data: Path) -> str:
    """Return the shared memory segment of the server over `data`; others' come and go."""
    return (data / guard.CLUSTER / "postmaster.pid").read_text().splitlines()[6].split()[1]


def segments() -> set[str]:
    try:
        rows = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    except OSError:
        return set()
    return {row.split()[1] for row in rows}


class TestOpenPostgres:
    def test_keeps_the_data_from_one_opening_to_the_next(self, tmp_path: Path) -> None:
        with (
            open_postgres(tmp_path / "data") as running,
            psycopg.connect(running.url) as connection,
        ):
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")

        with open_postgres(tmp_path / "data") as running:
            assert ask(running.url, "SELECT n FROM kept") == 42

    def test_runs_two_at_once_in_different_folders(self, tmp_path: Path) -> None:
        with (
            open_postgres(tmp_path / "a", ephemeral=True) as first,
            open_postgres(tmp_path / "b", ephemeral=True) as second,
        ):
            assert first.url != second.url
            assert (ask(first.url), ask(second.url)) == (1, 1)

    def test_runs_on_every_postgres_of_this_machine(self, tmp_path: Path) -> None:
        for number, binaries in enumerate(find_binaries()):
            folder = tmp_path / str(number)
            with open_postgres(folder, ephemeral=True, binaries=[binaries]) as running:
                said = str(ask(running.url, "SHOW server_version"))
                assert said.startswith(str(binaries.major))
                assert ask(running.url, "SHOW server_encoding") == "UTF8"
                assert running.source == binaries.source

    def test_tells_the_server_what_it_is_told(self, tmp_path: Path) -> None:
        told = {"work_mem": "7MB", "fsync": "on"}
        with open_postgres(tmp_path / "data", ephemeral=True, settings=told) as running:
            assert ask(running.url, "SHOW work_mem") == "7MB"
            assert ask(running.url, "SHOW full_page_writes") == "off"
            assert ask(running.url, "SHOW fsync") == "on"  # what is told goes before what is usual

    def test_says_why_a_setting_is_refused(self, tmp_path: Path) -> None:
        unknown = {"shared_bufers": "1GB"}
        with pytest.raises(Fault) as fault, open_postgres(tmp_path / "data", settings=unknown):
            pass

        assert fault.value.code == "postgres.start_failed"
        log = (tmp_path / "data" / "postgres.log").read_text()
        assert 'unrecognized configuration parameter "shared_bufers"' in log

    def test_uses_the_url_it_is_given(self, tmp_path: Path, postgres_url: str) -> None:
        with open_postgres(tmp_path / "unused", database_url=postgres_url) as running:
            assert (running.url, running.source, running.pid) == (postgres_url, "url", None)

        assert not (tmp_path / "unused").exists()

    def test_works_below_a_closed_folder(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)

        with open_postgres(closed / "data", ephemeral=True) as running:
            assert ask(running.url) == 1

    def test_leaves_no_process_segment_or_pid_file(self, tmp_path: Path) -> None:
        with open_postgres(tmp_path / "data", ephemeral=True) as running:
            assert running.pid is not None
            segment = segment_of(tmp_path / "data")

        assert gone_within(0.1, running.pid)
        assert segment not in segments()
        assert not (tmp_path / "data" / guard.CLUSTER / "postmaster.pid").exists()

    def test_does_not_trust_who_has_no_password(self, tmp_path: Path) -> None:
        with open_postgres(tmp_path / "data", ephemeral=True) as running:
            port = running.url.rpartition(":")[2]
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(f"postgresql://energyretail@127.0.0.1:{port}")


class TestOpenPostgresRefuses:
    def test_a_url_where_nothing_answers(self, tmp_path: Path) -> None:
        nowhere = "postgresql://nobody@127.0.0.1:1/nothing"

        with pytest.raises(Fault) as fault, open_postgres(tmp_path, database_url=nowhere):
            pass

        assert fault.value.code == "postgres.unreachable"

    def test_a_machine_without_postgres(self, tmp_path: Path) -> None:
        with pytest.raises(Fault) as fault, open_postgres(tmp_path, binaries=[]):
            pass

        assert fault.value.code == "postgres.not_found"

    def test_programs_that_do_not_run(self, tmp_path: Path) -> None:
        broken = tmp_path / "bin"
        broken.mkdir()
        (broken / "postgres").write_text("#!/bin/false\n")
        (broken / "postgres").chmod(0o755)

        with (
            pytest.raises(Fault) as fault,
            open_postgres(tmp_path / "data", binaries=[Binaries(broken, "system", 18)]),
        ):
            pass

        assert fault.value.code == "postgres.start_failed"

    def test_data_of_another_major_version(self, tmp_path: Path) -> None:
        cluster = tmp_path / "data" / guard.CLUSTER
        cluster.mkdir(parents=True)
        (cluster / "PG_VERSION").write_text("9\n")

        with pytest.raises(Fault) as fault, open_postgres(tmp_path / "data"):
            pass

        assert fault.value.code == "postgres.start_failed"
        assert fault.value.facts["major"] == "9"

    def test_a_folder_that_another_process_uses(self, own: Own, tmp_path: Path) -> None:
        own()

        with pytest.raises(Fault) as fault, open_postgres(tmp_path / "data"):
            pass

        assert fault.value.code == "postgres.start_failed"


class TestPostgresAfterAKill:
    def test_starts_again_with_everything_committed(self, tmp_path: Path) -> None:
        with open_postgres(tmp_path / "data") as running:
            segment = segment_of(tmp_path / "data")
            with psycopg.connect(running.url) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
            assert running.pid is not None
            os.kill(running.pid, signal.SIGKILL)

        with open_postgres(tmp_path / "data") as running:
            assert ask(running.url, "SELECT n FROM kept") == 42
        assert segment not in segments()

    def test_starts_again_when_its_owner_and_guard_died_with_it(
        self, own: Own, tmp_path: Path
    ) -> None:
        process, pid, _ = own()
        guard_pid = psutil.Process(pid).ppid()
        for victim in (process.pid, guard_pid, pid):
            os.kill(victim, signal.SIGKILL)

        begun = time.monotonic()
        with open_postgres(tmp_path / "data", ephemeral=True) as running:
            assert ask(running.url) == 1
        assert time.monotonic() - begun < 15

    def test_makes_the_cluster_again_when_it_was_half_made(self, tmp_path: Path) -> None:
        half = tmp_path / "data" / f"{guard.CLUSTER}.new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")

        with open_postgres(tmp_path / "data", ephemeral=True) as running:
            assert ask(running.url) == 1


class TestPostgresOfADeadOwner:
    def test_is_gone_within_ten_seconds_of_a_kill(self, own: Own) -> None:
        process, pid, url = own()
        idle = psycopg.connect(url)

        process.kill()

        assert gone_within(10, pid)
        idle.close()

    def test_is_gone_when_the_guard_is_killed_instead(self, own: Own) -> None:
        _, pid, _ = own()

        os.kill(psutil.Process(pid).ppid(), signal.SIGKILL)

        assert gone_within(10, pid)

    def test_outlives_the_thread_that_started_it(self, own: Own) -> None:
        process, pid, url = own("thread")
        time.sleep(1)

        assert ask(url) == 1
        process.kill()
        assert gone_within(10, pid)

    def test_can_be_opened_at_once_by_the_next_owner(self, own: Own, tmp_path: Path) -> None:
        process, _, _ = own()
        process.kill()

        with open_postgres(tmp_path / "data", ephemeral=True) as running:
            assert ask(running.url) == 1


@as_root
class TestPostgresOfRoot:
    def test_does_not_run_as_root(self, tmp_path: Path) -> None:
        with open_postgres(tmp_path / "data", ephemeral=True) as running:
            assert psutil.Process(running.pid).uids().effective != 0

    @pytest.mark.parametrize("number", [0, 1, 2])
    def test_runs_under_each_identity_alone(
        self, number: int, tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(guard.IDENTITY_VARIABLE, str(number))
        # The first has no right to pass closed folders.
        binaries = system_binaries() if number == 0 else find_binaries()
        if not binaries:
            pytest.skip("no Postgres in a folder that everybody may read")
        folder = open_folder if number == 0 else tmp_path

        with open_postgres(folder / "data", ephemeral=True, binaries=binaries) as running:
            assert ask(running.url) == 1

    @pytest.mark.parametrize("number", [1, 12345], ids=["with a name", "without a name"])
    def test_runs_for_a_plain_user(self, own: Own, open_folder: Path, number: int) -> None:
        setpriv = shutil.which("setpriv")
        if setpriv is None or not system_binaries():
            pytest.skip("no setpriv to become a plain user with, or no Postgres that it may read")
        (open_folder / "data").mkdir()
        os.chown(open_folder / "data", number, number)
        # The right to pass closed folders only lets this interpreter be found; it is no root.
        plain = (f"--reuid={number}", f"--regid={number}", "--clear-groups")
        passing = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")

        process, pid, url = own(before=(setpriv, *plain, *passing), folder=open_folder)

        assert ask(url) == 1
        assert psutil.Process(pid).uids().effective == number
        process.kill()
        assert gone_within(10, pid)
