"""``energyretail api``: serves the HTTP API."""

from __future__ import annotations

import math
import os
from typing import Annotated

import typer
from granian import Granian
from granian.constants import Interfaces

from energyretail.domain.shared import Invalid, Refused
from energyretail.entrypoints.cli.output import Output
from energyretail.entrypoints.settings import Settings, is_local

__all__ = ["run"]


def run(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address; else that of the settings.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; else that of the settings.")] = None,
) -> None:
    """Serve the HTTP API until SIGTERM; drain, then finish what is under way."""
    settings = Settings.load(Output.of(context).settings_file)
    if settings.database_url is None:
        raise Invalid("settings.missing", "not set", keys="database_url")
    address = host or settings.api.host
    _refuse_strangers(address, known=settings.api.token is not None)
    # The server's processes read their settings themselves: give them these very ones.
    os.environ.update(settings.environment())
    Granian(
        "energyretail.entrypoints.api.serving:application",
        address=address,
        port=settings.api.port if port is None else port,
        interface=Interfaces.ASGI,
        workers=settings.api.workers,
        factory=True,
        websockets=False,
        log_access=False,
        # Each process drains by itself; one that has not ended by then is killed.
        workers_kill_timeout=math.ceil(settings.api.drain_s + settings.api.shutdown_s),
    ).serve()


def _refuse_strangers(address: str, *, known: bool) -> None:
    """Raise Refused unless callers are asked for a token or come from this machine alone."""
    if not known and not is_local(address):
        raise Refused(
            "api.no_identity",
            "without api.token the API serves this machine alone",
            address=address,
        )
