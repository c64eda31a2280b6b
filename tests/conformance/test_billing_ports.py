"""Billing's ports, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.billing_supplies import PostgresUnexplainedDays
from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import credit
from energyretail.domain.markets import SPAIN
from energyretail.testing.billing_worlds import memory_world, postgres_world
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    BillingConformance,
    BillingWorld,
    contract_of,
    reading_of,
    readings_of,
)


def park(database: Database, key: str) -> None:
    """Put a period that billing could not bill on the work list."""
    with database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO work_item (kind, key, code, text, way_out, raised_on)"
                " VALUES ('billing', :key, '', '', '', :day)"
            ),
            {"key": key, "day": SECOND},
        )
        connection.commit()


class TestBillingInMemory(BillingConformance):
    @pytest.fixture
    def world(self) -> BillingWorld:
        return memory_world(MemoryStore())


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

    def test_counts_the_days_that_should_have_a_bill_and_have_none(
        self, world: BillingWorld, database: Database
    ) -> None:
        days = PostgresUnexplainedDays(database, registers=SPAIN.reading.registers)
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        before = days.unexplained_days(today=SECOND, grace_days=45)
        world.bill_first("F-1", today=SECOND)

        assert before == 30
        assert days.unexplained_days(today=SECOND, grace_days=45) == 0
        # Nothing is read after that: 45 days may wait, the rest should have been estimated.
        assert days.unexplained_days(today=SECOND.replace(month=6), grace_days=45) == 61 - 45
        world.read(readings_of(1, THIRD, 200))
        assert days.unexplained_days(today=THIRD, grace_days=45) == 31

    def test_lets_a_parked_supply_explain_its_days(
        self, world: BillingWorld, database: Database
    ) -> None:
        days = PostgresUnexplainedDays(database, registers=SPAIN.reading.registers)
        world.sign(contract_of(1), contract_of(2))
        for number in (1, 2):
            world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
        (first, _) = world.due(SECOND)
        park(database, f"{first.key}/{START}")

        assert days.unexplained_days(today=SECOND, grace_days=45) == 30

    def test_lets_a_parked_period_explain_nothing_once_it_is_billed(
        self, world: BillingWorld, database: Database
    ) -> None:
        days = PostgresUnexplainedDays(database, registers=SPAIN.reading.registers)
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        (supply,) = world.due(SECOND)
        park(database, f"{supply.key}/{START}")
        parked = days.unexplained_days(today=SECOND, grace_days=45)
        world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, THIRD, 200))

        assert parked == 0
        assert days.unexplained_days(today=THIRD, grace_days=45) == 31
        park(database, f"{supply.key}/{SECOND}")
        assert days.unexplained_days(today=THIRD, grace_days=45) == 0

    def test_lets_a_parked_period_explain_no_day_before_it(
        self, world: BillingWorld, database: Database
    ) -> None:
        days = PostgresUnexplainedDays(database, registers=SPAIN.reading.registers)
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        (supply,) = world.due(SECOND)
        park(database, f"{supply.key}/{SECOND}")

        assert days.unexplained_days(today=SECOND, grace_days=45) == 30

    def test_does_not_call_a_day_read_on_which_a_register_of_the_tariff_is_not(
        self, world: BillingWorld, database: Database
    ) -> None:
        days = PostgresUnexplainedDays(database, registers=SPAIN.reading.registers)
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100)[:2], readings_of(1, SECOND, 150)[:2])

        assert days.unexplained_days(today=SECOND, grace_days=45) == 0
        assert days.unexplained_days(today=SECOND, grace_days=20) == 30 - 20
        world.read(readings_of(1, START, 100)[2:], readings_of(1, SECOND, 150)[2:])
        assert days.unexplained_days(today=SECOND, grace_days=45) == 30

    def test_calls_a_day_read_whatever_stray_register_was_read_once(
        self, world: BillingWorld, database: Database
    ) -> None:
        days = PostgresUnexplainedDays(database, registers=SPAIN.reading.registers)
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        world.read([reading_of(1, START, "P4", 7)])

        assert days.unexplained_days(today=SECOND, grace_days=45) == 30

    def test_expects_a_bill_for_what_is_read_under_an_unknown_tariff(
        self, world: BillingWorld, database: Database
    ) -> None:
        days = PostgresUnexplainedDays(database, registers=SPAIN.reading.registers)
        world.sign(contract_of(1, tariff="9.9XX"))
        world.read(readings_of(1, START, 100)[:1], readings_of(1, SECOND, 150)[:1])

        assert days.unexplained_days(today=SECOND, grace_days=45) == 30
