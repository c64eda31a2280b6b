"""Every day of supply of the demo is billed once or not yet due; what is planted is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from demo_runs import Demo
from supply_days import BILLED, NOT_DUE, PARKED, TWICE, UNEXPLAINED, count_days, fates

LAST_DAY = date(2026, 6, 30)

Rows = Mapping[str, Mapping[str, Mapping[str, Any]]]


def a_bill(rows: Rows) -> tuple[str, Mapping[str, Any], int]:
    """Return the number of a bill in force, the bill and how many days it bills."""
    number, bill = next(
        (number, row)
        for number, row in sorted(rows["invoice"].items())
        if row["document"] == "invoice" and row["cancelled_by"] is None
    )
    days = date.fromisoformat(bill["to"]) - date.fromisoformat(bill["from"])
    return number, bill, days.days


def forgotten(rows: Rows) -> tuple[Rows, str]:
    """A bill gone: its days are nobody's."""
    number, _, _ = a_bill(rows)
    kept = {key: row for key, row in rows["invoice"].items() if key != number}
    return {**rows, "invoice": kept}, UNEXPLAINED


def waiting(rows: Rows) -> tuple[Rows, str]:
    """A bill gone, and a work item that says why."""
    _, bill, _ = a_bill(rows)
    item = f"billing/{bill['contract']}/{bill['cups']}/{bill['from']}"
    return {**forgotten(rows)[0], "work_item": {**rows["work_item"], item: {"code": "x"}}}, PARKED


def repeated(rows: Rows) -> tuple[Rows, str]:
    """A bill again under another number."""
    _, bill, _ = a_bill(rows)
    return {**rows, "invoice": {**rows["invoice"], "F26-999999": bill}}, TWICE


class TestEverySupplyDay:
    def test_is_billed_once_or_not_yet_due(self, default_demo: Demo) -> None:
        days = count_days(default_demo.rows, today=LAST_DAY)

        assert set(days) == {BILLED, NOT_DUE}
        assert days == Counter(default_demo.printed["supply_days"])

    def test_is_not_due_long_after_it_was_billed_last(self, default_demo: Demo) -> None:
        found = fates(default_demo.rows, today=LAST_DAY)

        not_due = [day for (_, day), fate in found.items() if fate == NOT_DUE]
        assert min(not_due) >= LAST_DAY - timedelta(days=45)

    @pytest.mark.parametrize("plant", [forgotten, waiting, repeated])
    def test_that_is_tampered_with_is_told(
        self, default_demo: Demo, plant: Callable[[Rows], tuple[Rows, str]]
    ) -> None:
        planted, told = plant(default_demo.rows)
        _, _, days = a_bill(default_demo.rows)

        assert count_days(planted, today=LAST_DAY)[told] == days
