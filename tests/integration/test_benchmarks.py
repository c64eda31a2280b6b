"""The benchmarks run, and both of their servers tell the same; how fast is not asked here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import figures  # noqa: E402  # the folder of benchmarks is no package
import table  # noqa: E402  # nor are they found before the path says so


def test_reads_invoices_of_both_servers(empty_database_url: str, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    options = {
        "--invoices": 3,
        "--requests": 8,
        "--connections": 2,
        "--pairs": 2,
        "--bar": 0,
        "--database": empty_database_url,
        "--out": told,
    }
    command = [str(part) for option in options.items() for part in option]

    done = subprocess.run(
        [sys.executable, BENCHMARKS / "read_invoice.py", *command],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(told.read_text())
    assert json.loads(done.stdout.splitlines()[-1]) == found
    assert len(found["ratios"]) == 2
    assert found["api"]["requests_a_second"] > 0
    assert found["answer_bytes"] > 1000


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("ledger", ["--entries", "600", "--chunk", "300"]),
        ("bill_run", ["--supplies", "300", "--chunk", "200"]),
        ("bill_intervals", ["--supplies", "300", "--chunk", "200", "--month", "october"]),
        ("textbook", ["--supplies", "300", "--one-by-one", "20", "--chunk", "200"]),
        ("readings", ["--points", "200"]),
    ],
)
def test_compares_what_is_kept_with_its_copy(name: str, options: list[str], tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    asked = ["--bar", "0", "--pairs", "2", "--out", told, *options]

    done = subprocess.run(
        [sys.executable, BENCHMARKS / f"{name}.py", *asked],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(told.read_text())
    assert json.loads(done.stdout.splitlines()[-1]) == found
    # One of October is a record of its own.
    assert found["benchmark"] == (f"{name}_october" if "october" in options else name)
    assert len(found["ratios"]) == 2


@pytest.mark.parametrize("sort", [[], ["--half-hourly"]], ids=["registers", "half-hours"])
def test_a_run_of_many_takes_no_more_than_one_of_few(sort: list[str], tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    asked = ["--small", "100", "--large", "400", "--chunk", "100", "--out", told, *sort]

    done = subprocess.run(
        [sys.executable, BENCHMARKS / "growth.py", *asked],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    # So few say nothing about speed, and everything about memory.
    found = json.loads(told.read_text())
    assert json.loads(done.stdout.splitlines()[-1]) == found
    sizes = [found["sizes"][name] for name in ("small", "large")]
    assert [each["services"] + each["parked"] for each in sizes] == [100, 400]
    assert all(each["parked"] > 0 for each in sizes) == bool(sort)
    assert found["ratios"]["memory"] < found["bars"]["memory"]


def test_a_bill_takes_more_where_its_rows_carry_their_account(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    asked = ["--supplies", "300", "--chunk", "100", "--out", told]

    done = subprocess.run(
        [sys.executable, BENCHMARKS / "footprint.py", *asked],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    layouts = json.loads(told.read_text())["layouts"]
    assert list(layouts) == ["by_account", "parts", "plain"]  # JSON is sorted
    assert {each["bills"] for each in layouts.values()} == {300}
    assert layouts["by_account"]["rows_bytes"] > layouts["plain"]["rows_bytes"] > 0


class TestKeptFigures:
    def test_are_the_table_of_the_page(self) -> None:
        page = table.README.read_text()

        assert table.written(page, table.table(figures.RESULTS)) == page

    def test_are_all_there_and_reach_their_bars(self) -> None:
        assert table.missed(figures.RESULTS) == []

    @pytest.mark.parametrize("kept", sorted(figures.RESULTS.glob("*.json")), ids=lambda p: p.stem)
    def test_are_of_five_turns_at_least(self, kept: Path) -> None:
        found = json.loads(kept.read_text())

        assert isinstance(found.get("ratios", {}), dict) or len(found["ratios"]) >= 5

    def test_missed_are_told(self, tmp_path: Path) -> None:
        wanted = {"ratio": 0.2, "bar": 0.3}
        (tmp_path / "ledger.json").write_text(json.dumps(wanted))
        grown = {"seconds": 1.0, "memory": 2.0, "megabytes": 10.0}
        bars = {"seconds": 1.25, "memory": 1.25, "megabytes": 400.0}
        (tmp_path / "growth.json").write_text(json.dumps({"ratios": grown, "bars": bars}))

        found = [each for each in table.missed(tmp_path) if "not measured" not in each]

        assert found == [
            "posting with balances / COPY of the same rows: 0.2, the bar is 0.3",
            "memory, many / few: 2, the bar is 1.25",
        ]
