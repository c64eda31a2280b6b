"""The tasks a worker knows, each one use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from energyretail.application.operations import RELAY_TASK, STEP_TASK
from energyretail.application.shared import Channel
from energyretail.entrypoints.container import Container

__all__ = ["tasks_of"]


def tasks_of(container: Container) -> Mapping[str, Callable[..., None]]:
    """Return the tasks by name; a job's arguments are text and become values here."""
    run_step = container.run_step()
    relay = container.relay()

    def day_step(day: str, step: str) -> None:
        run_step(date.fromisoformat(day), step)

    def relay_channel(channel: str) -> None:
        relay.run(Channel(channel))

    return {STEP_TASK: day_step, RELAY_TASK: relay_channel}
