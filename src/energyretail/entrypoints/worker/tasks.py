"""The tasks a worker knows, each one use case."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date

import structlog

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

    return {
        STEP_TASK: _logged(STEP_TASK, day_step),
        RELAY_TASK: _logged(RELAY_TASK, relay_channel),
    }


def _logged(name: str, task: Callable[..., None]) -> Callable[..., None]:
    log = structlog.get_logger().bind(task=name)

    def run(**arguments: str) -> None:
        began = time.monotonic()
        try:
            with structlog.contextvars.bound_contextvars(**arguments):
                task(**arguments)
        except Exception as error:
            log.warning("failed", error=f"{type(error).__name__}: {error}", **arguments)
            raise
        milliseconds = round((time.monotonic() - began) * 1000)
        log.info("done", milliseconds=milliseconds, **arguments)

    return run
