"""``energyretail dev``: a company to develop against, on this machine, until stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer

from energyretail.domain.shared import Fault, Refused
from energyretail.entrypoints.cli.local_company import LocalCompany, local_company, prepare_folder
from energyretail.entrypoints.cli.output import Output
from energyretail.entrypoints.cli.processes import ChildProcess, WorkerProcess
from energyretail.entrypoints.container import container_of
from energyretail.entrypoints.settings import ApiServer, Settings

__all__ = ["FIRST_DAY", "run"]

FIRST_DAY: Final = date(2026, 3, 1)
SECOND_DAY: Final = date(2026, 3, 2)
_HOST: Final = "127.0.0.1"
_START_SECONDS: Final = 60
_LOOK_SECONDS: Final = 0.2


def run(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option(help="Folder for its data and logs; emptied if we made it.")
    ] = Path("energyretail-dev"),
    port: Annotated[int, typer.Option(help="The API's port; 0 takes a free one.")] = 8000,
    seed: Annotated[int, typer.Option(help="Decides, with natural keys, what partners do.")] = 1,
    ready_file: Annotated[
        Path | None,
        typer.Option(help="Written as JSON once all runs; else ready.json in the folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run a whole company on loopback until Ctrl-C or SIGTERM: database, partners, worker, API.

    Opens its first business day. It begins anew each time, for the simulated partners
    remember nothing.
    """
    output = Output.of(context, as_json)
    told_to_end = _told_to_end()
    out = out.absolute()
    prepare_folder(out)
    with ExitStack() as stack:
        base = Settings.load(output.settings_file)
        local = stack.enter_context(local_company(_served(base, port), out, seed=seed))
        _open_first_day(local)
        children = [
            WorkerProcess(local.settings.environment(), out / "worker.log"),
            ChildProcess(["api"], local.settings.environment(), out / "api.log"),
        ]
        for child in children:
            stack.callback(child.stop)
            child.start()
        _until_ready(local, children, told_to_end)
        if not told_to_end.is_set():
            _tell(local, ready_file or out / "ready.json", output)
        while not told_to_end.wait(_LOOK_SECONDS):
            for child in children:
                child.check()


def _told_to_end() -> threading.Event:
    """Return what SIGTERM and Ctrl-C set, so that everything begun is ended in order."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told


def _served(base: Settings, port: int) -> Settings:
    # Nobody balances load between developers: it ends at once.
    served = ApiServer(host=_HOST, port=_free(port), drain_s=0, shutdown_s=5)
    return base.model_copy(update={"api": served})


def _free(port: int) -> int:
    # Asked here, for the server shares a port with another of its kind and says nothing.
    try:
        with socket.create_server((_HOST, port)) as free:
            found: int = free.getsockname()[1]
            return found
    except OSError as error:
        raise Refused(
            "api.port_in_use", "the port is taken: give another", port=port, why=error.strerror
        ) from error


def _open_first_day(local: LocalCompany) -> None:
    moved = httpx.post(local.clock_url, json={"day": FIRST_DAY.isoformat()}, timeout=60)
    moved.raise_for_status()
    container = container_of(local.settings)
    try:
        container.open_day()(FIRST_DAY)
        container.begin_day()(FIRST_DAY)
    finally:
        container.database().close()


def _until_ready(
    local: LocalCompany, children: list[ChildProcess], told_to_end: threading.Event
) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not told_to_end.is_set():
        for child in children:
            child.check()
        try:
            if httpx.get(f"{_api_url(local)}/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise Fault("demo.api_not_ready", "the API does not become ready")
        told_to_end.wait(0.05)


def _api_url(local: LocalCompany) -> str:
    return f"http://{_HOST}:{local.settings.api.port}"


def _tell(local: LocalCompany, ready_file: Path, output: Output) -> None:
    url = local.settings.database_url
    addresses: dict[str, Any] = {
        "api": _api_url(local),
        "sandbox": local.ready["http"]["url"],
        "day": FIRST_DAY.isoformat(),
    }
    secrets = {"database_url": url.get_secret_value() if url else "", "partners": local.ready}
    _write_private(ready_file, addresses | secrets)
    post = f"""curl -s -H 'Content-Type: application/json' -d '{{"day": "{SECOND_DAY}"}}'"""
    to_try = (
        f"curl -s {addresses['api']}/v1/runs/{FIRST_DAY}",
        f"{post} {local.clock_url}",
        f"{post} {addresses['api']}/v1/runs",
    )
    output.show(addresses | {"ready_file": str(ready_file)} | _shown(to_try, output))
    output.progress.print("Running; Ctrl-C ends it all.")


def _shown(to_try: tuple[str, ...], output: Output) -> dict[str, Any]:
    if output.as_json:
        return {"to_try": to_try}
    # Lines to copy, which no table may break.
    sys.stdout.write("See the day, then live the next: the partners first, then the company.\n")
    sys.stdout.write("".join(f"  {line}\n" for line in to_try))
    sys.stdout.flush()
    return {}


def _write_private(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file whole or not at all, for its owner alone: it holds passwords."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    part.replace(path)
