"""One use case, one transaction."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

__all__ = ["Transaction", "Whole", "Work"]


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


class Whole(Protocol):
    """Makes one transaction of many, for what may be done or undone only together."""

    def __call__(self, *, trial: bool = False) -> AbstractContextManager[Transaction]:
        """Open a block in which every transaction of the Work port is a part of one.

        A part that does not commit is undone alone. Nothing is durable before the transaction
        given here commits, but what means nothing by itself and is the same whoever keeps it;
        leaving the block without that undoes every part, after what would have been checked at
        the commit was checked. A `trial` is to be undone: of that nothing stays at all. Wholes do
        not nest.
        """
        ...
