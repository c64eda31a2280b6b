"""A use case done chunk by chunk, each chunk one transaction."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Chunk", "InChunks"]


class Chunk(Protocol):
    """What one chunk tells: `resume` is where the next goes on, None when nothing is left."""

    @property
    def resume(self) -> str | None:
        """The natural key after which the next chunk begins."""
        ...


class _UseCase(Protocol):
    def __call__(self, *, after: str) -> Chunk: ...


class InChunks:
    """Run a use case until nothing is left; run again it begins anew and finds less to do."""

    def __init__(self, use_case: _UseCase):
        self._use_case = use_case

    def __call__(self) -> int:
        """Do every chunk; return how many there were."""
        after: str | None = ""
        chunks = 0
        while after is not None:
            after = self._use_case(after=after).resume
            chunks += 1
        return chunks
