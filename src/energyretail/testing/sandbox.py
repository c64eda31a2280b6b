"""A sandbox of one's own for a test: the real process, the real servers."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import attrs

__all__ = ["RunningSandbox", "running_sandbox"]

START_SECONDS_MAX: Final = 30
STOP_SECONDS_MAX: Final = 10


@attrs.frozen
class RunningSandbox:
    """A sandbox that listens; `ready` is what its ready file says."""

    process: subprocess.Popen[bytes]
    ready: dict[str, Any]

    @property
    def url(self) -> str:
        """The address of its HTTP side."""
        return str(self.ready["http"]["url"])

    def advance_to(self, day: date) -> None:
        """Move its calendar and wait until every partner has lived through the days."""
        self.ask("/control/clock", {"day": day.isoformat()})

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the JSON answer of a GET, or of a POST when there is a body."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None


@contextmanager
def running_sandbox(*, seed: int, root: Path) -> Iterator[RunningSandbox]:
    """Start ``energyretail sandbox`` below `root`, and stop it at the end of the block."""
    ready_file = root / "ready.json"
    command = [
        sys.executable, "-m", "energyretail", "sandbox", "--seed", str(seed),
        "--root", str(root / "sandbox"), "--ready-file", str(ready_file),
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        yield RunningSandbox(process, _wait_until_ready(process, ready_file))
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _wait_until_ready(process: subprocess.Popen[bytes], ready_file: Path) -> dict[str, Any]:
    deadline = time.monotonic() + START_SECONDS_MAX
    while not ready_file.exists():
        if process.poll() is not None:
            raise RuntimeError(f"the sandbox ended with {process.returncode} before it was ready")
        if time.monotonic() > deadline:
            raise TimeoutError(f"the sandbox is not ready after {START_SECONDS_MAX} s")
        time.sleep(0.02)
    ready: dict[str, Any] = json.loads(ready_file.read_text(encoding="utf-8"))
    return ready
