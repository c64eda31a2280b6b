"""The long list of documents, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.billing_shelves import MemoryInvoiceShelf
from energyretail.adapters.memory.plans import MemoryDeductions
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.advances import PostgresDeductions
from energyretail.adapters.postgres.billing_shelves import PostgresInvoiceShelf
from energyretail.adapters.postgres.database import Database
from energyretail.testing.billing_worlds import memory_world, postgres_world
from energyretail.testing.conformance.billing_shelves import InvoiceShelfConformance, InvoiceShelves


@pytest.fixture(params=["memory", "postgres"])
def shelves(request: pytest.FixtureRequest) -> InvoiceShelves:
    if request.param == "memory":
        store = MemoryStore()
        return InvoiceShelves(
            memory_world(store), MemoryInvoiceShelf(store), MemoryDeductions(store)
        )
    database: Database = request.getfixturevalue("database")
    return InvoiceShelves(
        postgres_world(database), PostgresInvoiceShelf(database), PostgresDeductions(database)
    )


class TestInvoiceShelf(InvoiceShelfConformance):
    pass
