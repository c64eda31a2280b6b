"""The `api` command as a process on a free port, for tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import attrs
import httpx

__all__ = ["RunningApi", "free_port", "running_api"]


@attrs.frozen
class RunningApi:
    """The command's process and where it listens."""

    process: subprocess.Popen[bytes]
    url: str


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running_api(
    database_url: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[RunningApi]:
    """Run the command against a database until the block ends; `log` gets what it logs.

    Told to end it does not go on for a while, as a balancer needs it: nobody would ask.
    """
    port = free_port()
    command = [sys.executable, "-m", "energyretail", "api", "--port", str(port), *arguments]
    told = {"DATABASE_URL": database_url, "ENERGYRETAIL_API__DRAIN_S": "0"}
    variables = os.environ | told | (environment or {})
    with log.open("wb") if log else nullcontext() as file:
        process = subprocess.Popen(command, env=variables, stderr=file)
    try:
        running = RunningApi(process, f"http://127.0.0.1:{port}")
        _wait_until_live(running)
        yield running
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_live(running: RunningApi) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert running.process.poll() is None
        assert time.monotonic() < deadline
        try:
            httpx.get(running.url + "/health/live").raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.05)
