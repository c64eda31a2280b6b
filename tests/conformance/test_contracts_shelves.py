"""The long lists of contracts, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers, MemoryQuotes
from energyretail.adapters.memory.contracts_shelves import (
    MemoryContractShelf,
    MemoryCustomerShelf,
    MemoryQuoteShelf,
    MemorySupplyPointShelf,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.contracts_shelves import (
    PostgresContractShelf,
    PostgresCustomerShelf,
    PostgresQuoteShelf,
    PostgresSupplyPointShelf,
)
from energyretail.adapters.postgres.customers import PostgresCustomers, PostgresQuotes
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.testing.conformance.contracts import ContractsWorld
from energyretail.testing.conformance.contracts_shelves import (
    ContractShelfConformance,
    ContractShelves,
    CustomerShelfConformance,
    QuoteShelfConformance,
    SupplyPointShelfConformance,
)


@pytest.fixture(params=["memory", "postgres"])
def shelves(request: pytest.FixtureRequest) -> ContractShelves:
    if request.param == "memory":
        store = MemoryStore()
        return ContractShelves(
            ContractsWorld(
                MemoryWork(store),
                MemoryCustomers(store),
                MemoryQuotes(store),
                MemoryContracts(store),
            ),
            MemoryCustomerShelf(store),
            MemoryQuoteShelf(store),
            MemoryContractShelf(store),
            MemorySupplyPointShelf(store),
        )
    database: Database = request.getfixturevalue("database")
    return ContractShelves(
        ContractsWorld(
            PostgresWork(database),
            PostgresCustomers(database),
            PostgresQuotes(database),
            PostgresContracts(database),
        ),
        PostgresCustomerShelf(database),
        PostgresQuoteShelf(database),
        PostgresContractShelf(database),
        PostgresSupplyPointShelf(database),
    )


class TestCustomerShelf(CustomerShelfConformance):
    pass


class TestQuoteShelf(QuoteShelfConformance):
    pass


class TestContractShelf(ContractShelfConformance):
    pass


class TestSupplyPointShelf(SupplyPointShelfConformance):
    pass
