"""Billing's ports, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import credit
from energyretail.testing.billing_worlds import memory_world, postgres_world
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    BillingConformance,
    BillingWorld,
    contract_of,
    reading_of,
    readings_of,
)
from energyretail.testing.conformance.corrections import CorrectionsConformance


class TestBillingInMemory(BillingConformance):
    @pytest.fixture
    def world(self) -> BillingWorld:
        return memory_world(MemoryStore())


class TestCorrectionsInMemory(CorrectionsConformance):
    @pytest.fixture
    def world(self) -> BillingWorld:
        return memory_world(MemoryStore())


class TestCorrectionsInPostgres(CorrectionsConformance):
    @pytest.fixture
    def world(self, database: Database) -> BillingWorld:
        return postgres_world(database)


class TestBillingInPostgres(BillingConformance):
    @pytest.fixture
    def world(self, database: Database) -> BillingWorld:
        return postgres_world(database)

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE invoice SET gross_cents = gross_cents + 1, net_cents = net_cents + 1",
            "UPDATE invoice SET cancelled_by = 'R-9', due_on = due_on + 1",
            "DELETE FROM invoice",
            "UPDATE invoice_line SET amount_cents = 0",
            "DELETE FROM invoice_line",
            "UPDATE invoice_tax SET amount_cents = 0",
            "DELETE FROM invoice_reading",
        ],
    )
    def test_refuses_to_edit_what_was_issued(
        self, world: BillingWorld, database: Database, sql: str
    ) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        world.bill_first("F-1", today=SECOND)

        with pytest.raises(IntegrityError, match="never changed"), database.transaction() as open_:
            open_.execute(text(sql))

    @pytest.mark.parametrize(
        ("constraint", "changed"),
        [
            ("invoice_sum", {"number": "'X'", "gross_cents": "gross_cents + 1"}),
            ("invoice_original", {"number": "'X'", "kind": "'credit_note'", "original": "NULL"}),
            ("invoice_original", {"number": "'X'", "original": "'F-1'"}),
            ("invoice_credited_once", {"number": "'X'"}),
            ("invoice_credit_stands", {"number": "'X'", "cancelled_by": "'R-9'"}),
            ("invoice_period", {"number": "'X'", "period": "daterange(lower(period), NULL)"}),
            ("invoice_kind_check", {"number": "'X'", "kind": "'proforma'"}),
        ],
    )
    def test_refuses_what_no_document_may_be(
        self, world: BillingWorld, database: Database, constraint: str, changed: dict[str, str]
    ) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        invoice = world.bill_first("F-1", today=SECOND)
        world.add(credit(invoice, number="R-1", issued_on=SECOND)[0])
        copied = "R-1" if constraint.startswith("invoice_credit") else "F-1"

        with database.transaction() as connection:
            columns = connection.execute(
                text(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_name = 'invoice' AND column_name <> 'id'"
                )
            ).scalars()
            values = {name: name for name in columns} | {"cancelled_by": "NULL"} | changed
            sql = (
                f"INSERT INTO invoice ({', '.join(values)})"
                f" SELECT {', '.join(values.values())} FROM invoice WHERE number = '{copied}'"
            )
            with pytest.raises(IntegrityError, match=constraint):
                connection.execute(text(sql))

    def test_refuses_to_lift_a_credit_note(self, world: BillingWorld, database: Database) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        world.bill_first("F-1", today=SECOND)
        world.read([reading_of(1, SECOND, "P1", 151, version=2)])
        world.correct_first("2", day=SECOND)

        for to in ("NULL", "'R-9'"):
            sql = f"UPDATE invoice SET cancelled_by = {to} WHERE number = 'F-1'"
            with pytest.raises(IntegrityError), database.transaction() as connection:
                connection.execute(text(sql))
