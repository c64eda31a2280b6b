"""The long lists of operations, in memory and in Postgres."""

from __future__ import annotations

import json
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared_worlds import shared_in_memory, shared_in_postgres
from sqlalchemy import text

from energyretail.adapters.memory.closed_work_items import MemoryWorkItemsToClose
from energyretail.adapters.memory.operations_shelves import (
    MemoryBusinessDayShelf,
    MemoryWorkItemShelf,
)
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.closed_work_items import PostgresWorkItemsToClose
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.operations_shelves import (
    PostgresBusinessDayShelf,
    PostgresWorkItemShelf,
)
from energyretail.adapters.postgres.state_export import state_rows
from energyretail.domain.operations import ClosedWorkItem
from energyretail.testing.conformance.operations_shelves import (
    OperationShelves,
    OperationShelvesConformance,
)
from energyretail.testing.conformance.shared import DAY, item

# Letters that languages put in another order than their numbers, and what SQL means by them.
KEYS = st.text(st.sampled_from("aAbBzZñÑ-_/%' 109é"), max_size=4)


def in_memory() -> OperationShelves:
    store = MemoryStore()
    return OperationShelves(
        shared_in_memory(store),
        MemoryWorkItemShelf(store),
        MemoryBusinessDayShelf(store),
        MemoryWorkItemsToClose(store),
    )


def in_postgres(database: Database) -> OperationShelves:
    return OperationShelves(
        shared_in_postgres(database),
        PostgresWorkItemShelf(database),
        PostgresBusinessDayShelf(database),
        PostgresWorkItemsToClose(database),
    )


@pytest.fixture(params=["memory", "postgres"])
def shelves(request: pytest.FixtureRequest) -> OperationShelves:
    if request.param == "memory":
        return in_memory()
    return in_postgres(request.getfixturevalue("database"))


class TestOperationShelves(OperationShelvesConformance):
    pass


class TestTheTwoShelves:
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        keys=st.lists(KEYS, unique=True, max_size=8),
        after=st.one_of(KEYS, st.builds("outbox/{}".format, KEYS), st.text(max_size=3)),
        limit=st.integers(1, 9),
    )
    def test_agree_on_every_page(
        self, database: Database, keys: list[str], after: str, limit: int
    ) -> None:
        with database.transaction() as connection:
            connection.execute(text("TRUNCATE work_item"))
            connection.commit()
        one, other = in_memory(), in_postgres(database)
        for shelves in (one, other):
            shelves.raise_(*(item(key) for key in keys))

        assert one.items.page(after=after, limit=limit) == other.items.page(
            after=after, limit=limit
        )


class TestClosingInPostgres:
    def test_answers_the_second_of_two_at_once_as_the_first(self, database: Database) -> None:
        shelves = in_postgres(database)
        shelves.open_day(DAY)
        shelves.raise_(item("a"))
        second: list[ClosedWorkItem] = []
        other = threading.Thread(
            target=lambda: second.append(shelves.close("outbox", "a", remark="Ana"))
        )

        with shelves.world.work() as transaction:
            taken = shelves.closing.take("outbox", "a")
            assert taken is not None
            first = ClosedWorkItem(taken, DAY, "Ana")
            shelves.closing.keep(first)
            other.start()
            time.sleep(0.2)
            second_waits = not second
            transaction.commit()
        other.join(timeout=10)

        assert second_waits
        assert second == [first]

    def test_is_part_of_the_state_of_the_company(self, database: Database) -> None:
        shelves = in_postgres(database)
        shelves.open_day(DAY)
        for remark in ("Ana", "Berta"):
            shelves.raise_(item("a"))
            shelves.close("outbox", "a", remark=remark)

        rows = [json.loads(row) for row in state_rows(database)]

        assert [(row["kind"], row["key"], row["remark"]) for row in rows] == [
            ("closed_work_item", "outbox/a/001", "Ana"),
            ("closed_work_item", "outbox/a/002", "Berta"),
        ]
