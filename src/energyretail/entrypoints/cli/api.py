"""``energyretail api``: serves the HTTP API."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from granian import Granian
from granian.constants import Interfaces

from energyretail.domain.shared import Invalid
from energyretail.entrypoints.cli.output import Output
from energyretail.entrypoints.settings import Settings

__all__ = ["run"]


def run(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address; else that of the settings.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; else that of the settings.")] = None,
) -> None:
    """Serve the HTTP API until SIGTERM; requests under way are finished first."""
    settings = Settings.load(Output.of(context).settings_file)
    if settings.database_url is None:
        raise Invalid("settings.missing", "not set", keys="database_url")
    # The server's processes read their settings themselves: give them these very ones.
    os.environ.update(settings.environment())
    Granian(
        "energyretail.entrypoints.api.serving:application",
        address=host or settings.api.host,
        port=settings.api.port if port is None else port,
        interface=Interfaces.ASGI,
        workers=settings.api.workers,
        factory=True,
        log_access=False,
    ).serve()
