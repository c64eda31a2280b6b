"""The long list of readings, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.metering import MemoryReadings
from energyretail.adapters.memory.metering_shelves import MemoryReadingShelf
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.metering import PostgresReadings
from energyretail.adapters.postgres.metering_shelves import PostgresReadingShelf
from energyretail.testing.conformance.metering_shelves import (
    ReadingShelfConformance,
    ReadingShelves,
)


@pytest.fixture(params=["memory", "postgres"])
def shelves(request: pytest.FixtureRequest) -> ReadingShelves:
    if request.param == "memory":
        store = MemoryStore()
        return ReadingShelves(MemoryWork(store), MemoryReadings(store), MemoryReadingShelf(store))
    database: Database = request.getfixturevalue("database")
    return ReadingShelves(
        PostgresWork(database), PostgresReadings(database), PostgresReadingShelf(database)
    )


class TestReadingShelf(ReadingShelfConformance):
    pass
