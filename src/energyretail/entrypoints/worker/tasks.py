"""The tasks a worker knows, each one use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import structlog

from energyretail.application.operations import (
    CHUNK_TASK,
    DAY_TASK,
    RELAY_TASK,
    OpenDayInTime,
)
from energyretail.application.shared import Channel
from energyretail.entrypoints.container import Container
from energyretail.entrypoints.logs import logged
from energyretail.entrypoints.worker.garbage import collect_young

__all__ = ["bill_chunk_of", "given_up_of", "opens_days_of", "tasks_of"]


def tasks_of(container: Container) -> Mapping[str, Callable[..., None]]:
    """Return the tasks by name; a job's arguments are text and become values here."""
    walk_day = container.walk_day()
    relay = container.relay()

    def business_day(day: str) -> None:
        walk_day(date.fromisoformat(day))

    def relay_channel(channel: str) -> None:
        relay.run(Channel(channel))

    return {
        CHUNK_TASK: bill_chunk_of(container),
        DAY_TASK: logged(DAY_TASK, business_day),
        RELAY_TASK: logged(RELAY_TASK, relay_channel),
    }


def bill_chunk_of(container: Container) -> Callable[..., None]:
    """Return the task that bills a chunk of a run; its log says what came of it."""
    bill = container.bill_run_chunk()
    log = structlog.get_logger()

    def bill_chunk(run: str, chunk: str) -> None:
        try:
            result = bill(int(run), int(chunk))
        finally:
            collect_young()
        if result is None:
            log.info("nothing to bill")
            return
        log.info(
            "billed",
            issued=result.issued,
            held=result.held,
            parked=result.parked,
            why=dict(result.why),
            one_by_one=dict(result.one_by_one),
            milliseconds=result.took_ms,
        )

    return logged(CHUNK_TASK, bill_chunk)


def opens_days_of(container: Container) -> Callable[[], None]:
    """Return what opens the business day that is due, if the settings say from when on days are."""
    open_in_time: OpenDayInTime = container.open_day_in_time()
    log = structlog.get_logger()

    def open_days() -> None:
        if (day := open_in_time()) is not None:
            log.info("day opened", day=day.isoformat())

    return open_days


def given_up_of(
    container: Container,
) -> Mapping[str, Callable[[Mapping[str, str], Exception], None]]:
    """Return what is to be done when a job is given up, by the name of its task."""
    give_up = container.give_up_chunk()

    def bill_chunk(arguments: Mapping[str, str], error: Exception) -> None:
        give_up(int(arguments["run"]), int(arguments["chunk"]), error)

    return {CHUNK_TASK: bill_chunk}
