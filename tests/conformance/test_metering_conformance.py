"""Readings, plans and supplies in memory and in Postgres keep the same promises."""

import pytest
from metering_worlds import metering_in_memory, metering_in_postgres
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.testing.conformance.metering import MeteringConformance, MeteringWorld


class TestInMemory(MeteringConformance):
    @pytest.fixture
    def world(self) -> MeteringWorld:
        return metering_in_memory()


class TestInPostgres(MeteringConformance):
    @pytest.fixture
    def world(self, database: Database) -> MeteringWorld:
        return metering_in_postgres(database)

    def test_hands_out_ascending_numbers_to_the_mass_table(self, world, database):
        from energyretail.testing.conformance.metering import DAY, reading

        world.save(reading(1, "P1", DAY, 1), reading(1, "P2", DAY, 1))
        world.save(reading(1, "P3", DAY, 1))

        with database.reading() as connection:
            rows = connection.execute(text("SELECT register FROM reading ORDER BY id"))
            assert [row.register for row in rows] == ["P1", "P2", "P3"]
