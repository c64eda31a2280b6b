"""Parts of invoices and entries are found by their place; what was there before keeps its order."""

from __future__ import annotations

import psycopg
import pytest

from energyretail.adapters.postgres.migrations import downgrade, upgrade
from energyretail.adapters.postgres.migrations.scripts import revisions

AFTER = next(name for name in revisions() if name.endswith("_natural_keys"))
BEFORE = revisions()[revisions().index(AFTER) - 1]

# The second of each owner is written before the first of the next one is.
WRITTEN = """
    INSERT INTO posting (entry_id, account, amount_cents, currency) VALUES
        (7, 'vat', 3, 'EUR'), (7, 'bank', -3, 'EUR'), (5, 'bank', 2, 'EUR'), (5, 'vat', -2, 'EUR');
    INSERT INTO invoice_reading
        (invoice_id, register, taken_on, version, index_kwh, quality) VALUES
        (2, 'P2', '2026-03-01', 1, 4, 'actual'), (2, 'P1', '2026-03-01', 1, 5, 'estimated'),
        (1, 'P2', '2026-04-01', 1, 7, 'actual'), (2, 'P1', '2026-02-01', 1, 1, 'actual');
    INSERT INTO outbox (channel, kind, key) VALUES ('b', 'k', '1'), ('a', 'k', '2');
"""
MORE = "INSERT INTO posting (entry_id, account, amount_cents, currency) VALUES (5, 'vat', 0, 'EUR')"
POSTINGS = "SELECT entry_id, account, amount_cents FROM posting ORDER BY entry_id, {}"
READINGS = (
    "SELECT invoice_id, register, taken_on::text FROM invoice_reading ORDER BY invoice_id, {}"
)
MESSAGES = "SELECT channel, kind, key FROM outbox ORDER BY id"


def told(url: str, order: str) -> list[list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        return [
            connection.execute(query.format(order)).fetchall()
            for query in (POSTINGS, READINGS, MESSAGES)
        ]


def test_what_was_there_keeps_its_order_up_and_down(empty_database_url: str) -> None:
    upgrade(empty_database_url, BEFORE)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(WRITTEN)
    before = told(empty_database_url, "id")

    upgrade(empty_database_url, AFTER)
    after = told(empty_database_url, "position")
    downgrade(empty_database_url, BEFORE)

    assert before[0] == [(5, "bank", 2), (5, "vat", -2), (7, "vat", 3), (7, "bank", -3)]
    assert before[1][1:] == [
        (2, "P2", "2026-03-01"), (2, "P1", "2026-03-01"), (2, "P1", "2026-02-01"),
    ]  # fmt: skip
    assert after == before
    assert told(empty_database_url, "id") == before
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(MORE)
    # What is written then comes after all that was there.
    assert told(empty_database_url, "id")[0][2:4] == [(5, "vat", 0), (7, "vat", 3)]


def test_what_is_written_after_it_is_in_force_is_refused_a_second_place(
    database_url: str,
) -> None:
    sql = "INSERT INTO posting (entry_id, position, account, amount_cents, currency) VALUES"
    with psycopg.connect(database_url) as connection:
        connection.execute(sql + " (1, 1, 'bank', 1, 'EUR'), (1, 2, 'vat', -1, 'EUR')")
        with pytest.raises(psycopg.errors.UniqueViolation, match="posting_pkey"):
            connection.execute(sql + " (1, 2, 'bank', 1, 'EUR'), (1, 3, 'vat', -1, 'EUR')")
