"""What becomes of every supply day, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.shared import MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.memory.supply_days import MemorySupplyDays
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.supply_days import PostgresSupplyDays
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.domain.markets import SPAIN
from energyretail.testing.billing_worlds import memory_world, postgres_world
from energyretail.testing.conformance.supply_days import SupplyDaysConformance, SupplyDaysWorld


class TestSupplyDaysInMemory(SupplyDaysConformance):
    @pytest.fixture
    def world(self) -> SupplyDaysWorld:
        store = MemoryStore()
        days = MemorySupplyDays(store, reading=SPAIN.reading)
        return SupplyDaysWorld(memory_world(store), days, MemoryWorkList(store))


class TestSupplyDaysInPostgres(SupplyDaysConformance):
    @pytest.fixture
    def world(self, database: Database) -> SupplyDaysWorld:
        days = PostgresSupplyDays(database, reading=SPAIN.reading)
        return SupplyDaysWorld(postgres_world(database), days, PostgresWorkList(database))
