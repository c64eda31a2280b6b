"""What the demo prints at its defaults: every figure, and that they hold together."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from demo_runs import Demo

COUNTS = (
    "contracts_active",
    "invoices_issued",
    "invoiced_cents",
    "collected_cents",
    "returned_cents",
    "open_cents",
    "ledger_imbalance_cents",
    "unexplained_supply_days",
    "estimates_replaced",
    "erp_postings",
    "parked",
)
FILES = ("payment_files", "bank_files", "registry_messages", "invoice_files")


class TestFigures:
    @pytest.mark.parametrize("name", COUNTS)
    def test_have_every_count_as_a_whole_number(self, default_demo: Demo, name: str) -> None:
        assert type(default_demo.printed[name]) is int

    @pytest.mark.parametrize("name", FILES)
    def test_list_the_files_that_are_there(self, default_demo: Demo, name: str) -> None:
        paths = default_demo.files(name)

        assert all(path.is_file() and path.stat().st_size for path in paths)
        assert all(path.suffix in {".xml", ".html"} for path in paths)
        assert len(set(paths)) == len(paths)
        assert {path.parent for path in paths} == {paths[0].parent}
        assert sorted(paths[0].parent.iterdir()) == sorted(paths)

    def test_count_switches_by_outcome(self, default_demo: Demo) -> None:
        switches = default_demo.printed["switches"]

        assert {"active", "rejected"} <= switches.keys()
        assert all(type(count) is int for count in switches.values())
        assert sum(switches.values()) == len(default_demo.of("switch"))

    def test_name_the_state_by_its_hash(self, default_demo: Demo) -> None:
        content = (default_demo.out / "state.jsonl").read_bytes()

        assert default_demo.printed["state_sha256"] == hashlib.sha256(content).hexdigest()

    def test_are_kept_beside_the_files(self, default_demo: Demo) -> None:
        kept = json.loads((default_demo.out / "figures.json").read_text("utf-8"))

        assert kept == default_demo.printed

    def test_tell_how_long_it_took(self, default_demo: Demo) -> None:
        elapsed = default_demo.printed["elapsed_s"]

        assert 0 < elapsed <= default_demo.seconds


class TestTheWholeCompany:
    def test_has_what_it_invoiced_collected_or_open_to_the_cent(self, default_demo: Demo) -> None:
        told = default_demo.printed

        assert told["invoiced_cents"] == told["collected_cents"] + told["open_cents"]
        assert told["ledger_imbalance_cents"] == 0

    def test_explains_every_day_of_supply(self, default_demo: Demo) -> None:
        assert default_demo.printed["unexplained_supply_days"] == 0
        assert default_demo.printed["parked"] == 0

    def test_says_of_every_day_of_supply_what_became_of_it(self, default_demo: Demo) -> None:
        days = default_demo.printed["supply_days"]

        assert set(days) == {"billed", "parked", "not_due", "unexplained"}
        assert days["billed"] > days["not_due"] > 0

    def test_finds_no_document_that_contradicts_another(self, default_demo: Demo) -> None:
        assert default_demo.printed["document_problems"] == 0

    def test_bills_its_customers_more_than_once(self, default_demo: Demo) -> None:
        told = default_demo.printed

        assert told["contracts_active"] >= 200
        assert told["invoices_issued"] >= 1.5 * told["contracts_active"]

    def test_meets_rejections_returns_and_estimates(self, default_demo: Demo) -> None:
        told = default_demo.printed

        assert len(told["rejections"]) >= 2
        assert len(told["returns"]) >= 3
        assert told["returned_cents"] > 0
        assert told["estimates_replaced"] >= 5

    def test_prints_what_its_state_says(self, default_demo: Demo) -> None:
        told, documents = default_demo.printed, default_demo.documents.values()

        assert told["invoices_issued"] == len(documents)
        assert told["invoiced_cents"] == sum(row["gross_cents"] for row in documents)
        assert told["open_cents"] == sum(default_demo.open_cents.values())
        assert told["erp_postings"] == len(default_demo.of("erp_entry"))
        assert told["contracts_active"] == sum(
            row["state"] == "active" for row in default_demo.of("contract").values()
        )
        assert told["collected_cents"] == sum(
            row["amount_cents"]
            for row in default_demo.of("collection").values()
            if row["state"] == "collected"
        )

    def test_shows_a_page_for_every_document(self, default_demo: Demo) -> None:
        pages = {Path(path).stem for path in default_demo.printed["invoice_files"]}

        assert pages == set(default_demo.documents)
