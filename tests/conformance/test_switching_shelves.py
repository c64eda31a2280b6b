"""The long list of switches, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.memory.switching import MemorySwitches
from energyretail.adapters.memory.switching_shelves import MemorySwitchShelf
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.switching import PostgresSwitches
from energyretail.adapters.postgres.switching_shelves import PostgresSwitchShelf
from energyretail.testing.conformance.switching_shelves import SwitchShelfConformance, SwitchShelves


@pytest.fixture(params=["memory", "postgres"])
def shelves(request: pytest.FixtureRequest) -> SwitchShelves:
    if request.param == "memory":
        store = MemoryStore()
        return SwitchShelves(MemoryWork(store), MemorySwitches(store), MemorySwitchShelf(store))
    database: Database = request.getfixturevalue("database")
    return SwitchShelves(
        PostgresWork(database), PostgresSwitches(database), PostgresSwitchShelf(database)
    )


class TestSwitchShelf(SwitchShelfConformance):
    pass
