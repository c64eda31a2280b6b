"""Drafts that are held, and what supplies used before, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.testing.conformance.held_bills import (
    HeldBillsConformance,
    HeldBillsWorld,
    held_bill_of,
)
from energyretail.testing.deposit_worlds import memory_held_bills_world, postgres_held_bills_world


class TestHeldBillsInMemory(HeldBillsConformance):
    @pytest.fixture
    def world(self) -> HeldBillsWorld:
        return memory_held_bills_world(MemoryStore())


class TestHeldBillsInPostgres(HeldBillsConformance):
    @pytest.fixture
    def world(self, database: Database) -> HeldBillsWorld:
        return postgres_held_bills_world(database)

    @pytest.mark.parametrize(
        "change",
        [
            "state = 'confirmed'",
            "state = 'released'",
            "state = 'confirmed', released_by = 'Ana', released_on = held_on,"
            " released_reason = 'seen', confirmed_by = 'ANA', confirmed_on = held_on,"
            " confirmed_reason = 'seen'",
            "released_by = 'Ana'",
        ],
    )
    def test_keep_four_eyes_against_a_hand_in_the_table(
        self, world: HeldBillsWorld, database: Database, change: str
    ) -> None:
        world.save(held_bill_of(1))

        with (
            pytest.raises(IntegrityError, match=r"held_bill_(four_eyes|decisions)"),
            database.transaction() as connection,
        ):
            connection.execute(text(f"UPDATE held_bill SET {change}"))
