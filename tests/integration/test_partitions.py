"""Tables cut by account into parts of one Postgres: no rule is lost, and bills are the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from test_by_account import ASTRAY
from test_catalog import rules

from bulk_bills.compare import compare
from bulk_bills.portfolios import random_portfolio
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.distribution import statements
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from energyretail.adapters.postgres.migrations import upgrade
from shared_runs.sharing import fill, shared_run

POSTGRES_MIN = 170_000
TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger
    WHERE NOT tgisinternal AND tgparentid = 0 ORDER BY 1, 2
"""
# What somebody else made of the tables before they were cut, or beside them.
OF_OTHERS = """
    CREATE ROLE {role};
    CREATE VIEW beside AS SELECT 1 AS one;
    CREATE VIEW of_charged AS SELECT invoice_id FROM charged_line;
    GRANT SELECT ON beside, invoice, of_charged TO {role};
    GRANT INSERT ON invoice TO {role} WITH GRANT OPTION
"""
GRANTED = """
    SELECT relname, privilege_type, is_grantable FROM pg_class, aclexplode(relacl)
    WHERE grantee::regrole::text LIKE 'reader_%' ORDER BY 1, 2
"""


@pytest.fixture(scope="module")
def template_database(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database whose tables have four parts."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    with psycopg.connect(postgres_url, autocommit=True) as server:
        if server.info.server_version < POSTGRES_MIN:
            pytest.skip("parts of a table have identities from Postgres 17 on")
        server.execute(f"CREATE DATABASE {name}")
        upgrade(url)
        with psycopg.connect(url) as connection:
            connection.execute(statements("by_account"))
            connection.execute("SET energyretail.parts = 4")
            connection.execute(OF_OTHERS.format(role=f"reader_{name[-12:]}"))
            connection.execute(statements("partitions"))
        yield name
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.execute(f"DROP ROLE reader_{name[-12:]}")


def test_lose_no_rule_and_no_trigger(database_url: str, empty_database_url: str) -> None:
    upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as whole, psycopg.connect(database_url) as cut:
        whole.execute(statements("by_account"))
        whole.commit()

        assert cut.execute(TRIGGERS).fetchall() == whole.execute(TRIGGERS).fetchall()
    # A rule that rows from before need not keep holds for all in a table that is new.
    wanted = {each.removesuffix(" NOT VALID") for each in rules(empty_database_url)}
    assert not wanted - set(rules(database_url))


def test_leave_what_others_may_and_see(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute(GRANTED).fetchall() == [
            ("beside", "SELECT", False),
            ("invoice", "INSERT", True),
            ("invoice", "SELECT", False),
            ("of_charged", "SELECT", False),
        ]
        assert connection.execute("SELECT * FROM beside").fetchall() == [(1,)]
        assert connection.execute("SELECT * FROM of_charged").fetchall() == []


@pytest.mark.parametrize("seed", range(2))
def test_bill_by_columns_as_one_by_one(
    postgres_url: str, template_database: str, seed: int
) -> None:
    portfolio = random_portfolio(Random(seed), tariffs=6, services=120)

    found = compare(postgres_url, template_database, portfolio, explained_every=10)

    assert found.differences == ()
    assert found.by_columns


def test_are_filled_by_two_workers_each_row_with_its_account(
    database_url: str, tmp_path: Path
) -> None:
    fill(database_url, 1000)

    found = shared_run(database_url, tmp_path, workers=2, chunk=100)

    assert (found.outcome.billed, found.outcome.is_sound) == (1000, True), found
    with closing(Database(database_url)) as database:
        assert PostgresDocumentChecks(database).problems() == ()
    with psycopg.connect(database_url) as connection:
        assert connection.execute(ASTRAY).fetchall() == []
        for table in ("invoice", "invoice_line", "entry", "posting"):
            filled = connection.execute(f"SELECT count(DISTINCT tableoid) FROM {table}").fetchone()
            assert filled == (4,)
