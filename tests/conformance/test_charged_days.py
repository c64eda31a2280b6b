"""Days charged outside the period of a bill, in memory and in Postgres."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from energyretail.domain.billing import Invoice
from energyretail.domain.shared import Conflict, Period
from energyretail.testing.billing_worlds import memory_world, postgres_world
from energyretail.testing.conformance.billing import SECOND, BillingWorld
from energyretail.testing.conformance.charged_days import (
    BEFORE,
    INTO,
    ChargedDaysConformance,
    two_bills,
)
from waiting_for_locks import waits_for_a_lock

_SPANS = text("SELECT component, lower(days), upper(days) FROM charged_span")


class TestChargedDaysInMemory(ChargedDaysConformance):
    @pytest.fixture
    def world(self) -> BillingWorld:
        return memory_world(MemoryStore())


class TestChargedDaysInPostgres(ChargedDaysConformance):
    @pytest.fixture
    def world(self, database: Database) -> BillingWorld:
        return postgres_world(database)

    def test_are_kept_without_those_of_the_period(
        self, world: BillingWorld, database: Database
    ) -> None:
        before = date(2026, 4, 1)
        _, second = two_bills(world, Period(before, INTO.until))
        ordinary, _ = two_bills(world, BEFORE, number=2)

        world.add(second, ordinary)

        with database.reading() as connection:
            kept = [tuple(row) for row in connection.execute(_SPANS)]
        found = {each.code for each in PostgresDocumentChecks(database).problems()}
        assert kept == [("energy", before, SECOND)]
        assert not found & {"billing.check.charged", "billing.check.body"}

    @pytest.mark.parametrize("positions", ["position + 100", "position * 2 - 1"])
    def test_are_of_lines_that_come_together(
        self, world: BillingWorld, database: Database, positions: str
    ) -> None:
        world.add(two_bills(world, BEFORE)[0])
        to = "invoice_id" if positions == "position + 100" else "-1"
        more = (
            "INSERT INTO invoice_line (invoice_id, position, component, amount_cents, body)"
            f" SELECT {to}, {positions}, component, amount_cents, body FROM invoice_line"
        )

        with pytest.raises(IntegrityError, match="together"), database.transaction() as connection:
            connection.execute(text(more))

    @pytest.mark.parametrize("kept", [True, False])
    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_are_charged_once_whoever_issues_meanwhile(
        self, world: BillingWorld, database: Database, order: tuple[int, int], *, kept: bool
    ) -> None:
        bills = two_bills(world, INTO)
        one, other = (bills[n] for n in order)

        def add(bill: Invoice) -> str:
            try:
                world.add(bill)
            except Conflict as refusal:
                return refusal.code
            return ""

        with ThreadPoolExecutor(1) as pool:
            with world.work() as transaction:
                world.invoices.add([one])
                second = pool.submit(add, other)
                waits_for_a_lock(database, seconds=5)  # in one order nobody has to
                if kept:
                    transaction.commit()
            code = second.result()

        assert code == ("billing.billed_twice" if kept else "")
        assert world.invoices.of_contract("K000001") == ((one,) if kept else (other,))
