"""How commands speak: results on stdout, progress on stderr, JSON when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import attrs
import typer
from rich.console import Console
from rich.table import Table

from energyretail.domain.shared import DomainError
from energyretail.entrypoints.problems import problem_of

__all__ = ["JsonOption", "Output", "show_error"]

JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


@attrs.frozen
class Output:
    """Where a command's words go; `settings_file` is what ``--settings`` named."""

    as_json: bool = False
    settings_file: Path | None = None

    @classmethod
    def of(cls, context: typer.Context, as_json: bool = False) -> Output:
        """Return the command's output: JSON when asked before or after the command's name."""
        found = context.find_object(cls) or cls()
        return attrs.evolve(found, as_json=found.as_json or as_json)

    @property
    def progress(self) -> Console:
        """The console for progress and remarks, on stderr."""
        return Console(stderr=True)

    def show(self, result: Mapping[str, Any], *, title: str = "") -> None:
        """Print a result: one JSON object, or a table of two columns."""
        if self.as_json:
            sys.stdout.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")
            return
        table = Table(title=title or None, show_header=False, title_justify="left")
        for name, value in result.items():
            table.add_row(name, str(value))
        Console().print(table)


def show_error(error: DomainError, *, as_json: bool) -> None:
    """Print an expected failure on stderr: one line, or the problem as JSON."""
    text = json.dumps(problem_of(error), ensure_ascii=False) if as_json else f"error: {error}"
    sys.stderr.write(" ".join(text.splitlines()) + "\n")
