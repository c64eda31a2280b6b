"""Tables of switches in memory and in Postgres keep the same promises, and agree."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.memory.switching import MemorySwitches
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.switching import PostgresSwitches
from energyretail.application.shared import Work
from energyretail.application.switching import Switches
from energyretail.domain import switching
from energyretail.domain.shared import DomainError
from energyretail.testing.conformance.switching import DAY, SwitchesConformance, save, switch_of


class TestMemorySwitches(SwitchesConformance):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()

    @pytest.fixture
    def switches(self, store: MemoryStore) -> Switches:
        return MemorySwitches(store)

    @pytest.fixture
    def work(self, store: MemoryStore) -> Work:
        return MemoryWork(store)


class TestPostgresSwitches(SwitchesConformance):
    @pytest.fixture
    def switches(self, database: Database) -> Switches:
        return PostgresSwitches(database)

    @pytest.fixture
    def work(self, database: Database) -> Work:
        return PostgresWork(database)

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(steps=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2), st.sampled_from("narx"))))
    def test_agrees_with_memory_after_any_steps(
        self, database: Database, steps: list[tuple[int, int, str]]
    ) -> None:
        with database.transaction() as connection:
            connection.exec_driver_sql("TRUNCATE switch")
            connection.commit()
        store = MemoryStore()
        twins = (
            (MemorySwitches(store), MemoryWork(store)),
            (PostgresSwitches(database), PostgresWork(database)),
        )
        for number, point, what in steps:
            outcomes = {step(switches, work, number, point, what) for switches, work in twins}
            assert len(outcomes) == 1


def step(switches: Switches, work: Work, number: int, point: int, what: str) -> object:
    """Do one thing and return all that can be seen afterwards."""
    error = ""
    try:
        save(work, switches, moved(switches, number, point, what))
    except DomainError as refused:
        error = refused.code
    everyone = [switch_of(n).request for n in range(1, 5)]
    supplies = [(switch_of(n).contract, switch_of(n).cups.value) for n in (1, 2)]
    return error, switches.by_request(everyone), switches.by_supply(supplies)


def moved(switches: Switches, number: int, point: int, what: str) -> switching.Switch:
    new = switch_of(number, point=point)
    if what == "n":
        known = switches.by_request([new.request])
        return known[0] if known else new
    known = switches.by_request([new.request])
    switch = known[0] if known else new
    answer: switching.Answer = switching.ClaimAccepted(switch.request, DAY)
    if what == "r":
        answer = switching.ClaimRejected(switch.request, (("01", "no"),))
    if what == "x":
        answer = switching.SupplyActivated(switch.request, switch.cups, DAY)
    return switching.take_answer(switch, answer)[0]
