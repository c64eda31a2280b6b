"""The page of every process that is a table, with a drawing of each."""

from __future__ import annotations

import enum
import inspect
from pathlib import Path
from typing import Any, Final

from energyretail.domain.shared import TransitionTable
from generating import BY_HAND_NEVER
from generating.drawing import drawn
from generating.names import public, public_modules

__all__ = ["FILE", "files", "tables"]

FILE: Final = "docs/reference/transitions.md"
_HEAD: Final = f"""# Transitions

{BY_HAND_NEVER}

Each process below is a `TransitionTable`: what has no row is refused with the code of the table.
A table is walked in Python as [use the library](../how-to/use-the-library.md) shows.

| table | in Python | states | refuses with |
|---|---|---|---|
"""

Table = TransitionTable[enum.Enum, enum.Enum]


def tables() -> dict[str, Table]:
    """Return every table of the domain by its public name."""
    return {
        f"{module.__name__}.{name}": value
        for module in public_modules()
        if module.__name__.startswith("energyretail.domain.")
        for name, value in public(module).items()
        if isinstance(value, TransitionTable)
    }


def files(_: Path) -> dict[str, str]:
    """Return the page and its drawings."""
    found = tables()
    rows = [_row(name, table) for name, table in found.items()]
    parts = [_part(table) for table in found.values()]
    page = _HEAD + "\n".join(rows) + "\n\n" + "\n".join(parts)
    drawings = {f"docs/reference/{_drawing(table)}": drawn(table) for table in found.values()}
    return {FILE: page, **drawings}


def _row(name: str, table: Table) -> str:
    anchor = table.name.replace(".", "")
    states = len(type(table.initial))
    return f"| [{table.name}](#{anchor}) | `{name}` | {states} | `{table.name}.not_allowed` |"


def _part(table: Table) -> str:
    states: type[Any] = type(table.initial)
    finals = ", ".join(_said(each) for each in states if each in table.finals()) or "none"
    lines = [
        f"## {table.name}",
        "",
        inspect.cleandoc(states.__doc__ or ""),
        f"Begins {_said(table.initial)}; final: {finals}.",
        "",
        f"![The transitions of {table.name}, as the table below]({_drawing(table)})",
        "",
        "| in state | on | becomes | because |",
        "|---|---|---|---|",
    ]
    for row in table.rows:
        source, trigger, target = (_said(each) for each in (row.source, row.trigger, row.target))
        lines.append(f"| {source} | {trigger} | {target} | {row.rule} |")
    return "\n".join(lines) + "\n"


def _said(value: enum.Enum) -> str:
    return str(value.value).replace("_", " ")


def _drawing(table: Table) -> str:
    return f"transitions/{table.name}.svg"
