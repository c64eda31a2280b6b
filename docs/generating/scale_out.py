"""The page of the arithmetic from measured bills to millions of services."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from generating import BY_HAND_NEVER

__all__ = ["FILE", "files"]

FILE: Final = "docs/reference/scale-out.md"
RESULTS: Final = "benchmarks/results"
SERVICES: Final = (1_000_000, 8_000_000, 80_000_000)
WINDOW_HOURS: Final = 8
_NEEDED: Final = SERVICES[-1] / WINDOW_HOURS / 3600
PART_BYTES: Final = 50e9
MONTHS: Final = 12

_LAYOUTS: Final = ("plain", "by_account", "parts")
_CUT: Final = "in parts"
# The better of both runs of `shared_runs` with one worker, told below.
_WORKER: Final = 7_434
_WORKER_ROW: Final = (
    f"| bills a second, one worker, the better of two runs | {_WORKER:,} | | |"
    " [below](#what-sharing-brings) |\n"
)
_GROWTH: Final = {
    "growth": "services by registers",
    "growth_half_hourly": "services by half-hours",
}

_HEAD: Final = f"""# The arithmetic of millions

{BY_HAND_NEVER}

From bills that were measured to services nobody has measured here: multiplied, and nothing else. A
service is one bill a month of the workload of `benchmarks/bill_run.py` (registers, three lines or
four, one tax). How to get there is on [scale out](../how-to/scale-out.md).

## What was measured

"""
_BELOW: Final = """
Bytes do not depend on how busy a machine is; bills a second do. What stays on the disk are rows and
keys; what is logged (WAL, whole pages after a checkpoint among it) is kept until it is archived.

## What it comes to

"""
_READING: Final = f"""
- **registers** and **half-hours** are the time that billing by columns takes over one connection at
  the rate of the benchmark that bills the most, if a service takes no longer among more than
  that; **one worker** is that of the [worker process](#what-sharing-brings) with tariffs of three
  registers, power and taxes, and no past that tells what is plausible.
- **needed** are bills a second for a window of {WINDOW_HOURS} hours.
- **parts** are how many cuts by account make a year of the tables and keys of a part
  {PART_BYTES / 1e9:.0f} GB at most, in powers of two.
- The disk has no half-hours: {1488 * 4:,} bytes of whole numbers a service and month of 31 days,
  before the head of a row a day.

So 8 million services are less than half an hour of one worker, and a year of them, without
half-hours, goes on a third of a terabyte: one Postgres, in eight parts. For 80 million in a night
{_NEEDED:,.0f} bills a second are needed, and two workers with a series of invoices each made
11,120 and 11,375: this machine would be at work a good part of it, and has no disk for it.
What writes has to be larger then, or the accounts are dealt out to several databases, each with its
own number series.

## What sharing brings

`python -m shared_runs --supplies 120000 --chunk 10000 --workers 1 2 2 1`, below `tests`, on
2026-11-30, and then `--workers 2 2 --beside FB`, with a second series of invoices: worker processes
of `run_worker` on one database, chunks of 10,000 supplies of three registers (18 lines and six
readings a bill) with the gate on, two cores that also ran the database.

| workers | series | seconds | chunks of each | bills a second | at work | of these waiting |
|---|---|---|---|---|---|---|
| 1 | 1 | 16.6 | 13 | 7,215 | 0.99 | 0.00 |
| 2 | 1 | 14.0 | 6 + 7 | 8,576 | 1.98 | 0.71 |
| 2 | 1 | 13.8 | 7 + 6 | 8,669 | 1.99 | 0.70 |
| 1 | 1 | 16.1 | 13 | 7,434 | 0.99 | 0.00 |
| 2 | 2 | 10.8 | 7 + 6 | 11,120 | 1.95 | 0.00 |
| 2 | 2 | 10.5 | 7 + 6 | 11,375 | 1.96 | 0.00 |

Nothing was lost, double, unnumbered or out of balance.

What workers of one series wait for is its row. Numbers without gaps are taken when a chunk is rated
and held until it is committed, so that of all workers one writes while the others read, rate and
judge. Where writing is the share *w* of a chunk, of two workers (2*w* - 1) / *w* wait at any time
if the row is never free: 0.71 is a *w* of 0.78. So workers who each had a machine of their own
could not be more than 1 / 0.78 = 1.3 times as fast as one. With a series each they do not wait: two
cores are then what keeps two workers, and their database, from being twice as fast. Name as many
[series](../how-to/scale-out.md#more-workers-on-more-hosts) as workers shall write at once;
[why](../adr/0021-invoices-are-numbered-in-a-free-series.md) is written down.

## What is cut by time

Nothing is, today. No table is cut by time, and no statement drops a month. Bills, entries and
readings have to be kept for years by law; what is missing is to part `invoice` and what is of it,
`entry` and `posting` by the month they were made in (their keys would need that day as they need
the account), `interval_day` by day, and to drop what was sent from `outbox` and taken from `inbox`.
"""


def files(root: Path) -> Mapping[str, str]:
    """Return the page."""
    layouts = _kept(root, "footprint")["layouts"]
    grown = tuple(_kept(root, name) for name in _GROWTH)
    rates = tuple(each["sizes"]["large"]["services_a_second"] for each in grown)
    rows = (_measured(layouts), *map(_grown, _GROWTH, grown), _WORKER_ROW)
    lines = [_HEAD, *rows, _machine(grown[0]["machine"]), _BELOW]
    return {FILE: "".join([*lines, _multiplied(layouts, rates), _READING])}


def _kept(root: Path, name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads((root / RESULTS / f"{name}.json").read_text("utf-8"))
    return found


def _machine(told: Mapping[str, Any]) -> str:
    return f"\nTaken on {told['cpus']} processors ({told['cpu']}), {told['memory_gib']} GiB.\n"


def _measured(layouts: Mapping[str, Any]) -> str:
    told = ["| | as migrated | keyed by account | in parts | from |\n|---|---|---|---|---|\n"]
    for what in ("rows", "keys", "log"):
        found = " | ".join(f"{layouts[name][f'{what}_bytes']:,}" for name in _LAYOUTS)
        told.append(f"| bytes of {what} a bill | {found} | `{RESULTS}/footprint.json` |\n")
    return "".join(told)


def _grown(name: str, found: Mapping[str, Any]) -> str:
    """Return the row of services a second, and how the time of one grew from few to many."""
    large, small = (found["sizes"][size] for size in ("large", "small"))
    return (
        f"| {_GROWTH[name]} a second, one connection, of {large['services']:,} |"
        f" {large['services_a_second']:,} | | | `{RESULTS}/{name}.json`: each took"
        f" {found['ratios']['seconds']:.2f} times as long as one of {small['services']:,} |\n"
    )


def _multiplied(layouts: Mapping[str, Any], rates: tuple[int, ...]) -> str:
    head = (
        "| services | keys | registers | half-hours | one worker | needed | disk a month"
        " | disk a year | log a month | log a second | parts |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        _row(services, words, layouts[name], rates)
        for services in SERVICES
        for name, words in (("plain", "as migrated"), ("by_account", "by account"), ("parts", _CUT))
    )


def _row(services: int, keys: str, layout: Mapping[str, Any], rates: tuple[int, ...]) -> str:
    kept = layout["rows_bytes"] + layout["keys_bytes"]
    month, year = services * kept, MONTHS * services * kept
    log = services * layout["log_bytes"]
    seconds = WINDOW_HOURS * 3600
    fields = (
        f"{services:,}",
        keys,
        *(f"{services / rate / 3600:.2f} h" for rate in (*rates, _WORKER)),
        f"{services / seconds:,.0f}",
        f"{month / 1e9:,.0f} GB",
        f"{year / 1e9:,.0f} GB",
        f"{log / 1e9:,.0f} GB",
        f"{log / seconds / 1e6:.1f} MB",
        f"{_parts(year)}" if keys == _CUT else "",
    )
    return f"| {' | '.join(fields)} |\n"


def _parts(year: float) -> int:
    parts = 1
    while year / parts > PART_BYTES:
        parts *= 2
    return parts
