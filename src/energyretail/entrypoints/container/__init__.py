"""Who gets what: the only place that knows both a port and its adapter."""

from __future__ import annotations

from dependency_injector import providers

from energyretail.adapters.postgres.database import NO_LIMITS, POOL_SIZE, Limits
from energyretail.application.subscriptions import Reactions
from energyretail.entrypoints.container.walks import Walks
from energyretail.entrypoints.settings import Settings

__all__ = ["Container", "container_of"]


class Container(Walks):
    """Every use case with its ports, over one database and the partners of the settings."""


def container_of(
    settings: Settings, *, pool_size: int = POOL_SIZE, limits: Limits = NO_LIMITS
) -> Container:
    """Return the container of a company with these settings; nothing is opened yet.

    `pool_size` and `limits` are those of its `Database`.
    """
    container = Container(settings=settings, pool_size=pool_size, limits=limits)
    container.reactions.override(
        providers.Singleton(
            Reactions,
            follow_switches=container.follow_switches,
            register_mandate=container.register_mandate,
            request_switch=container.request_switch,
        )
    )
    return container
