"""Numbers without gaps, given inside the transaction that uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

__all__ = ["Numbers"]


class Numbers(Protocol):
    """Gives the next numbers of a series; a rolled back transaction gives them back."""

    def take(self, series: str, count: int) -> range:
        """Take `count` consecutive numbers of `series`, the first ever being 1.

        Holds the series until the transaction ends. Callers give them out in natural-key
        order, so that the same day ends with the same numbers however often it was begun.

        A transaction that takes of several series takes them in the order of their names
        (``contract`` before ``customer`` before ``invoice:F26`` before ``quote`` before
        ``switch``), for two that hold what the other waits for would never end. `count` may be
        0: that only holds the series. One that is held already may be taken of at any time.
        """
        ...

    def take_free(self, series: Sequence[str], count: int) -> tuple[str, range]:
        """Take `count` consecutive numbers of the first of `series` nobody else holds.

        Returns which one it was; where each is held it waits for the first of them, and for no
        other. So numbers depend on who else is at work. In the order of names it counts as the
        first, whichever it takes of; `take` of that one is only allowed afterwards where it was it.
        """
        ...
