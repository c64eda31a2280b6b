"""Those who tell facts and figures at the same time, over one database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from energyretail.adapters.postgres.database import Database
from energyretail.domain import pricing
from energyretail.domain.billing import Measured
from energyretail.domain.shared import Period, Power
from energyretail.testing.billing_worlds import postgres_measured
from energyretail.testing.conformance.billing import START, point
from energyretail.testing.conformance.measured import MeasuredWorld, hourly_index

DAYS = Period(START, START.replace(day=START.day + 2))


@pytest.fixture
def world(database: Database) -> MeasuredWorld:
    def unread(document: object) -> pricing.Tariff:
        raise AssertionError(document)

    return postgres_measured(database, unread)


def power() -> Measured:
    return Measured(pricing.Usage(powers=(pricing.Subscribed("P1", Power("5"), Period(START)),)))


class TestNumbers:
    @pytest.mark.parametrize(
        "tell_more",
        [
            lambda world: world.tell(2, power()),
            lambda world: world.publish(hourly_index(DAYS, "0.1")),
        ],
        ids=["facts", "figures"],
    )
    def test_are_never_seen_before_a_smaller_one(
        self, world: MeasuredWorld, tell_more: Callable[[MeasuredWorld], int]
    ) -> None:
        told, go_on = Event(), Event()

        def tell_slowly() -> None:
            with world.work() as transaction:
                world.usage.take(point(1), power())
                told.set()
                go_on.wait(10)
                transaction.commit()

        def seen() -> tuple[int, int]:
            second = world.known(2, DAYS).seen or world.figures.named(("OMIE",), DAYS).seen
            return world.known(1, DAYS).seen, second

        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(tell_slowly)
            assert told.wait(10)
            second = pool.submit(tell_more, world)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
            waiting = seen()
            go_on.set()
            first.result(timeout=10)
            second.result(timeout=10)

        assert waiting == (0, 0)
        assert 0 < seen()[0] < seen()[1]
