"""The shared ports, in memory and in Postgres."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from shared_worlds import shared_in_memory, shared_in_postgres
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.testing.conformance.jobs import JobsConformance
from energyretail.testing.conformance.messages import InboxConformance, OutboxConformance
from energyretail.testing.conformance.shared import (
    BusinessDaysConformance,
    ClockConformance,
    NumbersConformance,
    SharedWorld,
    WorkConformance,
    WorkListConformance,
)
from energyretail.testing.shared_machine import SharedMachine


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> SharedWorld:
    if request.param == "memory":
        return shared_in_memory()
    return shared_in_postgres(request.getfixturevalue("database"))


class TestWork(WorkConformance):
    pass


class TestClock(ClockConformance):
    pass


class TestNumbers(NumbersConformance):
    pass


class TestInbox(InboxConformance):
    pass


class TestOutbox(OutboxConformance):
    pass


class TestWorkList(WorkListConformance):
    pass


class TestBusinessDays(BusinessDaysConformance):
    pass


class TestJobs(JobsConformance):
    pass


class TestNumbersInPostgres:
    @pytest.mark.parametrize("first_commits", [True, False])
    def test_are_taken_by_one_transaction_at_a_time(
        self, database: Database, first_commits: bool
    ) -> None:
        world = shared_in_postgres(database)
        world.take("a", 1)
        second: list[range] = []
        other = threading.Thread(target=lambda: second.append(world.take("a", 1)))

        with world.work() as transaction:
            first = world.numbers.take("a", 1)
            other.start()
            time.sleep(0.2)
            second_waits = not second
            if first_commits:
                transaction.commit()
        other.join(timeout=10)

        assert (first, second_waits) == (range(2, 3), True)
        assert second == [range(3, 4) if first_commits else range(2, 3)]


class TestTheWalk:
    def test_leads_both_worlds_alike(self, database: Database) -> None:
        def machine() -> SharedMachine:
            with database.transaction() as connection:
                connection.execute(text("TRUNCATE outbox, inbox, number_series"))
                connection.commit()
            return SharedMachine(shared_in_memory(), shared_in_postgres(database))

        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=40,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
