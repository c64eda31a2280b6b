"""The worlds of deposits, consolidated invoices, faults and held bills: memory, and Postgres."""

from __future__ import annotations

from energyretail.adapters.memory.consolidated import (
    MemoryConsolidatedInvoices,
    MemoryConsolidatedInvoiceShelf,
)
from energyretail.adapters.memory.consolidation_book import MemoryConsolidationBook
from energyretail.adapters.memory.customer_faults import (
    MemoryCustomerFaults,
    MemoryCustomerFaultShelf,
)
from energyretail.adapters.memory.deposits import MemoryDeposits, MemoryEndedSupplies
from energyretail.adapters.memory.held_bills import (
    MemoryBilledBefore,
    MemoryHeldBills,
    MemoryHeldBillShelf,
)
from energyretail.adapters.memory.ledger import MemoryBooks, MemoryLedger
from energyretail.adapters.memory.payments import MemoryCollections, MemoryUnpaidItems
from energyretail.adapters.memory.refunds import MemoryRefundsOwed
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.billed_before import PostgresBilledBefore
from energyretail.adapters.postgres.collections import PostgresCollections
from energyretail.adapters.postgres.consolidated import PostgresConsolidatedInvoices
from energyretail.adapters.postgres.consolidated_shelves import PostgresConsolidatedInvoiceShelf
from energyretail.adapters.postgres.consolidation_book import PostgresConsolidationBook
from energyretail.adapters.postgres.customer_faults import (
    PostgresCustomerFaults,
    PostgresCustomerFaultShelf,
)
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.deposits import PostgresDeposits
from energyretail.adapters.postgres.ended_supplies import PostgresEndedSupplies
from energyretail.adapters.postgres.held_bills import PostgresHeldBills, PostgresHeldBillShelf
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.adapters.postgres.refunds import PostgresRefundsOwed
from energyretail.adapters.postgres.unpaid_items import PostgresUnpaidItems
from energyretail.testing.billing_worlds import memory_world, postgres_world
from energyretail.testing.conformance.consolidated import ConsolidatedWorld
from energyretail.testing.conformance.customer_faults import FaultWorld
from energyretail.testing.conformance.deposits import DepositWorld
from energyretail.testing.conformance.held_bills import HeldBillsWorld

__all__ = [
    "memory_consolidated_world",
    "memory_deposit_world",
    "memory_fault_world",
    "memory_held_bills_world",
    "postgres_consolidated_world",
    "postgres_deposit_world",
    "postgres_fault_world",
    "postgres_held_bills_world",
]


def memory_deposit_world(store: MemoryStore) -> DepositWorld:
    """Return an empty world of deposits in memory."""
    return DepositWorld(
        memory_world(store),
        MemoryDeposits(store),
        MemoryEndedSupplies(store),
        MemoryRefundsOwed(store),
        MemoryBooks(store),
        MemoryCollections(store),
    )


def postgres_deposit_world(database: Database) -> DepositWorld:
    """Return a world of deposits over a fresh database."""
    return DepositWorld(
        postgres_world(database),
        PostgresDeposits(database),
        PostgresEndedSupplies(database),
        PostgresRefundsOwed(database),
        PostgresBooks(database),
        PostgresCollections(database),
    )


def memory_consolidated_world(store: MemoryStore) -> ConsolidatedWorld:
    """Return an empty world of consolidated invoices in memory."""
    return ConsolidatedWorld(
        memory_world(store),
        MemoryConsolidatedInvoices(store),
        MemoryConsolidatedInvoiceShelf(store),
        MemoryConsolidationBook(store),
        MemoryBooks(store),
        MemoryLedger(store),
        MemoryUnpaidItems(store),
    )


def postgres_consolidated_world(database: Database) -> ConsolidatedWorld:
    """Return a world of consolidated invoices over a fresh database."""
    return ConsolidatedWorld(
        postgres_world(database),
        PostgresConsolidatedInvoices(database),
        PostgresConsolidatedInvoiceShelf(database),
        PostgresConsolidationBook(database),
        PostgresBooks(database),
        PostgresLedger(database),
        PostgresUnpaidItems(database),
    )


def memory_fault_world(store: MemoryStore) -> FaultWorld:
    """Return an empty world of faults of customers in memory."""
    return FaultWorld(
        memory_world(store), MemoryCustomerFaults(store), MemoryCustomerFaultShelf(store)
    )


def postgres_fault_world(database: Database) -> FaultWorld:
    """Return a world of faults of customers over a fresh database."""
    return FaultWorld(
        postgres_world(database),
        PostgresCustomerFaults(database),
        PostgresCustomerFaultShelf(database),
    )


def memory_held_bills_world(store: MemoryStore) -> HeldBillsWorld:
    """Return an empty world of held bills in memory."""
    return HeldBillsWorld(
        memory_world(store),
        MemoryHeldBills(store),
        MemoryHeldBillShelf(store),
        MemoryBilledBefore(store),
    )


def postgres_held_bills_world(database: Database) -> HeldBillsWorld:
    """Return a world of held bills over a fresh database."""
    return HeldBillsWorld(
        postgres_world(database),
        PostgresHeldBills(database),
        PostgresHeldBillShelf(database),
        PostgresBilledBefore(database),
    )
