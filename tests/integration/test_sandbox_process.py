"""The sandbox as a process: its calendar, its servers, its end."""

import os
import signal
import subprocess
import sys
import textwrap
import time
import urllib.error
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psutil
import pytest

from energyretail.adapters.sftp import SftpFolder, SftpSettings
from energyretail.testing.sandbox import RunningSandbox, running_sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    with running_sandbox(seed=1, root=tmp_path) as running:
        yield running


class TestCalendar:
    def test_begins_on_the_first_day_it_is_told(self, sandbox: RunningSandbox) -> None:
        assert sandbox.ask("/control/status")["day"] is None

        moved = sandbox.ask("/control/clock", {"day": "2026-03-02"})

        assert (moved["day"], moved["walked"]) == ("2026-03-02", 1)

    def test_walks_every_day_between(self, sandbox: RunningSandbox) -> None:
        sandbox.advance_to(date(2026, 3, 27))

        assert sandbox.ask("/control/clock", {"day": "2026-04-01"})["walked"] == 5
        assert sandbox.ask("/control/clock", {"day": "2026-04-01"})["walked"] == 0

    @pytest.mark.parametrize(
        ("day", "status", "code"),
        [
            ("2026-03-01", 409, "sandbox.clock.backwards"),
            ("2062-03-01", 422, "sandbox.clock.too_far"),
        ],
    )
    def test_refuses_a_day_behind_or_far_ahead(
        self, sandbox: RunningSandbox, day: str, status: int, code: str
    ) -> None:
        sandbox.advance_to(date(2026, 3, 2))

        with pytest.raises(urllib.error.HTTPError) as caught:
            sandbox.ask("/control/clock", {"day": day})

        assert caught.value.code == status
        assert code in caught.value.read().decode()
        assert sandbox.ask("/control/status")["day"] == "2026-03-02"


class TestReadyFile:
    def test_tells_every_address_to_its_owner_alone(
        self, sandbox: RunningSandbox, tmp_path: Path
    ) -> None:
        assert sandbox.ready["signature"]["url"] == sandbox.url + "/signature"
        assert sandbox.ready["sftp"]["host_key"].startswith("ssh-ed25519 ")
        assert set(sandbox.ready["sftp"]["accounts"]) == {"operator", "bank"}
        assert sandbox.ready["smtp"]["port"] > 0
        assert (tmp_path / "ready.json").stat().st_mode & 0o077 == 0


class TestEnd:
    def test_ends_cleanly_when_it_is_told_to(self, sandbox: RunningSandbox) -> None:
        sandbox.process.send_signal(signal.SIGTERM)

        assert sandbox.process.wait(5) == 0

    def test_ends_when_its_parent_is_killed(self, tmp_path: Path) -> None:
        parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(tmp_path)])
        sandbox = psutil.Process(_wait_for_pid(tmp_path / "pid"))

        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()

        assert sandbox.wait(10) is None or not sandbox.is_running()


_PARENT = textwrap.dedent(
    """
    import pathlib, sys, time
    from energyretail.testing.sandbox import running_sandbox
    root = pathlib.Path(sys.argv[1])
    with running_sandbox(seed=1, root=root) as running:
        (root / "pid.part").write_text(str(running.process.pid))
        (root / "pid.part").rename(root / "pid")
        time.sleep(60)
    """
)


def _wait_for_pid(path: Path) -> int:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(path.read_text())


class TestPartners:
    def test_live_through_a_day_in_a_fixed_order(self, sandbox: RunningSandbox) -> None:
        partners = sandbox.ask("/control/status")["partners"]

        assert partners == ["registry", "operator", "bank", "erp", "signature", "mail"]

    def test_listen_at_the_addresses_of_the_ready_file(self, sandbox: RunningSandbox) -> None:
        assert sandbox.ready["registry"]["url"] == sandbox.url + "/registry"
        assert sandbox.ready["erp"]["url"] == sandbox.url + "/erp"
        assert sandbox.ask("/registry/central/inbox")["messages"] == []
        assert sandbox.ask("/erp/report")["entries"] == 0
        assert sandbox.ask("/mail/messages") == []

    def test_keep_files_in_folders_only_their_account_sees(
        self, sandbox: RunningSandbox, tmp_path: Path
    ) -> None:
        sftp = sandbox.ready["sftp"]
        bank, operator = (
            SftpFolder(
                SftpSettings(
                    host=sftp["host"],
                    port=sftp["port"],
                    host_key=sftp["host_key"],
                    **sftp["accounts"][name],
                )
            )
            for name in ("bank", "operator")
        )

        bank.put("hello.xml", b"not a payment file")
        sandbox.advance_to(date(2026, 3, 2))

        assert (tmp_path / "sandbox/sftp/bank/in/hello.xml").read_bytes() == b"not a payment file"
        assert (tmp_path / "sandbox/bank/refused/hello.xml").exists()
        assert operator.arrivals("in") == ()
