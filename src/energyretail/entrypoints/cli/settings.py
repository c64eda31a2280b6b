"""``energyretail settings``: what the company has set, and whether it can be."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from energyretail.domain.shared import Invalid
from energyretail.entrypoints.cli.output import JsonOption, Output
from energyretail.entrypoints.settings import Settings

__all__ = ["app"]

app = typer.Typer(help="Look at the settings.", no_args_is_help=True)


@app.command("show")
def _show(context: typer.Context, as_json: JsonOption = False) -> None:
    """Print every setting in force; secrets are starred out."""
    output = Output.of(context, as_json)
    shown = Settings.load(output.settings_file).shown()
    if output.as_json:
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
    else:
        output.show(dict(_flat(shown)))


@app.command("check")
def _check(
    context: typer.Context,
    connect: Annotated[
        bool, typer.Option("--connect", help="Ask the database too: is it there, is it at head?")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check that a company can run with these settings; tell every mistake at once.

    Every setting is right, the database and every partner are named, every adapter of others
    can be made, and the API serves nobody it does not know.
    """
    output = Output.of(context, as_json)
    # Imported here: showing the settings needs no adapter.
    from energyretail.entrypoints.cli.settings_check import mistakes_of

    mistakes = mistakes_of(output.settings_file, connect=connect)
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        raise Invalid("settings.mistakes", "; ".join(str(each) for each in mistakes))
    output.show({"settings": "complete"} | ({"database": "at head"} if connect else {}))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
