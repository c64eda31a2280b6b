"""A script that knows nothing of us recomputes the demo's money, and sees what is tampered."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from demo_runs import Demo

SCRIPT = Path(__file__).with_name("independent_check.py")
READ = (
    "payment_files",
    "bank_files",
    "erp_state.json",
    "figures.json",
    "open_items.json",
    "state.jsonl",
)


def run(out: Path) -> subprocess.CompletedProcess[str]:
    """Run the script alone: no site packages, no path of ours, no environment."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(out)]
    return subprocess.run(command, capture_output=True, text=True, env={}, timeout=120, check=False)


@pytest.fixture
def copy(default_demo: Demo, tmp_path: Path) -> Path:
    """What the script reads, to be tampered with."""
    for name in READ:
        source = default_demo.out / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name)
        else:
            shutil.copyfile(source, tmp_path / name)
    return tmp_path


class TestScript:
    def test_imports_the_standard_library_alone(self) -> None:
        imported = set()
        for node in ast.walk(ast.parse(SCRIPT.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")

        assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names

    def test_finds_what_the_demo_printed(self, default_demo: Demo) -> None:
        done = run(default_demo.out)

        assert (done.returncode, done.stderr) == (0, "")
        figures = json.loads(done.stdout)
        assert figures["returned"] > 0
        for name in ("collected", "returned", "open", "invoiced"):
            assert figures[name] == default_demo.printed[f"{name}_cents"]
        assert figures["erp_open"] == figures["open"]


def replace_once(path: Path, old: str, new: str) -> None:
    before = path.read_text("utf-8")
    assert old in before, f"{path.name} has no {old}"
    path.write_text(before.replace(old, new, 1), "utf-8")


def drop_a_return(out: Path) -> None:
    sorted(out.glob("bank_files/*_R2026*.xml"))[0].unlink()


def drop_one_entry_of_a_return(out: Path) -> None:
    path = sorted(out.glob("bank_files/*_R2026*.xml"))[-1]
    text = path.read_text("utf-8")
    start, end = text.index("<Ntry>"), text.index("</Ntry>") + len("</Ntry>")
    path.write_text(text[:start] + text[end:], "utf-8")


def change_an_amount_asked(out: Path) -> None:
    path = sorted(out.glob("payment_files/*.xml"))[0]
    text = path.read_text("utf-8")
    start = text.index('<InstdAmt Ccy="EUR">') + len('<InstdAmt Ccy="EUR">')
    path.write_text(text[:start] + "1" + text[start:], "utf-8")


def change_a_credit(out: Path) -> None:
    path = sorted(out.glob("bank_files/*_C2026*.xml"))[0]
    replace_once(path, '<Ntry><Amt Ccy="EUR">', '<Ntry><Amt Ccy="EUR">1')


def drop_an_entry_of_the_erp(out: Path) -> None:
    path = out / "erp_state.json"
    state = json.loads(path.read_text("utf-8"))
    del state["entries"][0]
    path.write_text(json.dumps(state), "utf-8")


def move_money_in_the_erp(out: Path) -> None:
    """From one customer's item to another's, in entries and balances alike."""
    path = out / "erp_state.json"
    state = json.loads(path.read_text("utf-8"))
    lines = [line for entry in state["entries"] for line in entry["postings"] if line["item"]]
    one, other = lines[0], next(each for each in lines if each["item"] != lines[0]["item"])
    for line, by in ((one, 1), (other, -1)):
        line["cents"] += by
        names = ("account", "currency", "customer", "item")
        for balance in state["balances"]:
            if all(balance[name] == (line[name] or "") for name in names):
                balance["cents"] += by
    path.write_text(json.dumps(state), "utf-8")


def drop_a_posting_of_ours(out: Path) -> None:
    path = out / "state.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    (first, *_) = [n for n, line in enumerate(lines) if line.startswith('{"kind":"posting"')]
    path.write_text("".join(lines[:first] + lines[first + 1 :]), "utf-8")


def drop_an_open_item(out: Path) -> None:
    path = out / "open_items.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8"))[1:]), "utf-8")


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (drop_a_return, "figure returned"),
        (drop_one_entry_of_a_return, "figure collected"),
        (change_an_amount_asked, "adds up to"),
        (change_a_credit, "credit CR"),
        (drop_an_entry_of_the_erp, "ERP"),
        (move_money_in_the_erp, "open item F26-"),
        (drop_a_posting_of_ours, "ledger item F26-"),
        (drop_an_open_item, "open item F26-"),
    ],
)
def test_sees_what_was_tampered_with(copy: Path, tamper: Callable[[Path], None], told: str) -> None:
    assert run(copy).returncode == 0

    tamper(copy)

    done = run(copy)
    assert done.returncode == 1
    assert told in done.stderr
