"""Deposits and ended supplies, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.testing.conformance.deposits import DepositsConformance, DepositWorld
from energyretail.testing.deposit_worlds import memory_deposit_world, postgres_deposit_world


class TestDepositsInMemory(DepositsConformance):
    @pytest.fixture
    def deposits(self) -> DepositWorld:
        return memory_deposit_world(MemoryStore())


class TestDepositsInPostgres(DepositsConformance):
    @pytest.fixture
    def deposits(self, database: Database) -> DepositWorld:
        return postgres_deposit_world(database)

    @pytest.mark.parametrize(
        ("constraint", "changed"),
        [
            ("deposit_amount", "amount_cents = 0"),
            ("deposit_interest", "interest_cents = -1"),
            ("deposit_state", "state = 'lost', received_on = NULL, credited_until = NULL"),
            ("deposit_received", "received_on = NULL"),
            ("deposit_received", "credited_until = received_on - 1"),
            ("deposit_closed", "closed_on = received_on"),
            ("deposit_closed", "state = 'given_back'"),
        ],
    )
    def test_refuses_what_no_deposit_may_be(
        self, deposits: DepositWorld, database: Database, constraint: str, changed: str
    ) -> None:
        deposits.hold(1)

        with (
            pytest.raises(IntegrityError, match=constraint),
            database.transaction() as connection,
        ):
            connection.execute(text(f"UPDATE deposit SET {changed}"))
