"""``state.jsonl``: canonical rows in natural order, nothing that a second run would not have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from demo_runs import Demo

KINDS = {
    "arrival",
    "bank_entry",
    "collection",
    "contract",
    "erp_entry",
    "invoice",
    "invoice_line",
    "invoice_tax",
    "mandate",
    "payment_file",
    "posting",
    "reading",
    "supply",
    "switch",
    "work_item",
}
TIME = re.compile(r"\d\d:\d\d:\d\d|\d\dT\d\d")
OPAQUE = re.compile(r"\b(inv|cus|con|ln|pst)_[0-9a-zA-Z]{6,}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Whole numbers that are facts; any other would be a key that a table gave.
NUMBERS = re.compile(r"(^|_)cents$|^(attempt|count|decimals)$")


def test_has_every_kind_of_row(default_demo: Demo) -> None:
    assert set(default_demo.rows) == KINDS


def test_is_sorted_by_natural_key_and_says_nothing_twice(default_demo: Demo) -> None:
    keys = [(row["kind"], row["key"]) for row in map(json.loads, default_demo.lines)]

    assert keys == sorted(set(keys))


def test_is_written_the_one_canonical_way(default_demo: Demo) -> None:
    for line in default_demo.lines:
        row = json.loads(line)
        facts = sorted(row.keys() - {"kind", "key"})
        assert list(row) == ["kind", "key", *facts]
        assert json.dumps(row, ensure_ascii=False, separators=(",", ":")) == line


def test_holds_no_time_of_the_wall_and_no_key_a_table_gave(default_demo: Demo) -> None:
    found = [
        (row["kind"], name, value)
        for row in map(json.loads, default_demo.lines)
        for name, value in leaves(row)
        if tells_on_the_machine(name, value)
    ]

    assert found == []


def leaves(row: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with the name it stands under."""
    if isinstance(row, dict):
        for key, value in row.items():
            yield from leaves(value, key)
    elif isinstance(row, list):
        for value in row:
            yield from leaves(value, name)
    else:
        yield name, row


def tells_on_the_machine(name: str, value: Any) -> bool:
    if isinstance(value, str):
        return bool(TIME.search(value) or OPAQUE.search(value) or UUID.search(value))
    if value is None or isinstance(value, bool) or name == "postings":
        return False
    return isinstance(value, float) or not NUMBERS.search(name)


def test_finds_what_it_looks_for() -> None:
    assert tells_on_the_machine("received", "2026-03-01T10:00:00+01:00")
    assert tells_on_the_machine("invoice", "inv_01JQX7")
    assert tells_on_the_machine("invoice_id", 17)
    assert not tells_on_the_machine("amount_cents", 17)


def test_posts_in_the_erp_what_stands_in_the_ledger(default_demo: Demo) -> None:
    ours: dict[str, list[tuple[Any, ...]]] = {}
    for key, row in default_demo.of("posting").items():
        entry = key.rpartition("/")[0]
        ours.setdefault(entry, []).append(
            (row["amount_cents"], row["currency"], row["customer"], row["item"])
        )
    theirs = {
        key: [tuple(posting[1:]) for posting in row["postings"]]
        for key, row in default_demo.of("erp_entry").items()
    }

    assert {k: sorted(v, key=repr) for k, v in theirs.items()} == {
        k: sorted(v, key=repr) for k, v in ours.items()
    }
