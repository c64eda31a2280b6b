"""The worlds instalment plans are tried in: all of it in memory, all of it in Postgres."""

from __future__ import annotations

from energyretail.adapters.memory.documents import MemoryAdvancesToMail, MemoryBillsToMail
from energyretail.adapters.memory.ledger import MemoryBooks
from energyretail.adapters.memory.payments import MemoryUnpaidItems
from energyretail.adapters.memory.plan_shelves import MemoryInstalmentPlanShelf
from energyretail.adapters.memory.plans import (
    MemoryAdvances,
    MemoryContractsToPlan,
    MemoryDeductions,
    MemoryInstalmentPlans,
    MemoryPlansToAsk,
    MemoryPlansToSettle,
)
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.advances import (
    PostgresAdvances,
    PostgresDeductions,
    PostgresPlansToAsk,
    PostgresPlansToSettle,
)
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.documents import (
    PostgresAdvancesToMail,
    PostgresBillsToMail,
)
from energyretail.adapters.postgres.ledger import PostgresBooks
from energyretail.adapters.postgres.plan_shelves import PostgresInstalmentPlanShelf
from energyretail.adapters.postgres.plans import (
    PostgresContractsToPlan,
    PostgresInstalmentPlans,
)
from energyretail.adapters.postgres.unpaid_items import PostgresUnpaidItems
from energyretail.application.billing import Tariffs
from energyretail.domain.billing import BillingPolicy
from energyretail.domain.markets import SPAIN
from energyretail.testing.billing import POLICY
from energyretail.testing.billing_worlds import (
    memory_desk,
    memory_world,
    postgres_desk,
    postgres_world,
)
from energyretail.testing.conformance.plans_cases import PlansWorld
from energyretail.testing.plans import PlansDesk

__all__ = ["memory_plans", "memory_plans_desk", "postgres_plans", "postgres_plans_desk"]


def memory_plans(store: MemoryStore) -> PlansWorld:
    """Return an empty world in memory."""
    return PlansWorld(
        billing=memory_world(store),
        contracts=MemoryContractsToPlan(store),
        plans=MemoryInstalmentPlans(store),
        shelf=MemoryInstalmentPlanShelf(store),
        to_ask=MemoryPlansToAsk(store),
        advances=MemoryAdvances(store),
        to_settle=MemoryPlansToSettle(store),
        deductions=MemoryDeductions(store),
        books=MemoryBooks(store),
        unpaid=MemoryUnpaidItems(store),
        bills_to_mail=MemoryBillsToMail(store),
        advances_to_mail=MemoryAdvancesToMail(store),
    )


def postgres_plans(database: Database) -> PlansWorld:
    """Return a world over a fresh database."""
    return PlansWorld(
        billing=postgres_world(database),
        contracts=PostgresContractsToPlan(database),
        plans=PostgresInstalmentPlans(database),
        shelf=PostgresInstalmentPlanShelf(database),
        to_ask=PostgresPlansToAsk(database),
        advances=PostgresAdvances(database),
        to_settle=PostgresPlansToSettle(database),
        deductions=PostgresDeductions(database),
        books=PostgresBooks(database),
        unpaid=PostgresUnpaidItems(database),
        bills_to_mail=PostgresBillsToMail(database),
        advances_to_mail=PostgresAdvancesToMail(database),
    )


def memory_plans_desk(policy: BillingPolicy = POLICY, tariffs: Tariffs = SPAIN) -> PlansDesk:
    """Return an empty desk in memory."""
    store = MemoryStore()
    return PlansDesk(memory_desk(store, policy=policy, tariffs=tariffs), memory_plans(store))


def postgres_plans_desk(
    database: Database, policy: BillingPolicy = POLICY, tariffs: Tariffs = SPAIN
) -> PlansDesk:
    """Return a desk over a fresh database."""
    desk = postgres_desk(database, policy=policy, tariffs=tariffs)
    return PlansDesk(desk, postgres_plans(database))
