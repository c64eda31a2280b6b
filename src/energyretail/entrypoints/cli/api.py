"""``energyretail api``: serves the HTTP API."""

from __future__ import annotations

import math
import os
import signal
from typing import Annotated

import typer
from granian import Granian
from granian.constants import Interfaces
from litestar.types import ASGIApp

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
        "energyretail",
        address=address,
        port=settings.api.port if port is None else port,
        interface=Interfaces.ASGI,
        workers=settings.api.workers,
        websockets=False,
        log_access=False,
        # Each process drains by itself; one that has not ended by then is killed.
        workers_kill_timeout=math.ceil(settings.api.drain_s + settings.api.shutdown_s),
    ).serve(target_loader=_application, wrap_loader=False)


def _application() -> ASGIApp:
    """Return the application of one of the server's processes."""
    # A process is a copy of the first one, whose handlers would swallow a signal meant for it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    # Imported in the process that serves: it opens its own connections.
    from energyretail.entrypoints.api.serving import application

    return application()


def _refuse_strangers(address: str, *, known: bool) -> None:
    """Raise Refused unless callers are asked for a token or come from this machine alone."""
    if not known and not is_local(address):
        raise Refused(
            "api.no_identity",
            "without api.token the API serves this machine alone",
            address=address,
        )
