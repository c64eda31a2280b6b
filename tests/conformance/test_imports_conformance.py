"""The port of imports, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.contracts import MemoryCustomers, MemoryQuotes
from energyretail.adapters.memory.imports import MemoryPortfolioStanding
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.customers import PostgresCustomers, PostgresQuotes
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.imports import PostgresPortfolioStanding
from energyretail.testing.conformance.imports import PortfolioStandingConformance, PortfolioWorld


class TestPortfolioStanding(PortfolioStandingConformance):
    @pytest.fixture(params=["memory", "postgres"])
    def world(self, request: pytest.FixtureRequest) -> PortfolioWorld:
        if request.param == "memory":
            store = MemoryStore()
            return PortfolioWorld(
                MemoryWork(store),
                MemoryPortfolioStanding(store),
                MemoryCustomers(store),
                MemoryQuotes(store),
            )
        database: Database = request.getfixturevalue("database")
        return PortfolioWorld(
            PostgresWork(database),
            PostgresPortfolioStanding(database),
            PostgresCustomers(database),
            PostgresQuotes(database),
        )
