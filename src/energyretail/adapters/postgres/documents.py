"""Issued documents with their customers."""

from __future__ import annotations

from collections.abc import Sequence

from energyretail.adapters.postgres.advances import PostgresAdvances, PostgresDeductions
from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.customers import PostgresCustomers
from energyretail.adapters.postgres.database import Database
from energyretail.application.documents import AddressedAdvance, Bill
from energyretail.domain.billing import Deduction

__all__ = ["PostgresAdvancesToMail", "PostgresBillsToMail"]


class PostgresBillsToMail:
    """Implements the BillsToMail port by five queries whatever the number of documents."""

    def __init__(self, database: Database):
        self._invoices = PostgresInvoices(database)
        self._customers = PostgresCustomers(database)
        self._deductions = PostgresDeductions(database)

    def bills(self, numbers: Sequence[str]) -> tuple[Bill, ...]:
        """Return the documents with these numbers."""
        invoices = self._invoices.by_numbers(numbers)
        customers = {
            customer.number: customer
            for customer in self._customers.by_numbers(sorted({i.customer for i in invoices}))
        }
        previous = self._invoices.previous([invoice.number for invoice in invoices])
        taken: dict[str, list[Deduction]] = {invoice.number: [] for invoice in invoices}
        for one in self._deductions.of_bills(list(taken)):
            taken[one.bill].append(one.deduction)
        return tuple(
            Bill(
                invoice,
                customers[invoice.customer],
                previous.get(invoice.number),
                tuple(taken[invoice.number]),
            )
            for invoice in invoices
        )


class PostgresAdvancesToMail:
    """Implements the AdvancesToMail port by two queries whatever the number of advances."""

    def __init__(self, database: Database):
        self._advances = PostgresAdvances(database)
        self._customers = PostgresCustomers(database)

    def advances(self, numbers: Sequence[str]) -> tuple[AddressedAdvance, ...]:
        """Return the advances with these numbers."""
        found = self._advances.by_numbers(numbers)
        customers = {
            customer.number: customer
            for customer in self._customers.by_numbers(sorted({one.customer for one in found}))
        }
        return tuple(AddressedAdvance(one, customers[one.customer]) for one in found)
