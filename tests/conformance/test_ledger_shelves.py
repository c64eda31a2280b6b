"""The long lists of the ledger, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.ledger import MemoryBooks, MemoryLedger
from energyretail.adapters.memory.ledger_shelves import MemoryEntryShelf, MemoryOpenItemShelf
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.adapters.postgres.ledger_shelves import PostgresEntryShelf, PostgresOpenItemShelf
from energyretail.testing.conformance.ledger import LedgerWorld
from energyretail.testing.conformance.ledger_shelves import LedgerShelves, LedgerShelvesConformance


@pytest.fixture(params=["memory", "postgres"])
def shelves(request: pytest.FixtureRequest) -> LedgerShelves:
    if request.param == "memory":
        store = MemoryStore()
        return LedgerShelves(
            LedgerWorld(MemoryWork(store), MemoryBooks(store), MemoryLedger(store)),
            MemoryOpenItemShelf(store),
            MemoryEntryShelf(store),
        )
    database: Database = request.getfixturevalue("database")
    return LedgerShelves(
        LedgerWorld(PostgresWork(database), PostgresBooks(database), PostgresLedger(database)),
        PostgresOpenItemShelf(database),
        PostgresEntryShelf(database),
    )


class TestLedgerShelves(LedgerShelvesConformance):
    pass
