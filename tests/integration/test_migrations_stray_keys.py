"""A stray item that waits for a person under its old key goes on to wait, once, under its new."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.measured import PostgresUsageBook
from energyretail.adapters.postgres.migrations import downgrade, upgrade
from energyretail.adapters.postgres.stray_items import PostgresStrayItems
from energyretail.application.billing import WatchStrayItems
from energyretail.domain import pricing
from energyretail.domain.billing import Measured
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Period
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.billing_cases import SECOND, START, THIRD, point

DAY = timedelta(days=1)
BEFORE, SINCE = "0026_carried_on", "0027_stray_keys"


def item(label: str, on: date, quantity: str = "1") -> Measured:
    extra = pricing.ExtraItem("shop", label, quantity, "5", on=on)
    return Measured(pricing.Usage(extras=(extra,)))


def line(label: str, start: date, amount: str = "7") -> Measured:
    days = Period(start, THIRD)
    passed_on = pricing.PassedOnLine("network", label, days, amount, "bill 7")
    return Measured(pricing.Usage(passed_on=(passed_on,)))


def tell(database: Database, desk: BillingDesk, *told: Measured) -> None:
    with desk.world.work() as transaction:
        for each in told:
            PostgresUsageBook(database).take(point(1), each)
        transaction.commit()


def shown(database: Database, desk: BillingDesk, on: date) -> tuple[WorkItem, ...]:
    """Watch on a day, and return what then waits for a person."""
    desk.open_day(on)
    WatchStrayItems(
        work=desk.world.work,
        clock=desk.clock,
        items=PostgresStrayItems(database),
        work_list=desk.work_list,
    )()
    return desk.work_list.open_items()


class TestKeysOfStrayItems:
    def test_are_rewritten_once_for_each_item_both_ways(
        self, database: Database, database_url: str
    ) -> None:
        desk = postgres_desk(database)
        tell(database, desk, item("Lamp", START), item("Lamp", SECOND))
        tell(database, desk, line("Use", START), line("Use", SECOND), line("a/b", START))
        since = shown(database, desk, THIRD)

        downgrade(database_url, BEFORE)
        before = desk.work_list.open_items()
        upgrade(database_url, SINCE)

        place = point(1).value[:20]
        assert [each.key for each in before] == [
            f"{place}/extra/shop / Lamp/{START}",
            f"{place}/extra/shop / Lamp/{SECOND}",
            f"{place}/passed_on/network / Use / bill 7/{THIRD - DAY}",
            f"{place}/passed_on/network / a/b / bill 7/{THIRD - DAY}",
        ]
        assert len(since) == 5
        assert desk.work_list.open_items() == since
        assert shown(database, desk, THIRD + DAY) == since

    def test_that_another_item_has_by_now_are_not_shown_twice(
        self, database: Database, database_url: str
    ) -> None:
        desk = postgres_desk(database)
        tell(database, desk, line("Use", START))
        since = shown(database, desk, THIRD)
        downgrade(database_url, BEFORE)
        doubled = shown(database, desk, THIRD)

        upgrade(database_url, SINCE)

        assert len(doubled) == 2
        assert desk.work_list.open_items() == since

    def test_are_left_where_all_was_taken_back_or_nothing_was_told(
        self, database: Database, database_url: str
    ) -> None:
        desk = postgres_desk(database)
        tell(database, desk, item("Lamp", START), line("Use", START), line("Use", SECOND))
        shown(database, desk, THIRD)
        downgrade(database_url, BEFORE)
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO work_item (kind, key, code, text, way_out, raised_on)"
                " VALUES ('stray_item', 'whatever', 'billing.item_stray', '', '', '2026-03-01')"
            )
        tell(database, desk, item("Lamp", START, "0"), line("Use", START, "0.00"))

        upgrade(database_url, SINCE)

        place = point(1).value[:20]
        kept = [each.key for each in desk.work_list.open_items()]
        assert kept == [
            f"{place}/extra/shop / Lamp/{START}",
            f"{place}/passed_on/network / Use / bill 7/{SECOND}/{THIRD}",
            "whatever",
        ]
