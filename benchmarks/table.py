"""The table of what was measured, from the records kept in `results/` or in another folder.

``python benchmarks/table.py`` prints it, ``--write`` puts it into README.md, ``--of FOLDER`` takes
the records of another run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import figures

__all__ = ["MEASURED", "Measured", "main", "missed", "of", "table", "written"]

README: Final = Path(__file__).parent / "README.md"
BEGINS: Final = "<!-- table: python benchmarks/table.py --write -->\n"
ENDS: Final = "<!-- /table -->\n"


@attrs.frozen
class Measured:
    """A figure of a record: what it tells, where it stands, and where its bar does.

    `most` where the bar is the most it may be, not the least.
    """

    record: str
    what: str
    figure: tuple[str, ...] = ("ratio",)
    bar: tuple[str, ...] = ("bar",)
    most: bool = False


MEASURED: Final = (
    Measured("bill_run", "bill run from registers / COPY of its own rows"),
    Measured(
        "bill_intervals",
        "bill run from half-hours, 2 workers / 1 that reads them and copies its rows",
    ),
    Measured("bill_intervals_october", "the same of October, whose last Sunday has an hour more"),
    Measured("textbook", "bill run, 2 workers / a transaction an invoice, times as fast"),
    Measured("tryton", "bill run, 2 workers / Tryton, times as fast"),
    Measured("rating_kernel", "exact rating of half-hours / adding them up"),
    Measured("ledger", "posting with balances / COPY of the same rows"),
    Measured("readings", "readings from file to store / COPY of the same bytes"),
    *(
        Measured(record, f"{what}{of}", ("ratios", name), ("bars", name), most=True)
        for record, of in (("growth", ""), ("growth_half_hourly", ", half-hours"))
        for what, name in (
            ("seconds a service, many / few", "seconds"),
            ("memory, many / few", "memory"),
            ("most memory of a worker, MB", "megabytes"),
        )
    ),
    Measured("read_invoice", "invoices read through the API / a bare handler"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--of", type=Path, default=figures.RESULTS, help="a folder of records")
    parser.add_argument("--write", action="store_true", help="put it into README.md")
    asked = parser.parse_args(arguments)
    told = table(asked.of)
    if asked.write:
        README.write_text(written(README.read_text(), told))
    sys.stdout.write(told)
    return 0


def table(folder: Path) -> str:
    """Return the table of the records of a folder, and of the machines they were taken on."""
    rows = ["| what | measured | bar |", "|---|---|---|"]
    machines = dict[str, None]()
    for each in MEASURED:
        record = _record(folder, each.record)
        figure, bar = "not yet", "-"
        if record:
            found, wanted = of(each, record)
            figure = f"{found:g}"
            bar = f"at {'most' if each.most else 'least'} {wanted:g}" if wanted else "-"
            machines[_machine(record)] = None
        rows.append(f"| {each.what} (`{each.record}`) | {figure} | {bar} |")
    taken = [f"Taken on {machine}." for machine in machines]
    return "\n".join([*rows, "", *taken]) + "\n"


def of(measured: Measured, record: dict[str, Any]) -> tuple[float, float]:
    """Return a figure of a record, and its bar."""
    return _at(record, measured.figure), _at(record, measured.bar)


def missed(folder: Path) -> list[str]:
    """Return what is not measured, or misses its bar."""
    found = []
    for each in MEASURED:
        record = _record(folder, each.record)
        if record is None:
            found.append(f"{each.what}: not measured")
            continue
        figure, bar = of(each, record)
        if figure > bar if each.most else figure < bar:
            found.append(f"{each.what}: {figure:g}, the bar is {bar:g}")
    return found


def written(page: str, told: str) -> str:
    """Return a page with the table in its place."""
    before, _, rest = page.partition(BEGINS)
    return f"{before}{BEGINS}\n{told}{ENDS}{rest.partition(ENDS)[2]}"


def _record(folder: Path, name: str) -> dict[str, Any] | None:
    kept = folder / f"{name}.json"
    return json.loads(kept.read_text()) if kept.exists() else None


def _at(record: dict[str, Any], path: Sequence[str]) -> float:
    found: Any = record
    for name in path:
        found = found[name]
    return float(found)


def _machine(record: dict[str, Any]) -> str:
    machine = record["machine"]
    memory = f"{machine['memory_gib']} GiB, " if "memory_gib" in machine else ""
    return (
        f"{machine['cpus']} processors ({machine['cpu']}), {memory}"
        f"{machine['system']}, Python {machine['python']}"
    )


if __name__ == "__main__":
    sys.exit(main())
