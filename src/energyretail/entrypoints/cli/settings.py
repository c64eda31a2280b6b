"""``energyretail settings``: what the company has set, and whether it can be."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import typer

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
def _check(context: typer.Context, as_json: JsonOption = False) -> None:
    """Check that every setting is right, every partner is named and every adapter can be made."""
    output = Output.of(context, as_json)
    settings = Settings.load(output.settings_file)
    # Imported here: showing the settings needs no adapter.
    from energyretail.entrypoints import partners

    partners.check(settings)
    output.show({"settings": "complete"})


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
