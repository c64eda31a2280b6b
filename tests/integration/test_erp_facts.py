"""What the ERP is told is what the tables hold."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.erp import PostgresErpFacts
from energyretail.application.erp import ErpContract, ErpCustomer
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import Money

ROWS = """
INSERT INTO customer (number, kind, name, tax_id, email, street, postcode, town, country, language)
VALUES ('C000001', 'home', 'Ana García', '12345678Z', 'ana@example.org', 'Calle Mayor 1',
        '28013', 'Madrid', 'ES', 'es'),
       ('C000002', 'company', 'Sol SL', 'B12345674', 'sol@example.org', 'Gran Vía 2',
        '28013', 'Madrid', 'ES', 'es');
INSERT INTO contract (number, quote, customer, product, state, iban, accepted_on, early_start,
                      document_sha256, signed_on, evidence)
VALUES ('K000001', 'Q000001', 'C000001', 'FIXED', 'signed', 'ES9121000418450200051332',
        '2026-03-01', true, 'a', '2026-03-02', 'evidence'),
       ('K000002', 'Q000002', 'C000002', 'FIXED', 'offered', 'ES9121000418450200051332',
        '2026-03-01', true, 'b', NULL, NULL);
INSERT INTO supply (contract, cups, tariff, powers, state)
VALUES ('K000002', 'ES1234000000000002JB0F', '2.0TD', '{}', 'wanted'),
       ('K000002', 'ES1234000000000001JN0F', '2.0TD', '{}', 'wanted');
INSERT INTO entry (key, day, text) VALUES ('invoice:F26-000001', '2026-04-01', 'Invoice'),
       ('collected:F26-000001', '2026-04-30', 'Collected'), ('other', '2026-04-30', 'Other');
INSERT INTO posting (entry_id, position, account, amount_cents, currency, customer, item)
SELECT id, position, account, cents, 'EUR', customer, item
  FROM (VALUES ('invoice:F26-000001', 1, 'receivable', 6456, 'C000001', 'F26-000001'),
               ('invoice:F26-000001', 2, 'revenue', -5336, NULL, NULL),
               ('invoice:F26-000001', 3, 'vat', -1120, NULL, NULL),
               ('collected:F26-000001', 4, 'bank', 6456, NULL, NULL),
               ('collected:F26-000001', 5, 'receivable', -6456, 'C000001', 'F26-000001'),
               ('other', 6, 'bank', 1, NULL, NULL),
               ('other', 7, 'suspense', -1, NULL, NULL))
       AS line (key, position, account, cents, customer, item)
  JOIN entry USING (key);
"""


@pytest.fixture
def facts(database: Database) -> PostgresErpFacts:
    with psycopg.connect(database.url) as connection:
        connection.execute(ROWS)
    return PostgresErpFacts(database)


class TestPostgresErpFacts:
    def test_tells_customers_as_they_are(self, facts: PostgresErpFacts) -> None:
        assert facts.customers(["C000001", "C999999"]) == (
            ErpCustomer(
                "C000001", "home", "Ana García", "12345678Z", "ana@example.org", "Calle Mayor 1",
                "28013", "Madrid", "ES", "es",
            ),
        )  # fmt: skip

    def test_tells_contracts_with_their_points_in_order(self, facts: PostgresErpFacts) -> None:
        assert facts.contracts(["K000002", "K000001"]) == (
            ErpContract("K000001", "C000001", "FIXED", "signed", date(2026, 3, 2), ()),
            ErpContract(
                "K000002", "C000002", "FIXED", "offered", None,
                ("ES1234000000000001JN0F", "ES1234000000000002JB0F"),
            ),
        )  # fmt: skip

    def test_tells_entries_with_their_postings_in_order(self, facts: PostgresErpFacts) -> None:
        def euro(cents: int) -> Money:
            return Money.of_cents(cents, "EUR")

        assert facts.entries(["collected:F26-000001", "invoice:F26-000001", "nothing"]) == (
            Entry(
                "invoice:F26-000001", date(2026, 4, 1), "Invoice",
                (
                    Posting(Account.RECEIVABLE, euro(6456), "C000001", "F26-000001"),
                    Posting(Account.REVENUE, euro(-5336)),
                    Posting(Account.VAT, euro(-1120)),
                ),
            ),
            Entry(
                "collected:F26-000001", date(2026, 4, 30), "Collected",
                (
                    Posting(Account.BANK, euro(6456)),
                    Posting(Account.RECEIVABLE, euro(-6456), "C000001", "F26-000001"),
                ),
            ),
        )  # fmt: skip

    def test_tells_nothing_for_no_keys(self, facts: PostgresErpFacts) -> None:
        assert (facts.customers([]), facts.contracts([]), facts.entries([])) == ((), (), ())
