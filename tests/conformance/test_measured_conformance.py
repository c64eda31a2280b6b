"""The books of facts, figures and tariff documents, in memory and in Postgres."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import attrs
import pytest
from sqlalchemy import text

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.figure_rows import FigureRow, rows_of
from energyretail.domain import pricing
from energyretail.domain.markets import SPAIN
from energyretail.domain.pricing import Tariff
from energyretail.domain.shared import Conflict, Period
from energyretail.testing.billing_worlds import memory_measured, postgres_measured
from energyretail.testing.conformance.measured import (
    MeasuredConformance,
    MeasuredWorld,
    hourly_index,
)


def read(document: object) -> Tariff:
    """Read the documents of the suite, which name a tariff and nothing else."""
    assert isinstance(document, Mapping)
    return attrs.evolve(SPAIN.tariffs[0], **document)


class TestBooksInMemory(MeasuredConformance):
    @pytest.fixture
    def world(self) -> MeasuredWorld:
        return memory_measured(MemoryStore())


class TestBooksInPostgres(MeasuredConformance):
    @pytest.fixture
    def world(self, database: Database) -> MeasuredWorld:
        return postgres_measured(database, read)


class KeptTwice:
    """A name kept as an index of both sorts: by intervals in March, by days, by intervals in July.

    Nobody can tell it so any more.
    """

    def keep(self, rows: Iterable[FigureRow]) -> None:
        """Put rows where the book has its own, in this order."""
        raise NotImplementedError

    MARCH, MAY, JULY = (Period.month(2026, month) for month in (3, 5, 7))

    @pytest.mark.parametrize("days", [MARCH, MAY, JULY, Period(MARCH.start, JULY.end)], ids=str)
    def test_is_read_by_intervals_whatever_days_are_asked_for(
        self, world: MeasuredWorld, days: Period
    ) -> None:
        self.keep_all(world, last=(self.JULY,))

        found = world.figures.named(("OMIE",), days).indices

        assert {type(index) for index in found} <= {pricing.IntervalIndex}
        assert bool(found) == (days != self.MAY)

    @pytest.mark.parametrize("days", [MARCH, JULY], ids=str)
    def test_is_read_by_days_where_that_was_told_last(
        self, world: MeasuredWorld, days: Period
    ) -> None:
        self.keep_all(world, last=())

        assert world.figures.named(("OMIE",), days).indices == (BY_DAYS,)

    def test_is_told_on_as_it_was_told_last_and_no_other_way(self, world: MeasuredWorld) -> None:
        self.keep_all(world, last=(self.JULY,))

        with pytest.raises(Conflict) as refused:
            world.publish(BY_DAYS)
        assert refused.value.code == "billing.figure.sort"
        assert world.publish(hourly_index(self.MAY, "0.3")) > 0
        assert world.figures.named(("OMIE",), self.MAY).indices

    def keep_all(self, world: MeasuredWorld, *, last: Iterable[Period]) -> None:
        by_hours = [hourly_index(days, "0.2") for days in last]
        told = (hourly_index(self.MARCH, "0.1"), BY_DAYS, *by_hours)
        with world.work() as transaction:
            self.keep(row for each in told for row in rows_of(pricing.PublishedFigures((each,))))
            transaction.commit()


BY_DAYS = pricing.DatedPrice(
    "OMIE", (pricing.Version(Period(date(2026, 1, 1)), "0.031", "a yearly price"),)
)


class TestAnIndexKeptTwiceInMemory(KeptTwice):
    @pytest.fixture
    def world(self) -> MeasuredWorld:
        self.store = MemoryStore()
        return memory_measured(self.store)

    def keep(self, rows: Iterable[FigureRow]) -> None:
        table = self.store.writable("market_figure")
        for number, row in enumerate(rows, start=1):
            table[number] = attrs.evolve(row, number=number)


class TestAnIndexKeptTwiceInPostgres(KeptTwice):
    @pytest.fixture
    def world(self, database: Database) -> MeasuredWorld:
        self.database = database
        return postgres_measured(database, read)

    def keep(self, rows: Iterable[FigureRow]) -> None:
        for row in rows:
            days = {"starts": row.days.start, "ends": row.days.end}
            self.database.connection().execute(
                KEEP, {"sort": row.sort, "name": row.name, "body": row.body, **days}
            )


KEEP = text("""
    INSERT INTO market_figure (sort, name, days, body)
    VALUES (:sort, :name, daterange(:starts, :ends), :body)
""")
