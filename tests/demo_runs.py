"""Demos run once and looked at by many tests: `energyretail demo` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pytest

from shared_between import made_once, shared_folder

__all__ = ["Demo", "default_demo", "run_demo", "shared_demo"]

Row = Mapping[str, Any]

# Names a folder for the demo at its defaults that several runs of tests share: the first fills it.
_DEFAULT_DEMO: Final = "ENERGYRETAIL_TEST_DEMO"
_LIMIT_SECONDS: Final = 600


class Demo:
    """What a demo printed and left in its folder."""

    def __init__(self, out: Path, printed: Row, seconds: float):
        self.out = out
        self.printed = printed
        self.seconds = seconds

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of ``state.jsonl`` in the order of the file."""
        return tuple((self.out / "state.jsonl").read_text("utf-8").splitlines())

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, Row]]:
        """The rows of the state by kind and natural key."""
        found: dict[str, dict[str, Row]] = {}
        for line in self.lines:
            row = json.loads(line)
            found.setdefault(row["kind"], {})[row["key"]] = row
        return found

    def of(self, kind: str) -> Mapping[str, Row]:
        """Return the rows of one kind by natural key; empty when there is none."""
        return self.rows.get(kind, {})

    @cached_property
    def documents(self) -> Mapping[str, Row]:
        """Invoices, credit notes and rebills by number."""
        return self.of("invoice")

    @cached_property
    def bills(self) -> Mapping[str, Row]:
        """Invoices and rebills by number: what a customer is asked to pay."""
        return {key: row for key, row in self.documents.items() if row["document"] != "credit_note"}

    @cached_property
    def _lines_of(self) -> Mapping[tuple[str, str], tuple[Row, ...]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for kind in ("invoice_line", "invoice_tax"):
            for key, row in self.of(kind).items():
                found.setdefault((kind, key.partition("/")[0]), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    def lines_of(self, number: str) -> tuple[Row, ...]:
        """Return the lines of a document in order."""
        return self._lines_of.get(("invoice_line", number), ())

    def taxes_of(self, number: str) -> tuple[Row, ...]:
        """Return the tax lines of a document in order."""
        return self._lines_of.get(("invoice_tax", number), ())

    @cached_property
    def open_cents(self) -> Mapping[str, int]:
        """What is left of every item, from the postings; settled items are left out."""
        left: dict[str, int] = {}
        for row in self.of("posting").values():
            if row["account"] == "receivable":
                left[row["item"]] = left.get(row["item"], 0) + row["amount_cents"]
        return {item: cents for item, cents in sorted(left.items()) if cents}

    def files(self, name: str) -> tuple[Path, ...]:
        """Return the files the figure `name` lists; there must be some."""
        paths = tuple(Path(path) for path in self.printed[name])
        assert paths, f"the demo left no {name}"
        return paths


def run_demo(
    out: Path,
    *options: str,
    more: Mapping[str, str] | None = None,
    limit_seconds: float = _LIMIT_SECONDS,
) -> Demo:
    """Run ``energyretail demo --json`` with `options` and return what it left in `out`.

    `more` are variables of its environment beside those of the machine.
    """
    command = [sys.executable, "-m", "energyretail", "demo", "--json", f"--out={out}", *options]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ENERGYRETAIL_")}
    began = time.monotonic()
    done = subprocess.run(
        command,
        env={**environment, **(more or {})},
        capture_output=True,
        text=True,
        timeout=limit_seconds,
        cwd=out.parent,
        check=False,
    )
    logs = "\n".join(
        (out / name).read_text("utf-8", "replace")[-3000:]
        for name in ("worker.log", "sandbox.log")
        if (out / name).exists()
    )
    assert done.returncode == 0, f"{done.stderr[-3000:]}\n{logs}"
    return Demo(out, json.loads(done.stdout), time.monotonic() - began)


@pytest.fixture(scope="session")
def default_demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo at its defaults, run once however many folders or processes of tests ask."""
    given = os.environ.get(_DEFAULT_DEMO)
    return shared_demo(Path(given) if given else shared_folder(tmp_path_factory) / "default-demo")


def shared_demo(out: Path, *options: str) -> Demo:
    """Run the demo of `options` in `out`, or wait for whoever does, and return it.

    `out` is given with the same options always, and may be known to other processes.
    """
    told = out.with_name(f"{out.name}.told.json")

    def run(_: Path) -> None:
        demo = run_demo(out, *options)
        told.write_text(json.dumps([demo.printed, demo.seconds]), "utf-8")

    return Demo(made_once(out, run), *json.loads(told.read_text("utf-8")))
