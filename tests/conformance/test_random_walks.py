"""Random walks over memory and Postgres at once: contracts, switching, metering, payments."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from metering_worlds import metering_in_memory, metering_in_postgres
from payments_worlds import payments_in_memory, payments_in_postgres
from sqlalchemy import text

from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers, MemoryQuotes
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.memory.switching import MemorySwitches
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.customers import PostgresCustomers, PostgresQuotes
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.switching import PostgresSwitches
from energyretail.testing.conformance.contracts import ContractsWorld
from energyretail.testing.contracts_machine import ContractsMachine
from energyretail.testing.metering_machine import MeteringMachine
from energyretail.testing.payments_machine import PaymentsMachine
from energyretail.testing.switching_machine import SwitchesWorld, SwitchingMachine


def walk(database: Database, tables: str, machine: Callable[[], RuleBasedStateMachine]) -> None:
    """Run a machine, each example over emptied tables."""

    def emptied() -> RuleBasedStateMachine:
        with database.transaction() as connection:
            connection.execute(text(f"TRUNCATE {tables} CASCADE"))
            connection.commit()
        return machine()

    run_state_machine_as_test(
        emptied,
        settings=settings(
            max_examples=20,
            phases=[Phase.generate],
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


class TestMemoryAndPostgresAgree:
    def test_on_contracts(self, database: Database) -> None:
        def machine() -> ContractsMachine:
            store = MemoryStore()
            return ContractsMachine(
                ContractsWorld(
                    MemoryWork(store),
                    MemoryCustomers(store),
                    MemoryQuotes(store),
                    MemoryContracts(store),
                ),
                ContractsWorld(
                    PostgresWork(database),
                    PostgresCustomers(database),
                    PostgresQuotes(database),
                    PostgresContracts(database),
                ),
            )

        walk(database, "customer, quote, contract, supply", machine)

    def test_on_switches(self, database: Database) -> None:
        def machine() -> SwitchingMachine:
            store = MemoryStore()
            return SwitchingMachine(
                SwitchesWorld(MemoryWork(store), MemorySwitches(store)),
                SwitchesWorld(PostgresWork(database), PostgresSwitches(database)),
            )

        walk(database, "switch", machine)

    def test_on_readings_and_plans(self, database: Database) -> None:
        walk(
            database,
            "reading, planned_reading, customer, contract, supply",
            lambda: MeteringMachine(metering_in_memory(), metering_in_postgres(database)),
        )

    def test_on_payments(self, database: Database) -> None:
        walk(
            database,
            "mandate, collection, payment_file, bank_entry, entry, posting, invoice",
            lambda: PaymentsMachine(payments_in_memory(), payments_in_postgres(database)),
        )
