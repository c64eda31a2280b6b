"""Items for days that no contract has: found in memory and in Postgres, and shown to a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest

from energyretail.adapters.memory.measured import MemoryUsageBook
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.memory.stray_items import MemoryStrayItems
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.measured import PostgresUsageBook
from energyretail.adapters.postgres.stray_items import PostgresStrayItems
from energyretail.application.billing import StrayItemsWatched, TakeUsage, WatchStrayItems
from energyretail.domain import pricing
from energyretail.domain.billing import STRAY_LOOK_BACK, Measured
from energyretail.domain.shared import Cups, Invalid
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import memory_desk, postgres_desk
from energyretail.testing.conformance.billing_cases import (
    SECOND,
    START,
    THIRD,
    contract_of,
    point,
)
from energyretail.testing.conformance.stray_items import StrayItemsConformance, StrayItemsWorld

DAY = timedelta(days=1)


@attrs.frozen
class Desk:
    """A billing desk and its stray items."""

    billing: BillingDesk
    stray: StrayItemsWorld

    def watch(self, *, after: str = "", limit: int = 1000) -> StrayItemsWatched:
        return WatchStrayItems(
            work=self.billing.world.work,
            clock=self.billing.clock,
            items=self.stray.items,
            work_list=self.billing.work_list,
        )(after=after, limit=limit)

    def take(self, *items: pricing.ExtraItem) -> int:
        return TakeUsage(
            work=self.billing.world.work,
            clock=self.billing.clock,
            points=EveryPoint(),
            usage=self.stray.usage,
        )(point(1), Measured(pricing.Usage(extras=items)))


class EveryPoint:
    """A world whose every point is known."""

    def by_cups(self, cups: Cups) -> Cups:
        return cups


def in_memory() -> Desk:
    store = MemoryStore()
    desk = memory_desk(store)
    world = StrayItemsWorld(desk.world, MemoryUsageBook(store), MemoryStrayItems(store))
    return Desk(desk, world)


def in_postgres(database: Database) -> Desk:
    desk = postgres_desk(database)
    world = StrayItemsWorld(desk.world, PostgresUsageBook(database), PostgresStrayItems(database))
    return Desk(desk, world)


class TestStrayItemsInMemory(StrayItemsConformance):
    @pytest.fixture
    def stray(self) -> StrayItemsWorld:
        return in_memory().stray


class TestStrayItemsInPostgres(StrayItemsConformance):
    @pytest.fixture
    def stray(self, database: Database) -> StrayItemsWorld:
        return in_postgres(database).stray


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    made: dict[str, Callable[[], Desk]] = {
        "memory": in_memory,
        "postgres": lambda: in_postgres(request.getfixturevalue("database")),
    }
    return made[request.param]()


class TestWatching:
    def test_shows_what_nobody_is_billed_when_its_day_is_over(self, desk: Desk) -> None:
        desk.billing.world.sign(contract_of(1, ended_on=SECOND))
        desk.stray.tell(1, START)
        desk.stray.tell(1, THIRD)
        desk.billing.open_day(THIRD)
        early = desk.watch()
        desk.billing.open_day(THIRD + DAY)

        assert (early, desk.watch()) == (StrayItemsWatched(0, None), StrayItemsWatched(2, None))

        shown = desk.billing.work_list.open_items()
        assert {(item.kind, item.code) for item in shown} == {("stray_item", "billing.item_stray")}
        assert all(str(THIRD) in item.text and "Lamp" in item.text for item in shown)

    def test_goes_on_where_it_left_off(self, desk: Desk) -> None:
        for number in (1, 2):
            desk.stray.tell(number, START)
        desk.billing.open_day(SECOND)

        steps = [desk.watch(limit=3)]
        while (resume := steps[-1].resume) is not None:
            steps.append(desk.watch(after=resume, limit=3))

        assert [step.shown for step in steps] == [3, 1]
        assert len(desk.billing.work_list.open_items()) == 4


class TestTaking:
    def test_takes_what_is_years_old_and_shows_it_where_nobody_is_billed(self, desk: Desk) -> None:
        desk.billing.open_day(THIRD)

        assert desk.take(lamp(THIRD - 1000 * DAY)) == 1
        assert desk.watch().shown == 1

    def test_takes_nothing_from_a_file_sent_again_however_late(self, desk: Desk) -> None:
        desk.billing.open_day(THIRD)
        assert desk.take(lamp(THIRD), lamp(SECOND)) == 2
        desk.billing.open_day(THIRD + STRAY_LOOK_BACK + DAY)

        assert desk.take(lamp(THIRD), lamp(SECOND)) == 0

    def test_refuses_what_is_as_late_and_news_and_keeps_nothing(self, desk: Desk) -> None:
        desk.billing.open_day(THIRD)
        desk.take(lamp(THIRD))
        desk.billing.open_day(THIRD + STRAY_LOOK_BACK + DAY)
        late = desk.billing.clock.today()

        with pytest.raises(Invalid) as refused:
            desk.take(lamp(THIRD), lamp(late), lamp(THIRD, quantity="3"))
        assert refused.value.code == "billing.item_far"
        assert desk.take(lamp(late)) == 1


def lamp(on: date, *, quantity: str = "1") -> pricing.ExtraItem:
    return pricing.ExtraItem("shop", "Lamp", quantity, "5", on=on)
