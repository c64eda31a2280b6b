"""What the use cases of the ledger, and its readers, need to know of the books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import attrs

from energyretail.domain.ledger import Entry, OpenItem
from energyretail.domain.shared import Money

__all__ = ["LedgerState", "LedgerTotals", "OpenItems", "PostedEntries"]


@attrs.frozen
class LedgerTotals:
    """Sums over one currency.

    `documents` adds up the gross of every invoice, credit notes negative; `invoiced` what
    their entries posted on RECEIVABLE; `receivable` every posting on RECEIVABLE; `open` the
    open items. Sound books have documents = invoiced and receivable = open.
    """

    documents: Money
    invoiced: Money
    receivable: Money
    open: Money


class OpenItems(Protocol):
    """Tells what customers owe."""

    def open_items(self, customer: str | None = None) -> tuple[OpenItem, ...]:
        """Return the unsettled items, of one customer or of all, ordered by item."""
        ...


class PostedEntries(Protocol):
    """Gives back what was posted."""

    def entries(self, keys: Sequence[str]) -> tuple[Entry, ...]:
        """Return the entries under `keys`, in the order of `keys`; unknown ones are left out."""
        ...


class LedgerState(OpenItems, Protocol):
    """Adds up the whole ledger."""

    def imbalances(self) -> tuple[Money, ...]:
        """Return the sum of all postings of each currency that does not sum to zero."""
        ...

    def unbalanced_entries(self) -> tuple[str, ...]:
        """Return the keys of the entries whose postings do not sum to zero, in order."""
        ...

    def totals(self) -> tuple[LedgerTotals, ...]:
        """Return the totals of each currency in use, in the order of its code."""
        ...
