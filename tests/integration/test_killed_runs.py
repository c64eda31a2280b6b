"""A bill run whose workers are killed again and again loses nothing and bills nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing

import psycopg
import pytest

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from killed_runs import Outcome, Plan, killed_run

CopyOf = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def billed_url(fresh_database_url: str) -> str:
    """A database of a small run that nobody disturbed, to be copied and broken."""
    killed_run(fresh_database_url, Plan(supplies=100, kills=0, chunk=100))
    assert Outcome.of(fresh_database_url).is_sound
    return fresh_database_url


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_survives_its_workers(database_url: str, workers: int) -> None:
    plan = Plan(supplies=2000, kills=2, workers=workers, chunk=200, life=0.4)

    kills = killed_run(database_url, plan)

    found = Outcome.of(database_url)
    assert kills  # a swift run may be over before all of them
    assert found.is_whole(supplies=plan.supplies), found
    with closing(Database(database_url)) as database:
        assert PostgresDocumentChecks(database).problems() == ()


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ("DELETE FROM invoice WHERE number = 'F26-000007'", "lost"),
        ("UPDATE invoice SET number = 'F26-000999' WHERE number = 'F26-000007'", "gaps"),
        ("UPDATE number_series SET last = last + 1 WHERE series = 'invoice:F26'", "gaps"),
        ("INSERT INTO number_series VALUES ('invoice:FB26', 1)", "gaps"),
        (
            "UPDATE posting SET amount_cents = 1 WHERE entry_id = 1 AND position = 1",
            "ledger_cents",
        ),
        (
            "UPDATE invoice AS late SET contract = other.contract, cups = other.cups,"
            " period = daterange(lower(late.period) + 9, upper(late.period) + 9)"
            " FROM invoice AS other WHERE late.number = 'F26-000007'"
            " AND other.number = 'F26-000008'",
            "double",
        ),
        ("DELETE FROM outbox WHERE key = 'F26-000007'", "not_told"),
    ],
)
def test_the_count_sees_what_is_broken(
    copy_of: CopyOf, billed_url: str, broken: str, name: str
) -> None:
    with copy_of(billed_url) as url:
        with psycopg.connect(url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("ALTER TABLE invoice DROP CONSTRAINT invoice_one_a_day")
            connection.execute(broken)

        found = Outcome.of(url)

    assert not found.is_sound
    assert f"{name}=0 " not in f"{found} "


def test_a_supply_on_the_work_list_is_not_billed(database_url: str) -> None:
    killed_run(database_url, Plan(supplies=100, kills=0, chunk=100))
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO work_item (kind, key, code, text, way_out, raised_on)"
            " SELECT 'billing', contract || '/' || cups || '/2026-03-02', 'a.b', '', '', issued_on"
            " FROM invoice WHERE number = 'F26-000100'"
        )
        for table, key in (("entry", "invoice:F26-000100"), ("outbox", "F26-000100")):
            connection.execute(f"DELETE FROM {table} WHERE key = %s", [key])
        connection.execute("DELETE FROM outbox WHERE key = 'invoice:F26-000100'")
        connection.execute(
            "DELETE FROM posting WHERE NOT EXISTS (SELECT FROM entry WHERE entry.id = entry_id)"
        )
        connection.execute("DELETE FROM invoice WHERE number = 'F26-000100'")
        connection.execute("UPDATE number_series SET last = 99 WHERE series = 'invoice:F26'")

    found = Outcome.of(database_url)

    assert found.is_sound, found
    assert not found.is_whole(supplies=100)
