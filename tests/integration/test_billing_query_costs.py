"""What billing asks of the database for a chunk grows with the documents, not with their square."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import event

from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import PricedBy
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.billing import SECOND, START, contract_of, readings_of

# Fewer than this the planner reads at once whatever is written.
SUPPLIES: Final = 400
# Pages of 8 kB: some fifty to tell a document in full. With the square it was 7 000 each.
PAGES_A_DOCUMENT: Final = 120


@pytest.fixture(scope="module")
def database(fresh_database_url: str) -> Iterator[Database]:
    database = Database(fresh_database_url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def desk(database: Database) -> BillingDesk:
    """A company whose supplies are billed, known to the planner."""
    desk = postgres_desk(database)
    numbers = range(1, SUPPLIES + 1)
    desk.world.sign(*(contract_of(number) for number in numbers))
    desk.world.read(
        *(readings_of(n, day, index) for n in numbers for day, index in ((START, 1), (SECOND, 90)))
    )
    desk.open_day(SECOND)
    assert desk.bill(limit=1000).issued == SUPPLIES
    with database.transaction() as connection:
        connection.exec_driver_sql("ANALYZE")
        database.commit()
    return desk


class Pages:
    """Counts the pages that every statement of a block touches."""

    def __init__(self, database: Database):
        self._engine = database.engine
        self.touched = 0

    def __enter__(self) -> Pages:
        event.listen(self._engine, "before_cursor_execute", self._explain)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._explain)

    def _explain(self, connection: Any, _: Any, sql: str, given: Any, *__: object) -> None:
        driver = connection.connection.driver_connection
        explained = driver.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", given)
        plan = explained.fetchone()[0][0]["Plan"]
        self.touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def repriced(desk: BillingDesk) -> list[PricedBy]:
    """Return all that any document was priced by, as prices that are others by now."""
    found = desk.world.outdated.priced_by()
    return [PricedBy(each.tariff, each.period, each.digest, "now") for each in found]


class TestAChunk:
    def test_of_nothing_to_correct_looks_at_each_document_once(
        self, desk: BillingDesk, database: Database
    ) -> None:
        with Pages(database) as pages:
            assert desk.world.outdated.outdated(after="", limit=1000) == ()

        assert 0 < pages.touched < SUPPLIES * PAGES_A_DOCUMENT

    def test_of_everything_to_correct_tells_each_document_once(
        self, desk: BillingDesk, database: Database
    ) -> None:
        every = repriced(desk)

        with Pages(database) as pages:
            found = desk.world.outdated.outdated(after="", limit=1000, repriced=every)

        assert len(found) == SUPPLIES
        assert 0 < pages.touched < SUPPLIES * PAGES_A_DOCUMENT

    def test_of_a_few_tells_few(self, desk: BillingDesk, database: Database) -> None:
        every = repriced(desk)

        with Pages(database) as whole:
            desk.world.outdated.outdated(after="", limit=1000, repriced=every)
        with Pages(database) as few:
            assert len(desk.world.outdated.outdated(after="", limit=5, repriced=every)) == 5

        assert few.touched < whole.touched / 2

    def test_of_nothing_due_looks_at_each_supply_once(
        self, desk: BillingDesk, database: Database
    ) -> None:
        with Pages(database) as pages:
            assert desk.world.due(SECOND) == ()

        assert 0 < pages.touched < SUPPLIES * PAGES_A_DOCUMENT
