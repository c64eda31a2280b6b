"""Builds the API of a company from its settings, for the server's processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
from litestar.concurrency import set_asyncio_executor
from litestar.types import ASGIApp

from energyretail.adapters.postgres.database import Limits
from energyretail.adapters.postgres.health import PostgresHealth
from energyretail.domain.shared import Invalid
from energyretail.entrypoints.api.app import create_app
from energyretail.entrypoints.api.company import use_cases_over
from energyretail.entrypoints.api.draining import Draining
from energyretail.entrypoints.api.threads import Threads
from energyretail.entrypoints.api.use_cases import ApiUseCases
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.logs import configure_logs
from energyretail.entrypoints.settings import Settings

__all__ = ["application", "use_cases_of"]


def application() -> ASGIApp:
    """Return the application for the settings of the environment; a server calls it once."""
    configure_logs()
    settings = Settings.load()
    draining = Draining(drain_s=settings.api.drain_s)
    threads = Threads(settings.api.threads, wait_s=settings.api.lock_s)
    # Asked of it is no more than any executor does.
    set_asyncio_executor(threads)  # type: ignore[arg-type]
    limits = Limits(lock_s=settings.api.lock_s, statement_s=settings.api.statement_s)
    # A connection for every thread, and an end to all waiting; only who cuts a bill run takes more.
    container = container_of(settings, pool_size=settings.api.threads, limits=limits)
    use_cases = use_cases_of(container)
    checks = use_cases.readiness
    token = settings.api.token
    app = create_app(
        attrs.evolve(use_cases, readiness=lambda: draining.readiness(checks())),
        token=token.get_secret_value() if token else None,
    )
    return draining.before(threads.before(app))


def use_cases_of(container: Container) -> ApiUseCases:
    """Return what the API can do out of the container; raises Invalid without a database."""
    settings: Settings = container.settings()
    if settings.database_url is None:
        raise Invalid("settings.missing", "not set", keys="database_url")
    return use_cases_over(container, readiness=_readiness(settings.database_url.get_secret_value()))


def _readiness(url: str) -> Callable[[], Mapping[str, bool]]:
    health = PostgresHealth(url)
    return lambda: attrs.asdict(health())
