"""The Once port in memory and in Postgres, where the other process is another connection."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from energyretail.adapters.memory.once import MemoryOnce
from energyretail.adapters.memory.shared import MemoryClock, MemoryNumbers
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.once import PostgresOnce
from energyretail.application.shared import Answer
from energyretail.domain.shared import DomainError
from energyretail.testing.conformance.once import DAY, TOLD, OnceConformance, OnceWorld


def elsewhere(act: Callable[[], object]) -> object:
    """Run it in a thread of its own, which shares no transaction with this one."""
    came: list[object] = []

    def run() -> None:
        try:
            came.append(act())
        except DomainError as error:
            came.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return came[0]


def on_postgres(database: Database) -> OnceWorld:
    return begun(
        OnceWorld(
            PostgresOnce(database),
            PostgresWork(database),
            PostgresNumbers(database),
            PostgresClock(database),
            elsewhere,
        )
    )


def begun(world: OnceWorld) -> OnceWorld:
    """Open the first business day."""
    world.move_to(DAY)
    return world


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> OnceWorld:
    if request.param == "postgres":
        return on_postgres(request.getfixturevalue("database"))
    store = MemoryStore()
    once, clock = MemoryOnce(store), MemoryClock(store)
    return begun(OnceWorld(once, MemoryWork(store), MemoryNumbers(store), clock, elsewhere))


class TestOnce(OnceConformance):
    pass


class TestALostConnection:
    @pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 0), (1, 1), (2, 0)])
    def test_inside_an_act_leaves_nothing_of_it(
        self, database: Database, before: int, after: int
    ) -> None:
        world = on_postgres(database)

        def act() -> Answer:
            for _ in range(before):
                world.take()
            lose_connection(database)
            for _ in range(after):
                world.take()
            return TOLD

        with pytest.raises(OperationalError):
            world.once("a", "f", act)

        assert world.taken() == 0
        assert world.once("a", "f", world.act) == (TOLD, False)
        assert world.once("a", "f", world.act) == (TOLD, True)
        assert world.taken() == 1


def lose_connection(database: Database) -> None:
    """Let Postgres end the session of the act under way, and wait until it has."""
    with database.reading() as connection:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    ended = "SELECT pg_terminate_backend(%(pid)s, 5000)"
    assert elsewhere(lambda: database.read_value(ended, {"pid": own})) is True
