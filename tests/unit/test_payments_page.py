"""The page on payments says what the tables say."""

from __future__ import annotations

from pathlib import Path

from energyretail.domain import payments

PAGE = Path(__file__).parents[2] / "docs" / "processes" / "payments.md"


def test_the_page_draws_the_tables_in_force() -> None:
    page = PAGE.read_text()

    assert payments.COLLECTIONS.mermaid() in page
    assert payments.MANDATES.mermaid() in page


def test_the_page_has_every_row_of_the_tables() -> None:
    page = PAGE.read_text()

    for table in (payments.COLLECTIONS, payments.MANDATES):
        for row in table.rows:
            told = (row.source.value, row.trigger.value, row.target.value, row.rule)
            assert f"| {' | '.join(told)} |" in page


def test_the_page_has_every_reason() -> None:
    page = PAGE.read_text()

    for reason in payments.RETURN_REASONS:
        again = "next month" if reason.again else "no"
        mandate = reason.mandate.value if reason.mandate else "lives"
        cells = (reason.code, reason.text, again, mandate, reason.way_out or "-")
        assert f"| {' | '.join(cells)} |" in page
