"""The memory twin of a partner's account: folders of files in a dictionary."""

from __future__ import annotations

from typing import NamedTuple

from energyretail.domain.shared import Conflict, Invalid, NotFound

__all__ = ["MemoryArrival", "MemoryFolder"]


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
        """Return every file of `folder`, ordered by name."""
        names = sorted(path for path in self.files if path.startswith(f"{folder}/"))
        return tuple(MemoryArrival(path.partition("/")[2], self.files[path]) for path in names)

    def done(self, name: str, folder: str = "out") -> None:
        """Move a file to ``done/``; raises NotFound ``sftp.no_such_file`` if it never was."""
        source, target = f"{folder}/{_safe(name)}", f"done/{name}"
        if source not in self.files:
            if target not in self.files:
                raise NotFound("sftp.no_such_file", "neither there nor done", name=source)
            return
        self.files[target] = self.files.pop(source)


def _safe(name: str) -> str:
    if "/" in name or name.startswith(".") or name.endswith(".part"):
        raise Invalid("sftp.unsafe_name", "a plain file name", name=name)
    return name
