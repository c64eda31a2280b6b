"""A demo off a portfolio: its twelve faults, the bills of its good rows, the same again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from demo_runs import Demo, run_demo
from supply_days import BILLED, NOT_DUE, count_days

EXAMPLE = Path(__file__).parents[2] / "examples" / "input"
FAULTS = [
    ("customers.csv", 7, "town", "import.value.missing"),
    ("customers.csv", 12, "email", "parties.email"),
    ("customers.csv", 16, "kind", "import.value.not_allowed"),
    ("supply_points.csv", 5, "cups", "supply.cups.check_letters"),
    ("supply_points.csv", 10, "power_p1_kw", "import.value.not_a_number"),
    ("supply_points.csv", 17, "", "import.row.cells"),
    ("contracts.csv", 6, "iban", "payments.iban.check_digits"),
    ("contracts.csv", 11, "product", "markets.tariff_unknown"),
    ("contracts.csv", 15, "tax_id", "import.customer_unknown"),
    ("readings.csv", 8, "taken_on", "import.value.not_a_date"),
    ("readings.csv", 65, "register", "metering.reading.unknown_register"),
    ("readings.csv", 97, "index_kwh", "metering.reading.lower_than_last"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo(tmp_path_factory.mktemp("input") / "once", f"--input={EXAMPLE}")


class TestDemoOffAPortfolio:
    def test_tells_exactly_the_planted_faults(self, demo: Demo) -> None:
        told = [
            (fault["file"], fault["line"], fault["field"], fault["code"])
            for fault in demo.printed["import"]["faults"]
        ]

        assert told == FAULTS
        assert len({code for *_, code in told}) == 12

    def test_says_what_its_read_me_says(self) -> None:
        rows = (EXAMPLE / "README.md").read_text("utf-8").splitlines()

        for file, line, field, code in FAULTS:
            column = f"`{field}`" if field else "the row"
            assert any(r.startswith(f"| `{file}` | {line} | {column} | `{code}` |") for r in rows)

    def test_bills_the_good_rows_and_what_was_estimated_since(self, demo: Demo) -> None:
        read = [row for row in demo.bills.values() if row["issued_on"] == "2026-06-02"]
        later = [row for row in demo.bills.values() if row["issued_on"] > "2026-06-02"]

        assert len(read) == 48
        assert len(later) == 9
        assert demo.printed["mails_sent"] == demo.printed["invoices_issued"] == 57

    def test_leaves_no_day_without_a_bill_or_a_reason(self, demo: Demo) -> None:
        days = count_days(demo.rows, today=date(2026, 7, 1))
        assert set(days) == {BILLED, NOT_DUE}
        assert days == Counter(demo.printed["supply_days"])
        assert demo.printed["ledger_imbalance_cents"] == 0
        assert demo.printed["parked"] == 0
        collected = demo.printed["collected_cents"] + demo.printed["open_cents"]
        assert collected == demo.printed["invoiced_cents"] > 0
        assert demo.of("switch") == {}

    def test_tells_the_same_again(self, demo: Demo, tmp_path: Path) -> None:
        again = run_demo(tmp_path / "again", f"--input={EXAMPLE}", "--kills=1")

        assert again.printed["worker_restarts"] == 1
        assert sorted(set(again.lines) ^ set(demo.lines))[:10] == []
        assert again.printed["state_sha256"] == demo.printed["state_sha256"]

    def test_leaves_what_the_command_line_shows(self, demo: Demo) -> None:
        figures = json.loads((demo.out / "figures.json").read_text("utf-8"))

        assert figures["import"] == demo.printed["import"]

    def test_opens_on_the_day_after_the_last_reading_and_tells_it_first(self, demo: Demo) -> None:
        assert next(iter(demo.printed.items())) == ("first_day", "2026-06-02")

    def test_ends_with_bad_input_when_nothing_was_taken(self, tmp_path: Path) -> None:
        head, *rows = (EXAMPLE / "readings.csv").read_text("utf-8").splitlines()
        (tmp_path / "only").mkdir()
        (tmp_path / "only" / "readings.csv").write_text("\n".join([head, *rows[:3]]), "utf-8")

        nobodys = {k: v for k, v in os.environ.items() if not k.startswith("ENERGYRETAIL")}
        done = subprocess.run(
            [sys.executable, "-m", "energyretail", "demo", "--input=only", "--out=out", "--json"],
            cwd=tmp_path,
            env=nobodys,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

        assert done.returncode == 4, done.stderr
        (counts,) = json.loads(done.stdout)["import"]["files"]
        assert (counts["taken"], counts["refused"]) == (0, 3)
        assert "The company opens on 2026-" in done.stderr
