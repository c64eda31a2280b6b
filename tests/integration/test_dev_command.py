"""``energyretail dev``: a company that runs until it is told to end, with days that are lived."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil


@contextmanager
def developing(out: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "energyretail", "dev", "--out", str(out), *arguments]
    # Its own Postgres, as a developer has it who set nothing.
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill() if process.poll() is None else None
        process.wait(10)


def ready_at(path: Path, process: subprocess.Popen[str]) -> dict[str, Any]:
    deadline = time.monotonic() + 90
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def closed(api: str, day: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        shown = httpx.get(f"{api}/v1/runs/{day}", timeout=30)
        if shown.status_code == 200 and shown.json()["closed"]:
            return True
        time.sleep(0.1)
    return False


def still_there(out: Path) -> list[str]:
    return [
        " ".join(each.info["cmdline"])
        for each in psutil.process_iter(["cmdline"])
        if any(str(out) in part for part in each.info["cmdline"] or ())
    ]


def test_lives_days_until_it_is_told_to_end(tmp_path: Path) -> None:
    out, ready_file = tmp_path / "dev", tmp_path / "ready.json"
    arguments = ("--port", "0", "--ready-file", str(ready_file))
    with developing(out, *arguments) as process:
        ready = ready_at(ready_file, process)
        api = ready["api"]
        mode = stat.S_IMODE(ready_file.stat().st_mode)
        first = closed(api, "2026-03-01")
        moved = httpx.post(
            f"{ready['sandbox']}/control/clock", json={"day": "2026-03-02"}, timeout=60
        )
        began = httpx.post(f"{api}/v1/runs", json={"day": "2026-03-02"}, timeout=60)
        second = closed(api, "2026-03-02")
        checks = httpx.get(f"{api}/health/ready", timeout=10).json()
        children = psutil.Process(process.pid).children(recursive=True)

        process.send_signal(signal.SIGINT)
        said, remarks = process.communicate(timeout=60)

    assert process.returncode == 0, remarks
    assert (first, second) == (True, True)
    assert (moved.status_code, began.is_success) == (200, True), began.text
    assert checks["ready"] is True
    assert mode == 0o600
    assert api in said
    assert not [each for each in children if each.is_running()]
    assert still_there(out) == []


def test_prints_commands_that_run(tmp_path: Path) -> None:
    out = tmp_path / "dev"
    with developing(out, "--port", "0", "--json") as process:
        ready_at(out / "ready.json", process)
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        answers = []
        for line in told["to_try"]:
            command = shlex.split(line)
            assert command[0] == "curl"
            answers.append(subprocess.run([*command, "--fail"], capture_output=True, timeout=60))
            assert closed(told["api"], "2026-03-01")
        process.terminate()

        assert process.wait(60) == 0

    assert [each.returncode for each in answers] == [0, 0, 0]


def test_ends_when_one_of_its_processes_dies(tmp_path: Path) -> None:
    out = tmp_path / "dev"
    with developing(out, "--port", "0") as process:
        ready_at(out / "ready.json", process)
        (worker,) = (
            each
            for each in psutil.Process(process.pid).children()
            if each.cmdline()[-1:] == ["worker"]
        )

        worker.kill()
        _, remarks = process.communicate(timeout=60)

    assert process.returncode == 6
    assert "demo.process_died" in remarks
    assert still_there(out) == []


def test_leaves_a_folder_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with developing(tmp_path, "--port", "0") as process:
        _, remarks = process.communicate(timeout=60)

    assert process.returncode == 5
    assert "demo.folder_in_use" in remarks
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_says_when_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with developing(tmp_path / "dev", "--port", str(port)) as process:
            _, remarks = process.communicate(timeout=60)

    assert process.returncode == 5
    assert "api.port_in_use" in remarks
