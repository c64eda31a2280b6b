"""Tables cut by account: every key holds the account, Citus would take them, bills are the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from test_catalog import rules

from bulk_bills.compare import compare
from bulk_bills.portfolios import random_portfolio
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.distribution import ACCOUNT_COLUMNS, statements
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from energyretail.adapters.postgres.migrations import upgrade
from shared_runs.sharing import fill, shared_run

WRITTEN = Path(__file__).with_name("catalog_by_account.txt")
RULES_OF_CITUS = Path(__file__).with_name("citus_rules.sql").read_text("utf-8")
# Every table that grows with bills or readings and is not cut, and the reason.
WHOLE = {
    "consolidated_invoice": "of a customer, its members of contracts: three rows of a few bytes",
    "consolidated_member": "likewise",
    "consolidated_tax": "likewise",
    "consolidation_terms": "of a customer: one row each",
    "deduction": "of bills that close a plan: one a year",
    "inbox": "a file a row",
    "invoice_confirmed": "of bills looked at again: few",
    "outbox": "emptied by the relay, which takes messages in one order",
    "planned_reading": "keyed by the point inside a CUPS",
    "reading": "keyed by the point inside a CUPS",
}


@pytest.fixture(scope="module")
def template_database(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database whose tables are keyed by account."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        upgrade(url)
        with psycopg.connect(url) as connection:
            connection.execute(statements("by_account"))
        yield name
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class TestKeys:
    def test_are_widened_as_written_and_none_is_lost(
        self, database_url: str, empty_database_url: str
    ) -> None:
        upgrade(empty_database_url)
        before, after = set(rules(empty_database_url)), set(rules(database_url))
        changes = [f"- {each}" for each in before - after] + [
            f"+ {each}" for each in after - before
        ]

        assert sorted(changes, key=lambda each: each[2:]) == WRITTEN.read_text("utf-8").splitlines()

    def test_are_not_widened_where_rows_are(self, empty_database_url: str) -> None:
        upgrade(empty_database_url)
        with psycopg.connect(empty_database_url) as connection:
            connection.execute("INSERT INTO entry (key, day, text) VALUES ('a', '2026-04-06', '')")

            with pytest.raises(psycopg.errors.RaiseException, match="table entry has rows"):
                connection.execute(statements("by_account"))


class TestCitus:
    def test_takes_every_table_by_the_statements(self, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute(RULES_OF_CITUS)
            connection.execute(statements("citus"))
            placed = connection.execute(
                "SELECT name::text, account FROM citus_placement"
            ).fetchall()
            tables = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY (%s)",
                [list(WHOLE)],
            ).fetchall()

        assert ACCOUNT_COLUMNS.items() <= dict(placed).items()
        assert {name for (name,) in tables} == set(WHOLE)
        assert not set(WHOLE) & set(dict(placed))

    def test_refuses_the_schema_as_it_was(self, empty_database_url: str) -> None:
        upgrade(empty_database_url)
        with psycopg.connect(empty_database_url) as connection:
            connection.execute(RULES_OF_CITUS)

            with pytest.raises(psycopg.errors.RaiseException, match=r"constraint on .invoice.: "):
                connection.execute(statements("citus"))

    @pytest.mark.parametrize(
        ("table", "refused"),
        [
            ("CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)", "create constraint on"),
            ("CREATE TABLE t (a text NOT NULL, b text UNIQUE)", "create constraint on"),
            (
                "CREATE TABLE t (a text NOT NULL); CREATE UNIQUE INDEX ON t ((a || 'x'))",
                "create constraint on",
            ),
            (
                "CREATE TABLE t (a text NOT NULL, EXCLUDE USING gist (a WITH <>))",
                "create constraint on",
            ),
            ("CREATE TABLE t (a text)", "could not be placed"),
            (
                "CREATE TABLE t (b text, a text GENERATED ALWAYS AS (b) STORED NOT NULL)",
                "GENERATED",
            ),
            (
                "CREATE TABLE t (a text NOT NULL, n int GENERATED ALWAYS AS IDENTITY)",
                "identity column",
            ),
            (
                "CREATE TABLE other (a text PRIMARY KEY);"
                "CREATE TABLE t (a text NOT NULL REFERENCES other)",
                "foreign key",
            ),
            (
                "CREATE TABLE other (a text PRIMARY KEY);"
                "SELECT create_distributed_table('other', 'a', 'none');"
                "CREATE TABLE t (a text NOT NULL REFERENCES other)",
                "foreign key",
            ),
            (
                "CREATE TABLE t (a text NOT NULL); CREATE TRIGGER tr BEFORE UPDATE ON t"
                " EXECUTE FUNCTION refuse_change()",
                "has triggers",
            ),
        ],
    )
    def test_refuses_what_is_not_of_one_account(
        self, database_url: str, table: str, refused: str
    ) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute(RULES_OF_CITUS)
            connection.execute(table)

            with pytest.raises(psycopg.errors.RaiseException, match=refused):
                connection.execute("SELECT create_distributed_table('t', 'a')")


class TestBills:
    @pytest.mark.parametrize("seed", range(3))
    def test_by_columns_are_those_made_one_by_one(
        self, postgres_url: str, template_database: str, seed: int
    ) -> None:
        portfolio = random_portfolio(Random(seed), tariffs=6, services=120)

        found = compare(postgres_url, template_database, portfolio, explained_every=10)

        assert found.differences == ()
        assert found.by_columns

    def test_of_two_workers_are_sound_and_lie_with_their_accounts(
        self, database_url: str, tmp_path: Path
    ) -> None:
        fill(database_url, 1000)

        found = shared_run(database_url, tmp_path, workers=2, chunk=100)

        assert (found.outcome.billed, found.outcome.is_sound) == (1000, True), found
        with closing(Database(database_url)) as database:
            assert PostgresDocumentChecks(database).problems() == ()
        with psycopg.connect(database_url) as connection:
            assert connection.execute(ASTRAY).fetchall() == []

    def test_that_share_a_number_are_found(self, database_url: str, tmp_path: Path) -> None:
        fill(database_url, 20)
        shared_run(database_url, tmp_path, workers=1, chunk=20)
        with psycopg.connect(database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("UPDATE invoice SET number = 'F26-000001' WHERE number LIKE '%002'")

        with closing(Database(database_url)) as database:
            found = {problem.code for problem in PostgresDocumentChecks(database).problems()}

        assert "billing.check.series" in found


# Rows that lie elsewhere than what they are of.
ASTRAY = """
    SELECT 'line', invoice.number FROM invoice_line AS part JOIN invoice ON invoice.id = invoice_id
    WHERE part.contract <> invoice.contract
    UNION ALL
    SELECT 'tax', invoice.number FROM invoice_tax AS part JOIN invoice ON invoice.id = invoice_id
    WHERE part.contract <> invoice.contract
    UNION ALL
    SELECT 'reading', invoice.number
    FROM invoice_reading AS part JOIN invoice ON invoice.id = invoice_id
    WHERE part.contract <> invoice.contract
    UNION ALL
    SELECT 'posting', key FROM posting JOIN entry ON entry.id = entry_id
    WHERE posting.holder <> entry.holder OR posting.customer <> posting.holder
    UNION ALL
    SELECT 'entry', key FROM entry JOIN invoice ON key = 'invoice:' || number
    WHERE holder <> customer
"""
