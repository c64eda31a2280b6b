"""Who a customer is to registry, bank and ERP, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers
from energyretail.adapters.memory.erp import MemoryErpFacts
from energyretail.adapters.memory.ledger import MemoryBooks
from energyretail.adapters.memory.payments import MemoryDebtors
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.memory.switching import MemoryClaimFacts
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.customers import PostgresCustomers
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.debtors import PostgresDebtors
from energyretail.adapters.postgres.erp import PostgresErpFacts
from energyretail.adapters.postgres.ledger import PostgresBooks
from energyretail.adapters.postgres.switching import PostgresClaimFacts
from energyretail.testing.conformance.facts import (
    ClaimFactsConformance,
    DebtorsConformance,
    ErpFactsConformance,
    FactsWorld,
)


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> FactsWorld:
    if request.param == "memory":
        store = MemoryStore()
        return FactsWorld(
            MemoryWork(store),
            MemoryCustomers(store),
            MemoryContracts(store),
            MemoryBooks(store),
            MemoryClaimFacts(store),
            MemoryDebtors(store),
            MemoryErpFacts(store),
        )
    database: Database = request.getfixturevalue("database")
    return FactsWorld(
        PostgresWork(database),
        PostgresCustomers(database),
        PostgresContracts(database),
        PostgresBooks(database),
        PostgresClaimFacts(database),
        PostgresDebtors(database),
        PostgresErpFacts(database),
    )


class TestClaimFacts(ClaimFactsConformance):
    pass


class TestDebtors(DebtorsConformance):
    pass


class TestErpFacts(ErpFactsConformance):
    pass
