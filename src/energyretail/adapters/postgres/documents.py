"""Issued documents with their customers."""

from __future__ import annotations

from collections.abc import Sequence

from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.customers import PostgresCustomers
from energyretail.adapters.postgres.database import Database
from energyretail.application.documents import Bill

__all__ = ["PostgresBillsToMail"]


class PostgresBillsToMail:
    """Implements the BillsToMail port by four queries whatever the number of documents."""

    def __init__(self, database: Database):
        self._invoices = PostgresInvoices(database)
        self._customers = PostgresCustomers(database)

    def bills(self, numbers: Sequence[str]) -> tuple[Bill, ...]:
        """Return the documents with these numbers."""
        invoices = self._invoices.by_numbers(numbers)
        customers = {
            customer.number: customer
            for customer in self._customers.by_numbers(sorted({i.customer for i in invoices}))
        }
        previous = self._invoices.previous([invoice.number for invoice in invoices])
        return tuple(
            Bill(invoice, customers[invoice.customer], previous.get(invoice.number))
            for invoice in invoices
        )
