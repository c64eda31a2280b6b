"""Locks by name within one process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["MemoryLocks"]


class MemoryLocks:
    """The RelayLocks port as a set of names."""

    def __init__(self) -> None:
        self._held: set[str] = set()

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold `name` for the block; False when it is held already."""
        free = name not in self._held
        self._held.add(name)
        try:
            yield free
        finally:
            if free:
                self._held.discard(name)
