"""The ports of instalment plans, in memory and in Postgres."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.billing_supplies import PostgresUnexplainedDays
from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import TakenOff
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import InvoiceNumber, add_months
from energyretail.testing.conformance.billing import SECOND, START, contract_of, readings_of
from energyretail.testing.conformance.plans import (
    PlansConformance,
    PlansWorld,
    advance_of,
    plan_for,
)
from energyretail.testing.plans_worlds import memory_plans, postgres_plans


class TestPlansInMemory(PlansConformance):
    @pytest.fixture
    def world(self) -> PlansWorld:
        return memory_plans(MemoryStore())


class TestPlansInPostgres(PlansConformance):
    @pytest.fixture
    def world(self, database: Database) -> PlansWorld:
        return postgres_plans(database)

    @pytest.mark.parametrize("table", ["instalment", "advance", "deduction"])
    @pytest.mark.parametrize("change", ["UPDATE {} SET id = DEFAULT", "DELETE FROM {}"])
    def test_refuses_to_edit_what_was_asked(
        self, world: PlansWorld, database: Database, table: str, change: str
    ) -> None:
        plan = plan_for(1)
        world.add(plan)
        advance = advance_of(plan, 0, "AN26-000001")
        world.ask(advance)
        world.take_off(TakenOff(InvoiceNumber("F26-000001"), START, advance.deduction))

        with pytest.raises(IntegrityError, match="never changed"), database.transaction() as open_:
            open_.execute(text(change.format(table)))

    def test_calls_no_day_unexplained_that_waits_for_the_end_of_a_plan(
        self, world: PlansWorld, database: Database
    ) -> None:
        days = PostgresUnexplainedDays(database, registers=SPAIN.reading.registers)
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        end = add_months(START, 3)
        before = days.unexplained_days(today=SECOND, grace_days=45)
        world.add(plan_for(1))

        assert before == 30
        assert days.unexplained_days(today=SECOND, grace_days=45) == 0
        world.billing.read(readings_of(1, end, 200))
        assert days.unexplained_days(today=end, grace_days=45) == (end - START).days
