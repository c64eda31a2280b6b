"""The books of facts, figures and tariff documents, in memory and in Postgres."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.domain.markets import SPAIN
from energyretail.domain.pricing import Tariff
from energyretail.testing.billing_worlds import memory_measured, postgres_measured
from energyretail.testing.conformance.measured import MeasuredConformance, MeasuredWorld


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
