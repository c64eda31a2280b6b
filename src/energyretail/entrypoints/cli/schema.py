"""``energyretail schema``: prints the descriptions of what others send us and ask of us."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import typer

from energyretail.adapters import tariff_json
from energyretail.application.imports import data_package
from energyretail.entrypoints.cli.lazy import load

__all__ = ["app"]

app = typer.Typer(help="Print machine-readable descriptions.", no_args_is_help=True)


@app.callback()
def _begin() -> None:
    """Print machine-readable descriptions."""


@app.command("openapi")
def openapi() -> None:
    """Print the description of the HTTP API: OpenAPI 3.1 as JSON."""
    description = load("schema openapi", "energyretail.entrypoints.api.app:description")
    _show(description())


@app.command("import")
def portfolio_files() -> None:
    """Print the description of the files that `import` takes: a Data Package as JSON."""
    _show(data_package())


@app.command("tariff")
def tariff() -> None:
    """Print the description of a tariff document: JSON Schema 2020-12."""
    _show(tariff_json.tariff_schema())


@app.command("rate")
def request() -> None:
    """Print the description of what `rate` takes: JSON Schema 2020-12."""
    _show(tariff_json.request_schema())


@app.command("usage")
def usage() -> None:
    """Print the description of what `take usage` takes: JSON Schema 2020-12."""
    _show(tariff_json.usage_schema())


@app.command("figures")
def figures() -> None:
    """Print the description of what `take figures` takes: JSON Schema 2020-12."""
    _show(tariff_json.figures_schema())


def _show(description: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(description, indent=2, ensure_ascii=False) + "\n")
