"""The Once port in memory and in Postgres, where the other process is another connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest

from energyretail.adapters.memory.once import MemoryOnce
from energyretail.adapters.memory.shared import MemoryClock, MemoryNumbers
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.once import PostgresOnce
from energyretail.domain.shared import DomainError
from energyretail.testing.conformance.once import OnceConformance, OnceWorld

DAY = date(2026, 3, 2)


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


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> OnceWorld:
    if request.param == "memory":
        store = MemoryStore()
        made = OnceWorld(MemoryOnce(store), MemoryWork(store), MemoryNumbers(store), elsewhere)
        clock: MemoryClock | PostgresClock = MemoryClock(store)
    else:
        database: Database = request.getfixturevalue("database")
        made = OnceWorld(
            PostgresOnce(database), PostgresWork(database), PostgresNumbers(database), elsewhere
        )
        clock = PostgresClock(database)
    with made.work() as transaction:
        clock.move_to(DAY)
        transaction.commit()
    return made


class TestOnce(OnceConformance):
    pass
