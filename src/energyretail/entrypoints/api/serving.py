"""Builds the API of a company from its settings, for the server's processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from litestar import Litestar

from energyretail.adapters.postgres.migrations import status
from energyretail.domain.shared import DomainError, Invalid
from energyretail.entrypoints.api.app import create_app
from energyretail.entrypoints.api.use_cases import ApiUseCases
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.logs import configure_logs
from energyretail.entrypoints.settings import Settings

__all__ = ["application", "use_cases_of"]


def application() -> Litestar:
    """Return the application for the settings of the environment; a server calls it once."""
    configure_logs()
    return create_app(use_cases_of(container_of(Settings.load())))


def use_cases_of(container: Container) -> ApiUseCases:
    """Return what the API can do out of the container; raises Invalid without a database."""
    settings: Settings = container.settings()
    if settings.database_url is None:
        raise Invalid("settings.missing", "not set", keys="database_url")
    return ApiUseCases(
        price_bill=container.price_bill(),
        quote_supply=container.quote_supply(),
        accept_quote=container.accept_quote(),
        invoice=container.invoice_by_number(),
        invoice_names=container.invoice_names(),
        explain_invoice=container.explain_invoice(),
        readiness=_readiness(settings.database_url.get_secret_value()),
    )


def _readiness(url: str) -> Callable[[], Mapping[str, bool]]:
    def readiness() -> Mapping[str, bool]:
        try:
            found = status(url)
        except DomainError:
            return {"database": False, "migrations": False}
        return {"database": True, "migrations": found.current == found.head}

    return readiness
