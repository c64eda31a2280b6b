"""The ledger's ports, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.ledger import MemoryBooks, MemoryLedger
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.testing.conformance.ledger import BooksConformance, LedgerWorld, bill_entry


class TestBooksInMemory(BooksConformance):
    @pytest.fixture
    def world(self) -> LedgerWorld:
        store = MemoryStore()
        return LedgerWorld(MemoryWork(store), MemoryBooks(store), MemoryLedger(store))


class TestBooksInPostgres(BooksConformance):
    @pytest.fixture
    def world(self, database: Database) -> LedgerWorld:
        return LedgerWorld(
            PostgresWork(database), PostgresBooks(database), PostgresLedger(database)
        )

    @pytest.mark.parametrize("cents", [[100, -99], [100, 0], [1]])
    def test_refuses_an_unbalanced_entry_written_behind_its_back(
        self, world: LedgerWorld, database: Database, cents: list[int]
    ) -> None:
        world.post(bill_entry("a", "F1", 100))
        sql = (
            "INSERT INTO posting (entry_id, account, amount_cents, currency)"
            f" SELECT 1, 'bank', cents, 'EUR' FROM unnest(ARRAY{cents}) AS cents"
        )

        with pytest.raises(IntegrityError, match="is out by"), database.transaction() as connection:
            connection.execute(text(sql))

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE posting SET amount_cents = 0",
            "DELETE FROM posting",
            "UPDATE entry SET day = '2026-01-01'",
            "DELETE FROM entry",
        ],
    )
    def test_refuses_to_change_what_was_posted(
        self, world: LedgerWorld, database: Database, sql: str
    ) -> None:
        world.post(bill_entry("a", "F1", 100))

        with pytest.raises(IntegrityError, match="never changed"), database.transaction() as conn:
            conn.execute(text(sql))

    def test_finds_what_was_unbalanced_with_the_trigger_out_of_the_way(
        self, world: LedgerWorld, database: Database
    ) -> None:
        world.post(bill_entry("a", "F1", 100))
        with database.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("UPDATE posting SET amount_cents = 101 WHERE item = 'F1'"))
            connection.commit()

        assert [amount.cents for amount in world.ledger.imbalances()] == [1]
        assert world.ledger.unbalanced_entries() == ("a",)
