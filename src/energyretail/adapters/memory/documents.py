"""Issued documents with their customers, from the tables of a store."""

from __future__ import annotations

from collections.abc import Sequence

from energyretail.adapters.memory.billing import MemoryInvoices
from energyretail.adapters.memory.plans import MemoryDeductions
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.documents import AddressedAdvance, Bill
from energyretail.domain.billing import Invoice, InvoiceKind
from energyretail.domain.shared import InvoiceNumber

__all__ = ["MemoryAdvancesToMail", "MemoryBillsToMail"]


class MemoryBillsToMail:
    """The BillsToMail port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def bills(self, numbers: Sequence[str]) -> tuple[Bill, ...]:
        """Return the documents with these numbers, in the order asked."""
        invoices, customers = MemoryInvoices(self._store), self._store.table("customer")
        previous, taken = invoices.previous(numbers), MemoryDeductions(self._store)
        return tuple(
            Bill(
                invoice,
                customers[invoice.customer],
                previous.get(invoice.number),
                tuple(one.deduction for one in taken.of_bills([invoice.number])),
                self._named(invoice),
            )
            for invoice in invoices.by_numbers(numbers)
        )

    def _named(self, document: Invoice) -> tuple[InvoiceNumber, ...]:
        """Return its original and what that one changes, the initial bill first."""
        documents = self._store.table("invoice")
        named: list[InvoiceNumber] = []
        while document.original is not None:
            named.insert(0, document.original)
            document = documents[document.original]
            if document.kind is not InvoiceKind.RECTIFICATION:
                break
        return tuple(named)


class MemoryAdvancesToMail:
    """The AdvancesToMail port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def advances(self, numbers: Sequence[str]) -> tuple[AddressedAdvance, ...]:
        """Return the advances with these numbers, in the order asked."""
        customers = self._store.table("customer")
        asked = {one.number: one for one in self._store.table("advance").values()}
        found = (asked[number] for number in dict.fromkeys(numbers) if number in asked)
        return tuple(AddressedAdvance(one, customers[one.customer]) for one in found)
