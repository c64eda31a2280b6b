"""Pages of what a store's tables hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import dropwhile, islice
from typing import TypeVar

from energyretail.adapters.shared.texts import storable
from energyretail.application.shared import Page, page_of

__all__ = ["asked", "page_as_kept", "page_by_key"]

T = TypeVar("T")


def asked(wanted: object, *, is_: object) -> bool:
    """Tell whether a value is as a filter wants it; no filter (None) wants any."""
    return wanted is None or wanted == is_


def page_by_key(found: Iterable[T], key: Callable[[T], str], *, after: str, limit: int) -> Page[T]:
    """Return what comes beyond the key `after`, in the order of the keys' characters.

    Nothing does beyond a text that no table could hold.
    """
    beyond = sorted((one for one in found if storable(after) and key(one) > after), key=key)
    return page_of(beyond, limit=limit, key=key)


def page_as_kept(
    table: Mapping[str, T],
    wanted: Callable[[T], bool],
    key: Callable[[T], str],
    *,
    after: str,
    limit: int,
) -> Page[T]:
    """Return what was kept after the row of the key `after`, in the order it was kept."""
    keys = iter(table) if not after else dropwhile(lambda one: one != after, table)
    beyond = (table[one] for one in keys if one != after and wanted(table[one]))
    return page_of(islice(beyond, limit + 1), limit=limit, key=key)
