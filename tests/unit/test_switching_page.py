"""The page on switching says what the code does."""

from __future__ import annotations

from pathlib import Path

from energyretail.domain import switching
from energyretail.domain.markets import SPAIN

PAGE = Path(__file__).parents[2] / "docs" / "processes" / "switching.md"


class TestPage:
    def test_draws_the_table_of_the_code(self) -> None:
        assert f"```mermaid\n{switching.GAIN.mermaid()}```" in PAGE.read_text(encoding="utf-8")

    def test_lists_every_row_deadline_and_reason(self) -> None:
        page = PAGE.read_text(encoding="utf-8")

        for row in switching.GAIN.rows:
            cells = (row.source.value, row.trigger.value, row.target.value, row.rule)
            assert f"| {' | '.join(cells)} |" in page
        for deadline in SPAIN.switching.deadlines:
            assert f"| {deadline.valid} | {deadline.days_max} | {deadline.source} |" in page
        for reason in SPAIN.switching.reasons:
            assert f"| {reason.code} | {reason.text} | {reason.way_out} |" in page
