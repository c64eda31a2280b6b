"""The ports of payments, in memory and in Postgres."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from energyretail.adapters.memory.ledger import MemoryBooks
from energyretail.adapters.memory.payments import (
    MemoryBankEntries,
    MemoryCollections,
    MemoryMandates,
    MemoryPaymentFiles,
    MemoryUnpaidItems,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.debtors import PostgresDebtors
from energyretail.adapters.postgres.ledger import PostgresBooks
from energyretail.adapters.postgres.payments import (
    PostgresBankEntries,
    PostgresCollections,
    PostgresMandates,
    PostgresPaymentFiles,
)
from energyretail.adapters.postgres.unpaid_items import PostgresUnpaidItems
from energyretail.domain.payments import Party
from energyretail.testing.conformance.payments import PaymentsConformance, PaymentsWorld

INVOICE = text(
    "INSERT INTO invoice (number, kind, contract, customer, cups, tariff, period, issued_on,"
    " due_on, net_cents, tax_cents, gross_cents, currency, rounding_scope, rounding_mode,"
    " rounding_decimals, prices)"
    " VALUES (:number, 'invoice', :contract, :customer, :number, '', '[2026-03-01,2026-04-01)',"
    " '2026-04-01', :due_on, 0, 0, 0, 'EUR', '', '', 2, 'net')"
)


class TestPaymentsInMemory(PaymentsConformance):
    @pytest.fixture
    def world(self) -> PaymentsWorld:
        store = MemoryStore()

        def keep_invoice(*, number: str, contract: str, customer: str, due_on: date) -> None:
            with store.transaction() as transaction:
                store.writable("invoice")[number] = SimpleNamespace(
                    contract=contract, customer=customer, due_on=due_on
                )
                transaction.commit()

        return PaymentsWorld(
            MemoryWork(store),
            MemoryMandates(store),
            MemoryCollections(store),
            MemoryPaymentFiles(store),
            MemoryBankEntries(store),
            MemoryUnpaidItems(store),
            MemoryBooks(store),
            keep_invoice,
        )


class TestPaymentsInPostgres(PaymentsConformance):
    @pytest.fixture
    def world(self, database: Database) -> PaymentsWorld:
        def keep_invoice(*, number: str, contract: str, customer: str, due_on: date) -> None:
            with database.transaction() as connection:
                connection.execute(
                    INVOICE,
                    {
                        "number": number,
                        "contract": contract,
                        "customer": customer,
                        "due_on": due_on,
                    },
                )
                connection.commit()

        return PaymentsWorld(
            PostgresWork(database),
            PostgresMandates(database),
            PostgresCollections(database),
            PostgresPaymentFiles(database),
            PostgresBankEntries(database),
            PostgresUnpaidItems(database),
            PostgresBooks(database),
            keep_invoice,
        )

    def test_knows_a_customer_as_a_debtor(self, database: Database) -> None:
        with database.transaction() as connection:
            connection.execute(
                text(
                    "INSERT INTO customer (number, kind, name, tax_id, email, street, postcode,"
                    " town, country, language) VALUES ('C000001', 'home', 'Zoé', '12345678Z',"
                    " 'z@example.org', 'Calle Ancha 1', '24003', 'León', 'ES', 'es')"
                )
            )
            connection.commit()

        debtors = PostgresDebtors(database)

        assert debtors.parties(["C000009", "C000001"]) == {
            "C000001": Party("Zoé", "León", "ES", "Calle Ancha 1", "24003")
        }
        assert debtors.parties([]) == {}
