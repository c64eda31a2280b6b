"""Bills made by columns, in memory and in Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.memory.bulk_bills import MemoryBulkBills
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.testing.billing import ANY_USE
from energyretail.testing.billing_worlds import memory_desk, postgres_desk
from energyretail.testing.conformance.bulk import BulkConformance, BulkDesk
from energyretail.testing.conformance.bulk_intervals import BulkIntervalConformance, HourlyTariffs
from energyretail.testing.conformance.bulk_volumes import BulkVolumeConformance, GasTariffs


class TestBulkInMemory(BulkConformance):
    @pytest.fixture
    def bulk(self) -> BulkDesk:
        store = MemoryStore()
        bills = MemoryBulkBills(store, policy=ANY_USE)
        return BulkDesk(
            memory_desk(store, policy=ANY_USE), memory_desk(policy=ANY_USE), bills, ColumnarRating()
        )


class TestBulkInPostgres(BulkConformance):
    @pytest.fixture
    def bulk(self, database: Database, empty_database_url: str) -> Iterator[BulkDesk]:
        upgrade(empty_database_url)
        with closing(Database(empty_database_url)) as other:
            bills = PostgresBulkBills(database)
            yield BulkDesk(
                postgres_desk(database, policy=ANY_USE),
                postgres_desk(other, policy=ANY_USE),
                bills,
                ColumnarRating(),
            )


class TestBulkIntervalsInMemory(BulkIntervalConformance):
    @pytest.fixture
    def bulk(self) -> BulkDesk:
        store, hourly = MemoryStore(), HourlyTariffs()
        return BulkDesk(
            memory_desk(store, policy=ANY_USE, tariffs=hourly),
            memory_desk(policy=ANY_USE, tariffs=hourly),
            MemoryBulkBills(store, policy=ANY_USE),
            ColumnarRating(),
        )


class TestBulkIntervalsInPostgres(BulkIntervalConformance):
    @pytest.fixture
    def bulk(self, database: Database, empty_database_url: str) -> Iterator[BulkDesk]:
        upgrade(empty_database_url)
        hourly = HourlyTariffs()
        with closing(Database(empty_database_url)) as other:
            yield BulkDesk(
                postgres_desk(database, policy=ANY_USE, tariffs=hourly),
                postgres_desk(other, policy=ANY_USE, tariffs=hourly),
                PostgresBulkBills(database),
                ColumnarRating(),
            )


class TestBulkVolumesInMemory(BulkVolumeConformance):
    @pytest.fixture
    def bulk(self) -> BulkDesk:
        store, gas = MemoryStore(), GasTariffs()
        return BulkDesk(
            memory_desk(store, policy=ANY_USE, tariffs=gas),
            memory_desk(policy=ANY_USE, tariffs=gas),
            MemoryBulkBills(store, policy=ANY_USE),
            ColumnarRating(),
        )


class TestBulkVolumesInPostgres(BulkVolumeConformance):
    @pytest.fixture
    def bulk(self, database: Database, empty_database_url: str) -> Iterator[BulkDesk]:
        upgrade(empty_database_url)
        gas = GasTariffs()
        with closing(Database(empty_database_url)) as other:
            yield BulkDesk(
                postgres_desk(database, policy=ANY_USE, tariffs=gas),
                postgres_desk(other, policy=ANY_USE, tariffs=gas),
                PostgresBulkBills(database),
                ColumnarRating(),
            )
