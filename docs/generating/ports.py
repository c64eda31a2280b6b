"""The page of every port: the suite that proves it, its twin in memory, the real adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from energyretail.testing.ports import PORTS, WITHOUT_A_SUITE, ProvenPort
from generating import BY_HAND_NEVER

__all__ = ["FILE", "files"]

FILE: Final = "docs/reference/ports.md"


def files(_: Path) -> dict[str, str]:
    """Return the page."""
    lines = [
        "# Ports and their suites",
        "",
        BY_HAND_NEVER,
        "",
        "Each suite runs over both adapters in `tests/conformance`. How to run it over yours:",
        "[what ships for tests](testing.md). Where there is no twin, the port is a pure function.",
        "",
        "| port, below `energyretail.application` | suite, below `energyretail.testing.conformance`"
        " | in memory | for real, below `energyretail.adapters` |",
        "|---|---|---|---|",
        *sorted(_row(row) for row in PORTS),
        "",
        "## Protocols no adapter implements",
        "",
        "| protocol | why |",
        "|---|---|",
        *(f"| `{_below(name, 'application')}` | {why} |" for name, why in WITHOUT_A_SUITE.items()),
        "",
    ]
    return {FILE: "\n".join(lines)}


def _row(row: ProvenPort) -> str:
    suite = row.suite.removeprefix("energyretail.testing.conformance.")
    memory = f"`{row.memory.rpartition(':')[2]}`" if row.memory else ""
    real = _below(row.real, "adapters")
    return f"| `{_below(row.port, 'application')}` | `{suite}` | {memory} | `{real}` |"


def _below(name: str, layer: str) -> str:
    return name.removeprefix(f"energyretail.{layer}.")
