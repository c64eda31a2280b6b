"""Where entries of the ledger are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from energyretail.domain.ledger import Entry

__all__ = ["Books"]


class Books(Protocol):
    """Appends to the ledger, inside the open transaction."""

    def post(self, entries: Sequence[Entry]) -> None:
        """Append entries; one that stands already under its key is left as it is."""
        ...
