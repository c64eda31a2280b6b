"""Consolidated invoices, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.testing.conformance.consolidated import (
    ConsolidatedConformance,
    ConsolidatedWorld,
)
from energyretail.testing.conformance.consolidation_book import ConsolidationBookConformance
from energyretail.testing.deposit_worlds import (
    memory_consolidated_world,
    postgres_consolidated_world,
)


class TestConsolidatedInMemory(ConsolidatedConformance):
    @pytest.fixture
    def whole(self) -> ConsolidatedWorld:
        return memory_consolidated_world(MemoryStore())


class TestConsolidatedInPostgres(ConsolidatedConformance):
    @pytest.fixture
    def whole(self, database: Database) -> ConsolidatedWorld:
        return postgres_consolidated_world(database)

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE consolidated_invoice SET due_on = due_on + 1",
            "DELETE FROM consolidated_invoice",
            "UPDATE consolidated_tax SET amount_cents = 0",
            "DELETE FROM consolidated_member",
        ],
    )
    def test_refuses_to_edit_what_was_issued(
        self, whole: ConsolidatedWorld, database: Database, sql: str
    ) -> None:
        whole.consolidate(whole.bill(1))

        with pytest.raises(IntegrityError, match="never changed"), database.transaction() as open_:
            open_.execute(text(sql))


class TestConsolidationBookInMemory(ConsolidationBookConformance):
    @pytest.fixture
    def whole(self) -> ConsolidatedWorld:
        return memory_consolidated_world(MemoryStore())


class TestConsolidationBookInPostgres(ConsolidationBookConformance):
    @pytest.fixture
    def whole(self, database: Database) -> ConsolidatedWorld:
        return postgres_consolidated_world(database)
