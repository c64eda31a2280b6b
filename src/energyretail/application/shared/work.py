"""One use case, one transaction."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

__all__ = ["Transaction", "Work"]


class Transaction(Protocol):
    """An open transaction; leaving its block without `commit` undoes everything."""

    def commit(self) -> None:
        """Make every change of the block durable, once and as the last thing.

        Writing, or committing again, afterwards raises RuntimeError.
        """
        ...


class Work(Protocol):
    """Opens the transaction that all ports used inside the block take part in.

    Blocks do not nest. Ports may be read outside a block, each call then being its own
    snapshot; writing outside a block raises RuntimeError, for it is our own mistake.
    """

    def __call__(self) -> AbstractContextManager[Transaction]:
        """Open a transaction."""
        ...
