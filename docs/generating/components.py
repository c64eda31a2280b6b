"""The page of the tariff components: what each charges and which fields it has."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Final

import attrs

from energyretail.domain import pricing
from generating import BY_HAND_NEVER
from generating.names import annotation
from generating.names import default as default_of

__all__ = ["FILE", "files"]

FILE: Final = "docs/reference/components.md"
_HEAD: Final = f"""# Tariff components

{BY_HAND_NEVER}

A tariff is a tuple of components; each drafts its lines of a bill. These are the kinds of
`energyretail.domain.pricing`, the rows of `COMPONENTS`. How they are computed and rounded stands in
[pricing](pricing.md); how to write one of your own, in
[add a tariff component](../how-to/add-a-tariff-component.md).

| name | class | charges |
|---|---|---|
"""


def files(_: Path) -> dict[str, str]:
    """Return the page."""
    rows = [
        f"| `{name}` | [`{kind.__name__}`](#{kind.__name__.lower()}) | {_first(kind)} |"
        for name, kind in pricing.COMPONENTS.items()
    ]
    parts = [_part(kind) for kind in pricing.COMPONENTS.values()]
    return {FILE: _HEAD + "\n".join(rows) + "\n\n" + "\n".join(parts)}


def _part(kind: type[Any]) -> str:
    lines = [f"## {kind.__name__}", "", inspect.cleandoc(kind.__doc__ or ""), ""]
    lines += [f"{_says(kind)}", "", "| field | type | unless given |", "|---|---|---|"]
    for field in attrs.fields(kind):
        default = "required" if field.default is attrs.NOTHING else f"`{default_of(field.default)}`"
        lines.append(f"| `{field.name}` | `{_cell(annotation(field.type))}` | {default} |")
    return "\n".join(lines) + "\n"


def _says(kind: type[Any]) -> str:
    covered = inspect.cleandoc(kind.covers.__doc__ or "").rstrip(".")
    drafted = inspect.cleandoc(kind.draft.__doc__ or "")
    return f"Energy: {_lowered(covered)}. Lines: {_lowered(drafted)}"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _first(kind: type[Any]) -> str:
    return _cell(inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " "))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
