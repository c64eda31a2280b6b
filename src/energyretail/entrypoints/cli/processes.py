"""Processes of our own program, started and ended by a command: partners, worker, API."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from energyretail.domain.shared import Fault
from energyretail.entrypoints.settings import ENV_PREFIX

__all__ = ["ChildProcess", "WorkerProcess", "running_sandbox"]

_START_SECONDS: Final = 60
_END_SECONDS: Final = 20


@contextmanager
def running_sandbox(seed: int, folder: Path, log: Path) -> Iterator[Mapping[str, Any]]:
    """Start every partner below `folder`, give what their ready file says, stop them at the end."""
    ready_file = folder / "ready.json"
    folder.mkdir(parents=True, exist_ok=True)
    ready_file.unlink(missing_ok=True)
    arguments = ["sandbox", f"--seed={seed}", f"--root={folder}", f"--ready-file={ready_file}"]
    with log.open("ab") as said:
        process = _start(arguments, os.environ, said)
        try:
            yield _wait_for(ready_file, process, log)
        finally:
            process.terminate()
            process.wait(timeout=_START_SECONDS)


def _start(
    arguments: Sequence[str], environment: Mapping[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "energyretail", *arguments],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def _wait_for(ready_file: Path, process: subprocess.Popen[bytes], log: Path) -> Mapping[str, Any]:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if ready_file.exists() and (text := ready_file.read_text("utf-8")):
            ready: Mapping[str, Any] = json.loads(text)
            return ready
        time.sleep(0.02)
    raise Fault("demo.sandbox", "the simulated partners did not start", log=log)


class ChildProcess:
    """A command of ours in a process group of its own, which may be killed and started again.

    It gets the settings in `environment`, and of our own environment all that is no setting:
    an interpreter may need its paths.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path):
        of_the_machine = {k: v for k, v in os.environ.items() if not k.startswith(ENV_PREFIX)}
        self._arguments = tuple(arguments)
        self._environment = {**of_the_machine, **environment}
        self._log = log.open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self.restarts = 0

    def start(self) -> None:
        """Start the process; one that runs is left alone."""
        if self._process is None:
            self._process = _start(self._arguments, self._environment, self._log)

    @property
    def is_alive(self) -> bool:
        """Tell whether the process was started and runs."""
        return self._process is not None and self._process.poll() is None

    def check(self) -> None:
        """Raise Fault when the process has died by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise Fault(
                "demo.process_died",
                "a process died",
                process=self._arguments[0],
                log=self._log.name,
            )

    def kill_and_restart(self) -> None:
        """Kill the whole process group at once, with no chance to tidy up, and start anew."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None
        self.restarts += 1
        self.start()

    def stop(self) -> None:
        """Let the process finish what it does and end."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=_END_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._process = None
        self._log.close()


class WorkerProcess(ChildProcess):
    """The worker."""

    def __init__(self, environment: Mapping[str, str], log: Path):
        super().__init__(["worker"], environment, log)
