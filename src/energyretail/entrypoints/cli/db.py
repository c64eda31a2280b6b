"""The commands that look after the database's schema."""

from __future__ import annotations

from typing import Annotated

import typer

from energyretail.adapters.postgres.migrations import Status, status, upgrade
from energyretail.entrypoints.cli.output import JsonOption, Output

__all__ = ["app"]

app = typer.Typer(help="Look after the database.", no_args_is_help=True)

UrlOption = Annotated[
    str,
    typer.Option(
        "--url",
        envvar="DATABASE_URL",
        help="The database, as postgresql://user:password@host:port/name.",
    ),
]


@app.command("upgrade")
def upgrade_schema(context: typer.Context, url: UrlOption, as_json: JsonOption = False) -> None:
    """Bring the database's schema up to this version; harmless when it is there already."""
    _show(upgrade(url), Output.of(context, as_json))


@app.command("status")
def show_status(context: typer.Context, url: UrlOption, as_json: JsonOption = False) -> None:
    """Tell which revision the database is at and which this version wants."""
    _show(status(url), Output.of(context, as_json))


def _show(found: Status, output: Output) -> None:
    up_to_date = found.current == found.head
    output.show({"current": found.current, "head": found.head, "up_to_date": up_to_date})
