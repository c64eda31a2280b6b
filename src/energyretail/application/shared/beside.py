"""One thing done beside another."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

__all__ = ["Begin", "Beside"]

Result = TypeVar("Result")


class Begin(Protocol):
    """Begins something beside what goes on."""

    def __call__(self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Begin `work`, and return what waits for its end: it returns or raises what work does.

        Work takes part in the transaction that is open. Until it has ended nobody else may use
        that, nor is anything else begun.
        """
        ...


class Beside(Protocol):
    """Opens a block in which things are done beside one another.

    What may last without end is done in the block itself, which may be ended, and not beside it.
    """

    def __call__(self) -> AbstractContextManager[Begin]:
        """Open a block; what was begun in it has ended when it is left, however it is left."""
        ...
