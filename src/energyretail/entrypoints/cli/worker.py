"""``energyretail worker``: runs jobs and relays the outbox."""

from __future__ import annotations

import typer

from energyretail.adapters.postgres.database import POOL_SIZE
from energyretail.domain.shared import Invalid
from energyretail.entrypoints.cli.output import Output
from energyretail.entrypoints.container import container_of
from energyretail.entrypoints.logs import configure_logs
from energyretail.entrypoints.settings import Settings
from energyretail.entrypoints.worker import collect_seldom, run_worker
from energyretail.entrypoints.worker.tasks import given_up_of, opens_days_of, tasks_of

__all__ = ["run"]


def run(context: typer.Context) -> None:
    """Run jobs and relay the outbox until SIGTERM."""
    configure_logs()
    collect_seldom()
    settings = Settings.load(Output.of(context).settings_file)
    settings.require_partners()
    if settings.database_url is None:
        raise Invalid("settings.missing", "not set", keys="database_url")
    # A job has a transaction open, and a moment beside it another.
    pool_size = max(POOL_SIZE, 2 * settings.worker.concurrency)
    container = container_of(settings, pool_size=pool_size)
    run_worker(
        settings.database_url.get_secret_value(),
        tasks_of(container),
        concurrency=settings.worker.concurrency,
        heartbeat_s=settings.worker.heartbeat_s,
        given_up=given_up_of(container),
        tick=opens_days_of(container),
    )
