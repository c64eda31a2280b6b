"""What every long list promises, whatever is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from energyretail.application.shared import PAGE_MAX, Page

__all__ = ["ReadsPages", "check_pages", "leaf_through"]

T = TypeVar("T")


class ReadsPages(Protocol[T]):
    """Reads a page of a list, filters set."""

    def __call__(self, *, after: str, limit: int) -> Page[T]:
        """Return the page of up to `limit` items after a key."""
        ...


def leaf_through(
    read: ReadsPages[T], limit: int, *, meanwhile: Callable[[], None] | None = None
) -> tuple[T, ...]:
    """Return what all the pages hold, read one after the other; `meanwhile` comes once, between."""
    found: list[T] = []
    after: str | None = ""
    while after is not None:
        page = read(after=after, limit=limit)
        assert len(page.items) <= limit
        assert page.next_after is None or len(page.items) == limit
        assert page.next_after != after
        found.extend(page.items)
        after = page.next_after
        if meanwhile is not None and after is not None:
            meanwhile()
            meanwhile = None
    assert meanwhile is None, "there was no second page for anything to come before"
    return tuple(found)


def check_pages(read: ReadsPages[T], expected: Sequence[T]) -> None:
    """Check that pages of any size give everything expected once, in that order."""
    for limit in sorted({1, 2, 3, len(expected) or 1, len(expected) + 1, PAGE_MAX}):
        assert leaf_through(read, limit) == tuple(expected), f"by {limit}"
