"""Outside names of documents in a dictionary."""

from __future__ import annotations

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.shared.opaque_id import opaque_id
from energyretail.domain.shared import NotFound

__all__ = ["MemoryInvoiceNames"]


class MemoryInvoiceNames:
    """The InvoiceNames port over a store; a document's key is its place."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def number_of(self, name: str) -> str:
        """Return the number of the document meant."""
        if not name.startswith("inv_"):
            return name
        for number in self._store.table("invoice"):
            if self.name_of(number) == name:
                return str(number)
        raise NotFound("billing.invoice.unknown", "no such invoice", invoice=name)

    def name_of(self, number: str) -> str:
        """Return the outside name of a document."""
        numbers = list(self._store.table("invoice"))
        if number not in numbers:
            raise NotFound("billing.invoice.unknown", "no such invoice", invoice=number)
        return opaque_id("inv", numbers.index(number) + 1)
