"""The benchmarks run, and both of their servers tell the same; how fast is not asked here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


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
    assert found["benchmark"] == name
    assert len(found["ratios"]) == 2


def test_a_run_of_many_takes_no_more_than_one_of_few(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    asked = ["--small", "100", "--large", "400", "--chunk", "100", "--out", told]

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
    assert [found["sizes"][name]["services"] for name in ("small", "large")] == [100, 400]
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


def test_the_kept_figures_reach_the_bar() -> None:
    found = json.loads((BENCHMARKS / "results" / "read_invoice.json").read_text())

    assert found["ratio"] >= found["bar"]
    assert len(found["ratios"]) >= 5
