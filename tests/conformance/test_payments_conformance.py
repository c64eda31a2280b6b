"""The ports of payments, in memory and in Postgres."""

from __future__ import annotations

import pytest
from payments_worlds import payments_in_memory, payments_in_postgres
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.debtors import PostgresDebtors
from energyretail.domain.payments import Party
from energyretail.testing.conformance.payments import PaymentsConformance, PaymentsWorld


class TestPaymentsInMemory(PaymentsConformance):
    @pytest.fixture
    def world(self) -> PaymentsWorld:
        return payments_in_memory()


class TestPaymentsInPostgres(PaymentsConformance):
    @pytest.fixture
    def world(self, database: Database) -> PaymentsWorld:
        return payments_in_postgres(database)

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
