"""Issued documents with their customers, from the tables of a store."""

from __future__ import annotations

from collections.abc import Sequence

from energyretail.adapters.memory.billing import MemoryInvoices
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.documents import Bill

__all__ = ["MemoryBillsToMail"]


class MemoryBillsToMail:
    """The BillsToMail port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def bills(self, numbers: Sequence[str]) -> tuple[Bill, ...]:
        """Return the documents with these numbers, in the order asked."""
        invoices, customers = MemoryInvoices(self._store), self._store.table("customer")
        previous = invoices.previous(numbers)
        return tuple(
            Bill(invoice, customers[invoice.customer], previous.get(invoice.number))
            for invoice in invoices.by_numbers(numbers)
        )
