"""The memory twin of a partner's account: folders of files in a dictionary."""

from __future__ import annotations

import re
from typing import NamedTuple

from energyretail.adapters.shared.file_names import is_taken
from energyretail.domain.shared import Conflict, Invalid, NotFound

__all__ = ["MemoryArrival", "MemoryFolder"]

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")


class MemoryArrival(NamedTuple):
    """A whole file found in a folder."""

    name: str
    content: bytes


class MemoryFolder:
    """Keeps the promises of an SFTP account: put whole, fetch by name, file away."""

    def __init__(self) -> None:
        """Begin with empty folders."""
        self.files: dict[str, bytes] = {}

    def put(self, file_name: str, content: bytes, folder: str = "in") -> None:
        """Write a file; same bytes again do nothing, others raise Conflict ``sftp.name_taken``."""
        path = f"{folder}/{_safe(file_name)}"
        if self.files.setdefault(path, content) != content:
            raise Conflict("sftp.name_taken", "other bytes bear the name", name=path)

    def arrivals(self, folder: str = "out") -> tuple[MemoryArrival, ...]:
        """Return every file of `folder` under a name that is taken, ordered by name."""
        paths = sorted(path for path in self.files if path.startswith(f"{folder}/"))
        named = ((path.partition("/")[2], path) for path in paths)
        return tuple(
            MemoryArrival(name, self.files[path]) for name, path in named if is_taken(name)
        )

    def done(self, name: str, folder: str = "out") -> None:
        """Move a file to ``done/``; raises NotFound ``sftp.no_such_file`` if it never was."""
        if not is_taken(name):
            raise Invalid("sftp.unsafe_name", "not a file that is fetched", name=name)
        source, target = f"{folder}/{name}", f"done/{name}"
        if source not in self.files:
            if target not in self.files:
                raise NotFound("sftp.no_such_file", "neither there nor done", name=source)
            return
        self.files[target] = self.files.pop(source)


def _safe(name: str) -> str:
    if not _SAFE_NAME.fullmatch(name) or name.endswith(".part"):
        raise Invalid("sftp.unsafe_name", "a plain file name is letters, digits, . _ -", name=name)
    return name
