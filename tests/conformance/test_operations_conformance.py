"""Parked messages and locks, in memory and in Postgres."""

from __future__ import annotations

import pytest

from energyretail.adapters.memory.locks import MemoryLocks
from energyretail.adapters.memory.parked_messages import MemoryParkedMessages
from energyretail.adapters.memory.shared import MemoryOutbox, MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.locks import ChannelLocks
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.parked_messages import PostgresParkedMessages
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.operations.relay import RelayLocks
from energyretail.testing.conformance.operations import (
    ParkedMessagesConformance,
    ParkedWorld,
    RelayLocksConformance,
)


class TestParkedMessagesInMemory(ParkedMessagesConformance):
    @pytest.fixture
    def world(self) -> ParkedWorld:
        store = MemoryStore()
        return ParkedWorld(
            MemoryWork(store),
            MemoryOutbox(store),
            MemoryWorkList(store),
            MemoryParkedMessages(store),
        )


class TestParkedMessagesInPostgres(ParkedMessagesConformance):
    @pytest.fixture
    def world(self, database: Database) -> ParkedWorld:
        return ParkedWorld(
            PostgresWork(database),
            PostgresOutbox(database),
            PostgresWorkList(database),
            PostgresParkedMessages(database),
        )


class TestLocksInMemory(RelayLocksConformance):
    @pytest.fixture
    def locks(self) -> RelayLocks:
        return MemoryLocks()


class TestLocksInPostgres(RelayLocksConformance):
    @pytest.fixture
    def locks(self, database: Database) -> RelayLocks:
        return ChannelLocks(database)
