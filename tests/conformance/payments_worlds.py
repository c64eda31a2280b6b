"""The ports of payments in both worlds."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from sqlalchemy import text

from energyretail.adapters.memory.ledger import MemoryBooks
from energyretail.adapters.memory.payments import (
    MemoryBankEntries,
    MemoryCollections,
    MemoryMandates,
    MemoryPaymentFiles,
    MemoryUnpaidItems,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.ledger import PostgresBooks
from energyretail.adapters.postgres.payments import (
    PostgresBankEntries,
    PostgresCollections,
    PostgresMandates,
    PostgresPaymentFiles,
)
from energyretail.adapters.postgres.unpaid_items import PostgresUnpaidItems
from energyretail.testing.conformance.payments import PaymentsWorld

INVOICE = text(
    "INSERT INTO invoice (number, kind, contract, customer, cups, tariff, period, issued_on,"
    " due_on, net_cents, tax_cents, gross_cents, currency, rounding_scope, rounding_mode,"
    " rounding_decimals, prices)"
    " VALUES (:number, 'invoice', :contract, :customer, :number, '', '[2026-03-01,2026-04-01)',"
    " '2026-04-01', :due_on, 0, 0, 0, 'EUR', '', '', 2, 'net')"
)


def payments_in_memory() -> PaymentsWorld:
    """Return an empty world in memory."""
    store = MemoryStore()

    def keep_invoice(*, number: str, contract: str, customer: str, due_on: date) -> None:
        with store.transaction() as transaction:
            store.writable("invoice")[number] = SimpleNamespace(
                contract=contract, customer=customer, due_on=due_on
            )
            transaction.commit()

    return PaymentsWorld(
        MemoryWork(store),
        MemoryMandates(store),
        MemoryCollections(store),
        MemoryPaymentFiles(store),
        MemoryBankEntries(store),
        MemoryUnpaidItems(store),
        MemoryBooks(store),
        keep_invoice,
    )


def payments_in_postgres(database: Database) -> PaymentsWorld:
    """Return a world over a fresh database."""

    def keep_invoice(*, number: str, contract: str, customer: str, due_on: date) -> None:
        with database.transaction() as connection:
            connection.execute(
                INVOICE,
                {
                    "number": number,
                    "contract": contract,
                    "customer": customer,
                    "due_on": due_on,
                },
            )
            connection.commit()

    return PaymentsWorld(
        PostgresWork(database),
        PostgresMandates(database),
        PostgresCollections(database),
        PostgresPaymentFiles(database),
        PostgresBankEntries(database),
        PostgresUnpaidItems(database),
        PostgresBooks(database),
        keep_invoice,
    )
