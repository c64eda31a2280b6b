"""The tasks a worker knows, each one use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from energyretail.application.operations import DAY_TASK, RELAY_TASK
from energyretail.application.shared import Channel
from energyretail.entrypoints.container import Container
from energyretail.entrypoints.logs import logged

__all__ = ["tasks_of"]


def tasks_of(container: Container) -> Mapping[str, Callable[..., None]]:
    """Return the tasks by name; a job's arguments are text and become values here."""
    walk_day = container.walk_day()
    relay = container.relay()

    def business_day(day: str) -> None:
        walk_day(date.fromisoformat(day))

    def relay_channel(channel: str) -> None:
        relay.run(Channel(channel))

    return {
        DAY_TASK: logged(DAY_TASK, business_day),
        RELAY_TASK: logged(RELAY_TASK, relay_channel),
    }
