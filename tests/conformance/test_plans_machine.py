"""Instalment plans in memory and in Postgres agree whatever happens, and no cent is lost."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import BillingPolicy
from energyretail.testing.billing import ANY_USE, BY_DIFFERENCE, LateTariffs
from energyretail.testing.plans_machine import PlansMachine
from energyretail.testing.plans_worlds import memory_plans_desk, postgres_plans_desk
from energyretail.testing.profiles import is_deep

_DIFFERENCES = attrs.evolve(ANY_USE, corrections=BY_DIFFERENCE.corrections)
_EMPTY = text("""
    TRUNCATE clock, number_series, work_item, customer, contract, supply, reading, entry, posting,
        invoice, invoice_line, invoice_tax, invoice_reading, instalment_plan, instalment, advance,
        deduction, charged_span, issued_items, invoice_confirmed, held_bill CASCADE
""")
MEMORY_WALKS, WALKS = (400, 80) if is_deep() else (20, 5)
_SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("policy", [ANY_USE, _DIFFERENCES], ids=["pairs", "differences"])
class TestPlansMachine:
    def test_walks_through_memory(self, policy: BillingPolicy) -> None:
        def machine() -> PlansMachine:
            late = LateTariffs()
            desks = (memory_plans_desk(policy, late) for _ in range(2))
            return PlansMachine(*desks, late)

        run_state_machine_as_test(
            machine, settings=settings(_SETTINGS, max_examples=MEMORY_WALKS, stateful_step_count=25)
        )

    def test_walks_both_worlds_alike(self, database: Database, policy: BillingPolicy) -> None:
        def machine() -> PlansMachine:
            with database.transaction() as connection:
                connection.execute(_EMPTY)
                connection.commit()
            late = LateTariffs()
            return PlansMachine(
                memory_plans_desk(policy, late), postgres_plans_desk(database, policy, late), late
            )

        run_state_machine_as_test(
            machine, settings=settings(_SETTINGS, max_examples=WALKS, stateful_step_count=20)
        )
