"""Every day of supply is billed once, parked with a reason, or not yet due."""

from __future__ import annotations

import psycopg
import pytest

from complete_days import Outcome, Plan, complete_trial
from complete_days.trial import LAST
from energyretail.adapters.postgres.database import Database

SMALL = Plan(supplies=200)


def test_no_day_is_unexplained(database_url: str) -> None:
    found = complete_trial(database_url, SMALL)

    assert found.is_kept, found


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ("DELETE FROM invoice WHERE number = 'F26-000007'", "unexplained"),
        ("DELETE FROM work_item", "unexplained"),
        (
            "UPDATE invoice SET period = daterange(lower(period), upper(period) + 1)"
            " WHERE number = 'F26-000007'",
            "twice",
        ),
        ("UPDATE invoice SET issued_on = issued_on + 42 WHERE stage = 'final'", "final"),
    ],
)
def test_the_count_sees_what_is_broken(database: Database, broken: str, name: str) -> None:
    kept = complete_trial(database.url, Plan(supplies=100))
    with psycopg.connect(database.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE invoice DROP CONSTRAINT invoice_one_a_day")
        connection.execute(broken)

    found = Outcome.of(database, today=LAST)

    assert kept.is_kept
    assert not found.is_kept
    assert found.final_in_42_days < found.ended if name == "final" else getattr(found, name)
