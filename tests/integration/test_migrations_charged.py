"""What is kept of charged days goes up and down between its two shapes, and loses nothing."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from energyretail.adapters.postgres.migrations import downgrade, upgrade
from energyretail.adapters.postgres.migrations.scripts import revisions

AFTER = next(name for name in revisions() if name.endswith("_charged_outside"))
BEFORE = revisions()[revisions().index(AFTER) - 1]
CUPS = "ES0031000000000001BJ"
INVOICE = """
    INSERT INTO invoice (number, kind, contract, customer, cups, tariff, period, issued_on, due_on,
        net_cents, tax_cents, gross_cents, currency, rounding_scope, rounding_mode,
        rounding_decimals, prices, energy_kwh)
    VALUES (%s, 'invoice', 'K1', 'C1', %s, 'T', daterange(%s, %s), '2026-06-01', '2026-06-01',
        0, 0, 0, 'EUR', 'line', 'half_up', 2, 'net', 0)
    RETURNING id
"""
LINES = """
    INSERT INTO invoice_line (invoice_id, position, component, amount_cents, body)
    SELECT %s, position, line[1], 0, jsonb_build_object('component', line[1], 'from', line[2],
        'until', line[3], 'label', line[1] || position, 'price_unit', 'EUR/day')
    FROM unnest(CAST(%s AS text[])) WITH ORDINALITY AS said (words, position)
    CROSS JOIN LATERAL string_to_array(words, ' ') AS line
"""
SPANS = """
    SELECT number, component, lower(days), upper(days)
    FROM charged_span JOIN invoice ON invoice.id = invoice_id
"""
MARCH, APRIL = ("2026-03-01", "2026-04-01"), ("2026-04-01", "2026-05-01")


def issue(url: str, number: str, cups: str, period: tuple[str, str], *lines: str) -> None:
    with psycopg.connect(url) as connection:
        (id_,) = connection.execute(INVOICE, (number, cups, *period)).fetchone() or (0,)
        connection.execute(LINES, (id_, list(lines)))


def spans(url: str) -> set[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return set(connection.execute(SPANS).fetchall())


class TestChargedDays:
    def test_go_up_and_down(self, empty_database_url: str) -> None:
        upgrade(empty_database_url, BEFORE)
        issue(
            empty_database_url, "F-1", CUPS, MARCH,
            "energy 2026-03-01 2026-03-16", "energy 2026-03-16 2026-04-01",
            "rent 2026-04-01 2026-05-01", "network 2026-02-20 2026-04-03",
            "back_billing 2026-03-05 2026-03-06",
        )  # fmt: skip
        issue(
            empty_database_url, "F-2", CUPS + "0F", APRIL,
            "energy 2026-04-01 2026-05-01", "rent 2026-05-01 2026-06-01",
        )  # fmt: skip
        wide = spans(empty_database_url)

        upgrade(empty_database_url, AFTER)
        narrow = spans(empty_database_url)
        downgrade(empty_database_url, BEFORE)

        assert len(wide) == 6
        assert spans(empty_database_url) == wide
        assert narrow == {
            ("F-1", "rent", date(2026, 4, 1), date(2026, 5, 1)),
            ("F-1", "network", date(2026, 2, 20), date(2026, 3, 1)),
            ("F-1", "network", date(2026, 4, 1), date(2026, 4, 3)),
            ("F-1", "back_billing", date(2026, 3, 5), date(2026, 3, 6)),
            ("F-2", "rent", date(2026, 5, 1), date(2026, 6, 1)),
        }

    def test_are_of_one_document_a_day_in_every_spelling(self, empty_database_url: str) -> None:
        upgrade(empty_database_url, BEFORE)
        issue(empty_database_url, "F-1", CUPS, MARCH, "energy 2026-03-01 2026-04-01")
        issue(empty_database_url, "F-2", CUPS + "0F", MARCH, "rent 2026-03-01 2026-04-01")

        with pytest.raises(Exception, match="invoice_one_a_day"):
            upgrade(empty_database_url, AFTER)
