"""``energyretail api``: serves the HTTP API."""

from __future__ import annotations

import ipaddress
import os
from typing import Annotated

import typer
from granian import Granian
from granian.constants import Interfaces

from energyretail.domain.shared import Invalid, Refused
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
    address = host or settings.api.host
    _refuse_strangers(address)
    # The server's processes read their settings themselves: give them these very ones.
    os.environ.update(settings.environment())
    Granian(
        "energyretail.entrypoints.api.serving:application",
        address=address,
        port=settings.api.port if port is None else port,
        interface=Interfaces.ASGI,
        workers=settings.api.workers,
        factory=True,
        log_access=False,
    ).serve()


def _refuse_strangers(address: str) -> None:
    """Raise Refused unless only this machine can reach `address`: nobody is asked who they are."""
    try:
        local = address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        local = False
    if not local:
        raise Refused(
            "api.no_identity", "the API knows no users yet: loopback alone", address=address
        )
