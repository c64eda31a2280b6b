"""Faults of customers on record, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.testing.conformance.customer_faults import (
    CustomerFaultsConformance,
    FaultWorld,
    fault_of,
)
from energyretail.testing.deposit_worlds import memory_fault_world, postgres_fault_world


class TestCustomerFaultsInMemory(CustomerFaultsConformance):
    @pytest.fixture
    def world(self) -> FaultWorld:
        return memory_fault_world(MemoryStore())


class TestCustomerFaultsInPostgres(CustomerFaultsConformance):
    @pytest.fixture
    def world(self, database: Database) -> FaultWorld:
        return postgres_fault_world(database)

    @pytest.mark.parametrize("change", ["owner = 'somebody else'", "days = 'empty'"])
    def test_never_change(self, world: FaultWorld, database: Database, change: str) -> None:
        world.record(fault_of(1))

        with (
            pytest.raises(IntegrityError, match="appended to, never changed"),
            database.transaction() as connection,
        ):
            connection.execute(text(f"UPDATE customer_fault SET {change}"))
