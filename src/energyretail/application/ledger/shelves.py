"""The long lists of the ledger: what is open, and what was posted."""

from __future__ import annotations

from typing import Protocol

from energyretail.application.shared import Page
from energyretail.domain.ledger import Entry, OpenItem

__all__ = ["EntryShelf", "OpenItemShelf"]


class OpenItemShelf(Protocol):
    """The items not settled, in order of item."""

    def page(self, *, after: str, limit: int, customer: str | None = None) -> Page[OpenItem]:
        """Return up to `limit` of them beyond the item `after` (empty for all)."""
        ...


class EntryShelf(Protocol):
    """The entries, in the order they were posted."""

    def page(
        self, *, after: str, limit: int, item: str | None = None, customer: str | None = None
    ) -> Page[Entry]:
        """Return up to `limit` of them posted after the key `after` (empty for all).

        Nothing comes after a key never posted. An entry comes whole when it posts RECEIVABLE
        on `item`, and of `customer`, where they are given.
        """
        ...
