"""Issued documents with their customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from energyretail.adapters.postgres.advances import PostgresAdvances, PostgresDeductions
from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.customers import PostgresCustomers
from energyretail.adapters.postgres.database import Database
from energyretail.application.documents import AddressedAdvance, Bill
from energyretail.domain.billing import Deduction
from energyretail.domain.shared import InvoiceNumber

__all__ = ["PostgresAdvancesToMail", "PostgresBillsToMail"]

# The original of a document, and what that one changes: a rectification is no whole bill.
_NAMED: Final = text("""
    WITH RECURSIVE named AS (
        SELECT number AS document, original, 1 AS steps
        FROM invoice WHERE number = ANY(CAST(:numbers AS text[])) AND original IS NOT NULL
        UNION ALL
        SELECT named.document, older.original, steps + 1
        FROM named JOIN invoice AS older
            ON older.number = named.original AND older.kind = 'rectification'
    )
    SELECT document, array_agg(original ORDER BY steps DESC) AS named FROM named GROUP BY document
""")


class PostgresBillsToMail:
    """Implements the BillsToMail port by six queries whatever the number of documents."""

    def __init__(self, database: Database):
        self._database = database
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
        named = self._named([invoice.number for invoice in invoices])
        return tuple(
            Bill(
                invoice,
                customers[invoice.customer],
                previous.get(invoice.number),
                tuple(taken[invoice.number]),
                named.get(invoice.number, ()),
            )
            for invoice in invoices
        )

    def _named(self, numbers: Sequence[str]) -> dict[str, tuple[InvoiceNumber, ...]]:
        with self._database.reading() as connection:
            rows = connection.execute(_NAMED, {"numbers": list(numbers)})
            return {row.document: tuple(map(InvoiceNumber, row.named)) for row in rows}


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
