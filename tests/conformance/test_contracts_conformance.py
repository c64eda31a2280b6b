"""The ports of contracts, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers, MemoryQuotes
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.customers import PostgresCustomers, PostgresQuotes
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.testing.conformance.contracts import (
    ContractsConformance,
    ContractsWorld,
    CustomersConformance,
    QuotesConformance,
)


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> ContractsWorld:
    if request.param == "memory":
        store = MemoryStore()
        return ContractsWorld(
            MemoryWork(store), MemoryCustomers(store), MemoryQuotes(store), MemoryContracts(store)
        )
    database: Database = request.getfixturevalue("database")
    return ContractsWorld(
        PostgresWork(database),
        PostgresCustomers(database),
        PostgresQuotes(database),
        PostgresContracts(database),
    )


class TestCustomers(CustomersConformance):
    pass


class TestQuotes(QuotesConformance):
    pass


class TestContracts(ContractsConformance):
    pass
