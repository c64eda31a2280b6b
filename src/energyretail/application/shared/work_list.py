"""Where what a person must look at is put."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from energyretail.domain.operations import WorkItem

__all__ = ["WorkList"]


class WorkList(Protocol):
    """The list of parked items, part of the open transaction."""

    def add(self, items: Sequence[WorkItem]) -> None:
        """Put items on the list; one already there under (kind, key) is left as it is."""
        ...

    def close(self, keys: Sequence[tuple[str, str]], *, on: date, remark: str) -> None:
        """Take items off the list that wait for nobody any more, each named by (kind, key).

        They are remembered as closed `on` a business day with `remark`. What is not on the list
        is left out.
        """
        ...

    def open_keys(self, kind: str, *, after: str, before: str) -> tuple[str, ...]:
        """Return, in order, the keys of a kind of items beyond `after` and below `before`.

        An empty `before` is above every key. Keys are compared sign by sign.
        """
        ...

    def open_items(self) -> tuple[WorkItem, ...]:
        """Return what waits for a person, ordered by (kind, key)."""
        ...
