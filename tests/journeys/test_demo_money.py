"""The demo's money: what is due is collected, what comes back is asked for again or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import holidays
import pytest

from demo_runs import Demo

Row = Mapping[str, Any]

# What a reason means for the next month: EPC173-14 and the company's own rule.
AGAIN = {"AM04", "MS03"}
STOPS_THE_MANDATE = {"AC04": "suspended", "MD01": "ended"}
FOR_A_PERSON = {"AC04", "MD01", "MD06"}
LAST_DAY = "2026-06-30"


def is_target_day(day: date) -> bool:
    """Tell whether banks settle, by the calendar of a package that is not ours."""
    return day.weekday() < 5 and day not in holidays.financial_holidays("ECB", years=day.year)


def month_end(day: date) -> date:
    last = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    while not is_target_day(last):
        last -= timedelta(days=1)
    return last


def collections_of(demo: Demo) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in demo.of("collection").values():
        found[row["item"]].append(row)
    return {item: sorted(rows, key=lambda row: row["attempt"]) for item, rows in found.items()}


class TestDueDate:
    def test_is_a_month_end_on_which_banks_settle(self, default_demo: Demo) -> None:
        for number, bill in default_demo.bills.items():
            due = date.fromisoformat(bill["due_on"])
            assert due == month_end(due), number

    def test_leaves_at_least_five_days_and_at_most_a_month_and_five(
        self, default_demo: Demo
    ) -> None:
        for number, bill in default_demo.bills.items():
            notice = date.fromisoformat(bill["due_on"]) - date.fromisoformat(bill["issued_on"])
            assert timedelta(5) <= notice <= timedelta(36), number

    def test_is_the_day_of_the_first_collection(self, default_demo: Demo) -> None:
        for item, rows in collections_of(default_demo).items():
            assert rows[0]["due_on"] == default_demo.bills[item]["due_on"], item
            assert rows[0]["attempt"] == 1


class TestCollection:
    def test_asks_once_for_what_is_owed_and_due(self, default_demo: Demo) -> None:
        collected = collections_of(default_demo)
        not_collected = {
            key.rpartition("/")[2]
            for key, row in default_demo.of("work_item").items()
            if key.startswith("payments.not_collected/")
        }
        taken_back = {number for number, bill in default_demo.bills.items() if bill["cancelled_by"]}

        for number, bill in default_demo.bills.items():
            if bill["due_on"] <= LAST_DAY:
                explained = number in collected or number in not_collected or number in taken_back
                assert explained or paid_by_credit(default_demo, number), number

    def test_never_asks_for_more_than_the_bill(self, default_demo: Demo) -> None:
        for item, rows in collections_of(default_demo).items():
            for row in rows:
                assert 0 < row["amount_cents"] <= default_demo.bills[item]["gross_cents"], item
            assert sum(row["state"] == "collected" for row in rows) <= 1

    def test_is_made_on_the_mandate_of_the_contract(self, default_demo: Demo) -> None:
        mandates = default_demo.of("mandate")
        for item, rows in collections_of(default_demo).items():
            for row in rows:
                mandate = mandates[row["umr"]]
                assert mandate["contract"] == default_demo.bills[item]["contract"]
                assert mandate["signed_on"] < row["due_on"]


def paid_by_credit(demo: Demo, item: str) -> bool:
    """Tell whether a customer's own credit paid the whole of an item."""
    moved = [
        row["amount_cents"]
        for key, row in demo.of("posting").items()
        if row["item"] == item and key.startswith("allocation:")
    ]
    return bool(moved) and item not in demo.open_cents


class TestReturn:
    def test_comes_within_the_days_a_bank_has(self, default_demo: Demo) -> None:
        returned = [row for row in default_demo.of("collection").values() if row["reason"]]

        assert len({row["reason"] for row in returned}) >= 3
        for row in returned:
            assert row["state"] == "returned"
            due, back = (date.fromisoformat(row[name]) for name in ("due_on", "returned_on"))
            assert timedelta(1) <= back - due <= timedelta(8), row["key"]
            assert is_target_day(back)

    def test_for_want_of_funds_is_tried_again_the_next_month(self, default_demo: Demo) -> None:
        tried = 0
        for rows in collections_of(default_demo).values():
            for row, later in zip(rows, [*rows[1:], None], strict=True):
                if row["reason"] in AGAIN and row["due_on"] < "2026-05-31":
                    assert later is not None, row["key"]
                    assert month_after(row["due_on"]) == later["due_on"]
                    assert later["amount_cents"] <= row["amount_cents"]
                    assert later["sequence"] == "RCUR", "the mandate was used"
                    tried += 1

        assert tried >= 5

    def test_for_another_reason_goes_to_a_person_and_is_not_tried(self, default_demo: Demo) -> None:
        work_list = default_demo.of("work_item")
        for rows in collections_of(default_demo).values():
            for row in rows:
                if row["reason"] in FOR_A_PERSON:
                    assert row is rows[-1]
                    assert f"payments.returned/{row['key']}" in work_list

    def test_stops_a_mandate_that_can_no_longer_be_used(self, default_demo: Demo) -> None:
        mandates = default_demo.of("mandate")
        stopped = set()
        for row in default_demo.of("collection").values():
            if row["reason"] in STOPS_THE_MANDATE:
                stopped.add(row["umr"])
                asked = STOPS_THE_MANDATE[row["reason"]]
                assert mandates[row["umr"]]["state"] in {asked, "ended"}

        assert stopped == {umr for umr, row in mandates.items() if row["state"] != "active"}
        for row in default_demo.of("collection").values():
            if row["umr"] in stopped:
                assert row["due_on"] <= last_return(default_demo, row["umr"])

    def test_reopens_the_debt(self, default_demo: Demo) -> None:
        for item, rows in collections_of(default_demo).items():
            last = rows[-1]
            if last["state"] == "returned":
                assert default_demo.open_cents[item] == last["amount_cents"], item
            else:
                assert default_demo.open_cents.get(item, 0) <= 0, item


def month_after(day: str) -> str:
    first = date.fromisoformat(day).replace(day=1)
    return month_end(first + timedelta(days=32)).isoformat()


def last_return(demo: Demo, umr: str) -> str:
    return max(
        row["returned_on"]
        for row in demo.of("collection").values()
        if row["umr"] == umr and row["reason"] in STOPS_THE_MANDATE
    )


class TestOpenItems:
    def test_are_owed_by_customers_who_have_a_bill(self, default_demo: Demo) -> None:
        for item in default_demo.open_cents:
            assert item in default_demo.bills

    def test_leave_no_credit_beside_a_debt_of_the_same_customer(self, default_demo: Demo) -> None:
        signs: dict[str, set[bool]] = defaultdict(set)
        for item, cents in default_demo.open_cents.items():
            signs[default_demo.bills[item]["customer"]].add(cents > 0)

        assert all(len(found) == 1 for found in signs.values())

    def test_past_due_are_all_in_somebodys_hands(self, default_demo: Demo) -> None:
        work_list = default_demo.of("work_item")
        collected = collections_of(default_demo)
        for item, cents in default_demo.open_cents.items():
            if cents > 0 and default_demo.bills[item]["due_on"] <= LAST_DAY:
                last = f"{item}-{len(collected.get(item, ()))}"
                keys = {f"payments.not_collected/{item}", f"payments.returned/{last}"}
                assert keys & work_list.keys(), item


@pytest.fixture(scope="module")
def entries(default_demo: Demo) -> dict[str, list[Row]]:
    """The postings of every entry by its key."""
    found: dict[str, list[Row]] = defaultdict(list)
    for key, row in default_demo.of("posting").items():
        found[key.rpartition("/")[0]].append(row)
    return found


class TestLedger:
    def test_sums_to_zero_in_every_entry(self, entries: dict[str, list[Row]]) -> None:
        for key, postings in entries.items():
            assert sum(row["amount_cents"] for row in postings) == 0, key

    def test_posts_every_document_on_the_day_it_was_issued(
        self, default_demo: Demo, entries: dict[str, list[Row]]
    ) -> None:
        for number, document in default_demo.documents.items():
            postings = {row["account"]: row for row in entries[f"invoice:{number}"]}
            assert postings["receivable"]["amount_cents"] == document["gross_cents"]
            assert postings["vat"]["amount_cents"] == -document["tax_cents"]
            assert {row["day"] for row in postings.values()} == {document["issued_on"]}
            lines = default_demo.lines_of(number)
            for account, component in (("excise", "excise"), ("rounding", "rounding")):
                of_lines = sum(ln["amount_cents"] for ln in lines if ln["component"] == component)
                posted = postings.get(account, {"amount_cents": 0})["amount_cents"]
                assert posted == -of_lines, (number, account)

    def test_has_nothing_nobody_understood(self, entries: dict[str, list[Row]]) -> None:
        accounts = {row["account"] for postings in entries.values() for row in postings}

        assert "suspense" not in accounts
