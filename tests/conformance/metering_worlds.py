"""The ports of metering in both worlds."""

from __future__ import annotations

import json
import uuid
from datetime import date

from sqlalchemy import text

from energyretail.adapters.memory.metering import (
    MemoryReadingPlans,
    MemoryReadings,
    MemorySuppliesToRead,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.metering import (
    PostgresReadingPlans,
    PostgresReadings,
    PostgresSuppliesToRead,
)
from energyretail.domain.contracts import Contract
from energyretail.domain.metering import MeteredSupply
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Iban, Power
from energyretail.domain.supply import Site, Supply, SupplyState
from energyretail.testing.conformance.metering import MeteringWorld

ACCEPTED = date(2026, 1, 1)
IBAN = Iban.of_account("ES", "21000418450200051332")


def metering_in_memory() -> MeteringWorld:
    """Return an empty world in memory."""
    store = MemoryStore()

    def add_supply(supply: MeteredSupply, state: str) -> None:
        powers = (("P1", Power("1")), ("P2", Power(supply.power_kw)))
        site = Site(supply.cups, supply.tariff, powers)
        kept = Supply(site, SupplyState(state), supply.started_on, supply.ended_on)
        with store.transaction() as transaction:
            table = store.writable("contract")
            number = f"K{len(table):06d}"
            table[number] = Contract(
                number, "Q", "C", CustomerKind.HOME, "p", IBAN, ACCEPTED, False, "", (kept,)
            )
            transaction.commit()

    return MeteringWorld(
        MemoryWork(store),
        MemoryReadings(store),
        MemoryReadingPlans(store),
        MemorySuppliesToRead(store),
        add_supply,
    )


def metering_in_postgres(database: Database) -> MeteringWorld:
    """Return a world over a fresh database."""

    def add_supply(supply: MeteredSupply, state: str) -> None:
        put_supply(database, supply, state)

    return MeteringWorld(
        PostgresWork(database),
        PostgresReadings(database),
        PostgresReadingPlans(database),
        PostgresSuppliesToRead(database),
        add_supply,
    )


def put_supply(database: Database, supply: MeteredSupply, state: str) -> None:
    values = {
        "key": str(uuid.uuid4()),
        "cups": supply.cups.value,
        "tariff": supply.tariff,
        "powers": json.dumps({"P1": "1", "P2": f"{supply.power_kw} kVA"}),
        "state": state,
        "started_on": supply.started_on,
        "ended_on": supply.ended_on,
        "accepted": ACCEPTED,
    }
    with database.transaction() as connection:
        for statement in (_CUSTOMER, _CONTRACT, _SUPPLY):
            connection.execute(text(statement), values)
        connection.commit()


_CUSTOMER = """INSERT INTO customer (number, kind, name, tax_id, email, street, postcode,
    town, country, language) VALUES (:key, 'home', 'n', :key, 'e', 's', 'p', 't', 'ES', 'es')"""
_CONTRACT = """INSERT INTO contract (number, quote, customer, product, state, iban, accepted_on,
    early_start, document_sha256)
    VALUES (:key, :key, :key, 'p', 'active', 'i', :accepted, false, '')"""
_SUPPLY = """INSERT INTO supply (contract, cups, tariff, powers, state, started_on, ended_on)
    VALUES (:key, :cups, :tariff, CAST(:powers AS jsonb), :state, :started_on, :ended_on)"""
