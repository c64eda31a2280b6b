"""The worlds billing is tried in: all of it in memory, all of it in Postgres."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
from sqlalchemy import text

from energyretail.adapters.memory.billing import (
    MemoryInvoices,
    MemoryOutdatedInvoices,
    MemorySuppliesToBill,
)
from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers
from energyretail.adapters.memory.held_bills import MemoryBilledBefore, MemoryHeldBills
from energyretail.adapters.memory.ledger import MemoryBooks, MemoryLedger
from energyretail.adapters.memory.measured import (
    MemoryFigureBook,
    MemoryTariffBook,
    MemoryUsageBook,
)
from energyretail.adapters.memory.shared import MemoryClock, MemoryNumbers, MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.memory.supply_days import MemorySupplyDays
from energyretail.adapters.postgres.billed_before import PostgresBilledBefore
from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.billing_supplies import (
    PostgresOutdatedInvoices,
    PostgresSuppliesToBill,
)
from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.customers import PostgresCustomers
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.held_bills import PostgresHeldBills
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.adapters.postgres.measured import (
    PostgresFigureBook,
    PostgresTariffBook,
    PostgresUsageBook,
)
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.supply_days import PostgresSupplyDays
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.billing import Tariffs
from energyretail.domain import metering
from energyretail.domain.billing import BillingPolicy
from energyretail.domain.markets import SPAIN
from energyretail.domain.pricing import Tariff
from energyretail.testing.billing import POLICY, BillingDesk
from energyretail.testing.conformance.billing import BillingWorld
from energyretail.testing.conformance.measured import MeasuredWorld
from energyretail.testing.numbers import NumbersInOrder

__all__ = [
    "memory_desk", "memory_measured", "memory_world", "postgres_desk", "postgres_measured",
    "postgres_world",
]  # fmt: skip

_READ = text("""
    INSERT INTO reading (cups, register, taken_on, version, index_kwh, quality, source, received_on)
    VALUES (:cups, :register, :taken_on, :version, :index_kwh, :quality, 'test', :taken_on)
""")


def memory_world(store: MemoryStore) -> BillingWorld:
    """Return an empty world in memory."""

    def save(readings: Sequence[metering.Reading]) -> None:
        store.writable("reading").update({reading.key: reading for reading in readings})

    return BillingWorld(
        work=MemoryWork(store),
        invoices=MemoryInvoices(store),
        supplies=MemorySuppliesToBill(store),
        outdated=MemoryOutdatedInvoices(store),
        customers=MemoryCustomers(store),
        contracts=MemoryContracts(store),
        save_readings=save,
    )


def postgres_world(database: Database) -> BillingWorld:
    """Return a world over a fresh database."""

    def save(readings: Sequence[metering.Reading]) -> None:
        rows = [
            {
                "cups": reading.cups.value,
                "register": reading.register,
                "taken_on": reading.taken_on,
                "version": reading.version,
                "index_kwh": reading.index_kwh,
                "quality": reading.quality.value,
            }
            for reading in readings
        ]
        database.connection().execute(_READ, rows)

    return BillingWorld(
        work=PostgresWork(database),
        invoices=PostgresInvoices(database),
        supplies=PostgresSuppliesToBill(database),
        outdated=PostgresOutdatedInvoices(database),
        customers=PostgresCustomers(database),
        contracts=PostgresContracts(database),
        save_readings=save,
    )


def memory_desk(
    store: MemoryStore | None = None,
    *,
    policy: BillingPolicy = POLICY,
    tariffs: Tariffs = SPAIN,
) -> BillingDesk:
    """Return an empty desk in memory, over a store of its own unless one is given."""
    store = store or MemoryStore()
    world = memory_world(store)
    numbers = NumbersInOrder(MemoryNumbers(store), world.work)
    return BillingDesk(
        attrs.evolve(world, work=numbers.work),
        MemoryClock(store),
        numbers,
        MemoryBooks(store),
        MemoryLedger(store),
        MemoryWorkList(store),
        MemorySupplyDays(store, reading=SPAIN.reading),
        MemoryUsageBook(store),
        MemoryFigureBook(store),
        MemoryBilledBefore(store),
        MemoryHeldBills(store),
        policy=policy,
        tariffs=tariffs,
    )


def postgres_desk(
    database: Database, *, policy: BillingPolicy = POLICY, tariffs: Tariffs = SPAIN
) -> BillingDesk:
    """Return a desk over a fresh database."""
    return BillingDesk(
        postgres_world(database),
        PostgresClock(database),
        PostgresNumbers(database),
        PostgresBooks(database),
        PostgresLedger(database),
        PostgresWorkList(database),
        PostgresSupplyDays(database, reading=SPAIN.reading),
        PostgresUsageBook(database),
        PostgresFigureBook(database),
        PostgresBilledBefore(database),
        PostgresHeldBills(database),
        policy=policy,
        tariffs=tariffs,
    )


def memory_measured(store: MemoryStore) -> MeasuredWorld:
    """Return the empty books of what is measured, published and offered, in memory."""
    return MeasuredWorld(
        MemoryWork(store), MemoryUsageBook(store), MemoryFigureBook(store), MemoryTariffBook(store)
    )


def postgres_measured(database: Database, read: Callable[[object], Tariff]) -> MeasuredWorld:
    """Return the empty books over a fresh database; `read` reads a tariff document."""
    return MeasuredWorld(
        PostgresWork(database),
        PostgresUsageBook(database),
        PostgresFigureBook(database),
        PostgresTariffBook(database, read),
    )
