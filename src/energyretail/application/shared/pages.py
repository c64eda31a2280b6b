"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

import attrs

__all__ = ["PAGE_MAX", "Page", "page_of"]

PAGE_MAX: Final = 100
"""The most items one page may hold."""

T = TypeVar("T")


@attrs.frozen
class Page(Generic[T]):
    """Some items in their list's order, and the key of the last one when more follow.

    `next_after` is given back as `after` to get the page that follows; None on the last one.
    A page is found by key and never by count: what is added or goes meanwhile shifts nothing.
    """

    items: tuple[T, ...]
    next_after: str | None = None


def page_of(found: Iterable[T], *, limit: int, key: Callable[[T], str]) -> Page[T]:
    """Return the first `limit` of `found`, which must hold one more where there is one more."""
    items = tuple(found)
    if len(items) <= limit:
        return Page(items)
    return Page(items[:limit], key(items[limit - 1]))
