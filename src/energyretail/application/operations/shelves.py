"""The long lists of operations: what waits for a person, and the days walked."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import attrs

from energyretail.application.shared import Page
from energyretail.domain.operations import WorkItem

__all__ = ["BusinessDayShelf", "DayShown", "WorkItemShelf", "work_item_key"]


@attrs.frozen
class DayShown:
    """A business day with the steps done, by name, and whether nothing is due on it any more."""

    day: date
    steps_done: tuple[str, ...]
    is_closed: bool


class WorkItemShelf(Protocol):
    """What waits for a person, in order of (kind, key)."""

    def page(
        self, *, after: str, limit: int, kind: str | None = None, code: str | None = None
    ) -> Page[WorkItem]:
        """Return up to `limit` of them beyond the key `after` (``kind/key``, empty for all)."""
        ...


class BusinessDayShelf(Protocol):
    """The days begun or closed, the newest first."""

    def page(self, *, after: str, limit: int) -> Page[DayShown]:
        """Return up to `limit` of them before the day `after` (in ISO form, empty for all)."""
        ...


def work_item_key(item: WorkItem) -> str:
    """Return what an item is known by in its list; a kind has no slash."""
    return f"{item.kind}/{item.key}"
