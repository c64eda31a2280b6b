"""Where what a person must look at is put."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from energyretail.domain.operations import WorkItem

__all__ = ["WorkList"]


class WorkList(Protocol):
    """The list of parked items, part of the open transaction."""

    def add(self, items: Sequence[WorkItem]) -> None:
        """Put items on the list; one already there under (kind, key) is left as it is."""
        ...

    def open_items(self) -> tuple[WorkItem, ...]:
        """Return what waits for a person, ordered by (kind, key)."""
        ...
