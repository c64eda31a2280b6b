"""What every benchmark tells beside its figures: the machine, and ratios of one run."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import server

__all__ = ["RESULTS", "WARN_BELOW", "grown", "judged", "machine", "ratio_of", "told"]

RESULTS: Final = Path(__file__).parent / "results"
WARN_BELOW: Final = 0.85
"""A ratio this much worse than the last one kept is told as a warning."""


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    """Return the median over pairs of theirs by ours: of seconds, how near ours come to theirs."""
    ratios = [theirs_ / ours_ for ours_, theirs_ in zip(ours, theirs, strict=True)]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
    }


def machine() -> dict[str, Any]:
    """Return what a reader must know of the machine to read figures."""
    names = [
        line.partition(":")[2].strip()
        for line in _lines("/proc/cpuinfo")
        if line.startswith("model name")
    ]
    return {
        "cpu": names[0] if names else platform.machine(),
        "cpus": os.cpu_count(),
        "server": server.told(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_at_the_end": [round(each, 1) for each in os.getloadavg()],
    }


def judged(found: dict[str, Any], name: str) -> int:
    """Return 1 where a ratio is below its bar; warn where it is far below the one kept last."""
    kept = RESULTS / f"{name}.json"
    if kept.exists():
        last = json.loads(kept.read_text())["ratio"]
        if found["ratio"] < WARN_BELOW * last:
            sys.stderr.write(f"warning: {name} is {found['ratio']}, it was {last}\n")
    return 0 if found["ratio"] >= found["bar"] else 1


def grown(found: dict[str, Any], name: str) -> int:
    """Return 1 where a ratio is above its bar; warn where it is far above the one kept last."""
    kept = RESULTS / f"{name}.json"
    last = json.loads(kept.read_text())["ratios"] if kept.exists() else {}
    for what, ratio in found["ratios"].items():
        if ratio * WARN_BELOW > last.get(what, ratio):
            sys.stderr.write(f"warning: {what} of {name} is {ratio}, it was {last[what]}\n")
    return 0 if all(found["ratios"][what] <= bar for what, bar in found["bars"].items()) else 1


def told(found: dict[str, Any], table: str, out: Path | None) -> None:
    """Print a table and, as the last line, JSON; write the JSON to `out` if there is one."""
    if out:
        out.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
    sys.stdout.write(table + "\n" + json.dumps(found, sort_keys=True) + "\n")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
