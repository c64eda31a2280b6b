"""Billing in memory and in Postgres agree whatever happens, and the books stay sound."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import BillingPolicy
from energyretail.testing.billing import ANY_USE, BY_DIFFERENCE, POLICY, LateTariffs
from energyretail.testing.billing_machine import BillingMachine
from energyretail.testing.billing_worlds import memory_desk, postgres_desk
from energyretail.testing.profiles import is_deep

_DIFFERENCES = attrs.evolve(ANY_USE, corrections=BY_DIFFERENCE.corrections)
_EMPTY = text("""
    TRUNCATE clock, number_series, work_item, customer, contract, supply, reading, entry, posting,
        invoice, invoice_line, invoice_tax, invoice_reading, invoice_confirmed, charged_span,
        issued_items, held_bill CASCADE
""")
WALKS = 120 if is_deep() else 6


class TestBillingMachine:
    @pytest.mark.parametrize(
        "policy", [ANY_USE, _DIFFERENCES, POLICY], ids=["pairs", "differences", "gate"]
    )
    def test_walks_both_worlds_alike(self, database: Database, policy: BillingPolicy) -> None:
        def machine() -> BillingMachine:
            with database.transaction() as connection:
                connection.execute(_EMPTY)
                connection.commit()
            late = LateTariffs()
            return BillingMachine(
                memory_desk(policy=policy, tariffs=late),
                postgres_desk(database, policy=policy, tariffs=late),
                late,
            )

        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=WALKS,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
