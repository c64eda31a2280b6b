"""The long lists of payments, in memory and in Postgres."""

from __future__ import annotations

from datetime import date

import pytest

from energyretail.adapters.memory.ledger import MemoryBooks
from energyretail.adapters.memory.payments import (
    MemoryBankEntries,
    MemoryCollections,
    MemoryMandates,
    MemoryPaymentFiles,
    MemoryUnpaidItems,
)
from energyretail.adapters.memory.payments_shelves import (
    MemoryBankEntryShelf,
    MemoryCollectionShelf,
    MemoryMandateShelf,
    MemoryPaymentFileShelf,
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
from energyretail.adapters.postgres.payments_shelves import (
    PostgresBankEntryShelf,
    PostgresCollectionShelf,
    PostgresMandateShelf,
    PostgresPaymentFileShelf,
)
from energyretail.adapters.postgres.unpaid_items import PostgresUnpaidItems
from energyretail.testing.conformance.payments import PaymentsWorld
from energyretail.testing.conformance.payments_shelves import (
    PaymentShelves,
    PaymentShelvesConformance,
)


def keep_no_invoice(*, number: str, contract: str, customer: str, due_on: date) -> None:
    raise NotImplementedError("these lists have no invoices")


@pytest.fixture(params=["memory", "postgres"])
def shelves(request: pytest.FixtureRequest) -> PaymentShelves:
    if request.param == "memory":
        store = MemoryStore()
        return PaymentShelves(
            PaymentsWorld(
                MemoryWork(store),
                MemoryMandates(store),
                MemoryCollections(store),
                MemoryPaymentFiles(store),
                MemoryBankEntries(store),
                MemoryUnpaidItems(store),
                MemoryBooks(store),
                keep_no_invoice,
            ),
            MemoryCollectionShelf(store),
            MemoryMandateShelf(store),
            MemoryPaymentFileShelf(store),
            MemoryBankEntryShelf(store),
        )
    database: Database = request.getfixturevalue("database")
    return PaymentShelves(
        PaymentsWorld(
            PostgresWork(database),
            PostgresMandates(database),
            PostgresCollections(database),
            PostgresPaymentFiles(database),
            PostgresBankEntries(database),
            PostgresUnpaidItems(database),
            PostgresBooks(database),
            keep_no_invoice,
        ),
        PostgresCollectionShelf(database),
        PostgresMandateShelf(database),
        PostgresPaymentFileShelf(database),
        PostgresBankEntryShelf(database),
    )


class TestPaymentShelves(PaymentShelvesConformance):
    pass
