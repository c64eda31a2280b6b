"""The pages of the tariff components: what each charges, its fields, and a bill of it."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from energyretail.domain import pricing
from energyretail.entrypoints.cli import rate
from generating import BY_HAND_NEVER
from generating.component_examples import EXAMPLES
from generating.component_fields import own_rows
from generating.names import annotation
from generating.names import default as default_of

__all__ = ["FILE", "FOLDER", "files"]

FILE: Final = "docs/reference/components.md"
FOLDER: Final = "docs/reference/components"
_WIDTH: Final = 100
_HEAD: Final = f"""# Tariff components

{BY_HAND_NEVER}

A tariff is a tuple of components; each drafts its lines of a bill. These are the kinds of
`energyretail.domain.pricing`, the rows of `COMPONENTS`, each with a page of its fields and a worked
example. The documents they stand in are [the tariff format](tariff-format.md), where the fields
that all have in common are too; how they are computed and rounded is told in
[pricing](pricing.md), and how to write one of your own in
[add a tariff component](../how-to/add-a-tariff-component.md).

| kind | class | charges |
|---|---|---|
"""


def files(_: Path) -> dict[str, str]:
    """Return the table of all kinds, and the page of each."""
    rows = [
        f"| [`{name}`](components/{name}.md) | `{kind.__name__}` | {_first(kind)} |"
        for name, kind in pricing.COMPONENTS.items()
    ]
    pages = {f"{FOLDER}/{name}.md": _page(name) for name in pricing.COMPONENTS}
    return {FILE: _HEAD + "\n".join(rows) + "\n", **pages}


def _page(name: str) -> str:
    kind = pricing.COMPONENTS[name]
    parts = [
        f"# {name}\n\n{BY_HAND_NEVER}",
        inspect.cleandoc(kind.__doc__ or ""),
        _says(kind),
        "## In a document",
        _in_document(name),
        "## An example",
        _example(name),
        "## What it refuses",
        _refuses(kind),
        "## In Python",
        f"`energyretail.domain.pricing.{kind.__name__}`",
        "\n".join(_in_python(kind)),
    ]
    return "\n\n".join(parts) + "\n"


def _says(kind: type[Any]) -> str:
    covered = inspect.cleandoc(kind.covers.__doc__ or "").rstrip(".")
    if kind.covers is pricing.Component.covers:
        covered = "price no energy"
    drafted = inspect.cleandoc(kind.draft.__doc__ or "")
    return f"Energy: {_lowered(covered)}. Lines: {_lowered(drafted)}"


def _in_document(name: str) -> str:
    common = (
        f'`"kind": "{name}"`, with the [fields of every component](../tariff-format.md#components)'
    )
    rows = list(own_rows(name))
    if not rows:
        return f"{common}. It has none of its own."
    head = "| field | holds | unless given | means |\n|---|---|---|---|\n"
    return f"{common}, and\n\n{head}" + "\n".join(rows)


def _example(name: str) -> str:
    example = EXAMPLES[name]
    document = _pretty(example.request)
    shown = _explained(example.request)
    command = "`energyretail rate example.json --explain` prints"
    return f"```json\n{document}\n```\n\n{command}\n\n```text\n{shown}```\n\n{example.says}"


def _explained(request: dict[str, Any]) -> str:
    """Return what the command prints."""
    out = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(out):
        file = Path(folder) / "example.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        rate.run(str(file), explain=True)
    return out.getvalue()


def _pretty(value: Any, indent: int = 0, before: int = 0) -> str:
    """Return JSON that takes a line of its own for what fits on one."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or indent + before + len(flat) < _WIDTH:
        return flat
    pad = " " * (indent + 1)
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            return _filled(value, indent)
        told = [_pretty(each, indent + 1) for each in value]
        return "[\n" + ",\n".join(pad + each for each in told) + f"\n{' ' * indent}]"
    named = [
        f'{pad}"{name}": {_pretty(each, indent + 1, len(name) + 4)}' for name, each in value.items()
    ]
    return "{\n" + ",\n".join(named) + f"\n{' ' * indent}}}"


def _filled(texts: list[str], indent: int) -> str:
    lines = [""]
    for text in texts:
        if len(lines[-1]) + len(text) + indent + 6 > _WIDTH:
            lines.append("")
        lines[-1] += f'"{text}", '
    pad = " " * (indent + 1)
    told = "\n".join(pad + line.rstrip() for line in lines).rstrip(",")
    return f"[\n{told}\n{' ' * indent}]"


def _refuses(kind: type[Any]) -> str:
    codes = sorted(set(_codes(kind)))
    told = ", ".join(f"`{code}`" for code in codes)
    first = f"{told}.\n\n" if told else ""
    return (
        f"{first}What every document\nand every bill may be refused for is in "
        "[what is refused](../tariff-format.md#what-is-refused),\nand what each code says in "
        "[error codes](../errors.md)."
    )


def _codes(kind: type[Any]) -> Iterator[str]:
    """Yield the codes that its docstrings name after the word raises."""
    texts = [each.__doc__ or "" for each in kind.__mro__ if issubclass(each, pricing.Component)]
    texts += [
        getattr(kind, name).__doc__ or ""
        for name in dir(kind)
        if inspect.isroutine(getattr(kind, name)) and not name.startswith("_")
    ]
    for text in texts:
        _, found, after = text.partition("aises Invalid")
        for code in re.findall(r"``(?:pricing\.)?([a-z_]+)``", after if found else ""):
            yield f"pricing.{code}"


def _in_python(kind: type[Any]) -> Iterator[str]:
    yield from ("| field | type | unless given |", "|---|---|---|")
    for field in attrs.fields(kind):
        default = "required" if field.default is attrs.NOTHING else f"`{default_of(field.default)}`"
        yield f"| `{field.name}` | `{_cell(annotation(field.type))}` | {default} |"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _first(kind: type[Any]) -> str:
    return _cell(inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " "))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
