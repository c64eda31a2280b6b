"""``energyretail schema``: prints the descriptions of what others send us and ask of us."""

from __future__ import annotations

import json
import sys

import typer

from energyretail.application.imports import data_package
from energyretail.entrypoints.api.app import description

__all__ = ["app"]

app = typer.Typer(help="Print machine-readable descriptions.", no_args_is_help=True)


@app.callback()
def _begin() -> None:
    """Print machine-readable descriptions."""


@app.command("openapi")
def openapi() -> None:
    """Print the description of the HTTP API: OpenAPI 3.1 as JSON."""
    sys.stdout.write(json.dumps(description(), indent=2, ensure_ascii=False) + "\n")


@app.command("import")
def portfolio_files() -> None:
    """Print the description of the files that `import` takes: a Data Package as JSON."""
    sys.stdout.write(json.dumps(data_package(), indent=2, ensure_ascii=False) + "\n")
