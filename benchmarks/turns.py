"""What benchmarks share that measure by turns: their options, the turns, and the table of rates."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import copying
import figures

__all__ = ["DRAWN", "in_turns", "options", "outcome", "table"]

DRAWN: Final = "drawn"
"""The database that is drawn once and copied for each turn."""


def options(
    about: str | None,
    *,
    sizes: Mapping[str, tuple[int, str]],
    bar: float,
    seed: str,
    pairs: int = 5,
) -> argparse.ArgumentParser:
    """Return a parser of the options all have; `sizes` are numbers by name, and what they say."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0] if about else None)
    for name, (default, says) in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=says)
    parser.add_argument("--pairs", type=int, default=pairs, help="turns of each")
    parser.add_argument("--seed", type=int, default=1, help=seed)
    parser.add_argument("--bar", type=float, default=bar, help="fail below this ratio")
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def in_turns(
    url: str, pairs: int, whats: Mapping[str, Callable[[str], float]]
) -> dict[str, list[float]]:
    """Do each in a copy of what was drawn, in turns of both orders; return what they tell.

    A first pair warms up. Each is given the URL of its copy and returns seconds.
    """
    took: dict[str, list[float]] = {name: [] for name in whats}
    for turn in range(-1, pairs):
        for name in whats if turn % 2 else reversed(whats):
            with copying.copied(url, DRAWN) as copy:
                found = whats[name](copy)
            if turn >= 0:
                took[name].append(found)
    return took


def outcome(asked: argparse.Namespace, found: dict[str, Any], unit: str) -> int:
    """Print what was found and return 0 if it reaches the bar."""
    told = found | {"bar": asked.bar}
    figures.told(told, table(told, unit), asked.out)
    return figures.judged(told, found["benchmark"])


def table(found: Mapping[str, Any], unit: str) -> str:
    """Return what was found as a few lines."""
    rows = [f"{name:8} {rate:8} {unit}" for name, rate in found["bills_a_second"].items()]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in sorted(found["ratios"]))
    rows.append(f"ratio {found['ratio']:.2f} (median of {ratios}; bar {found['bar']})")
    return "\n".join(rows)
