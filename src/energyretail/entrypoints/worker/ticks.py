"""Does something again and again beside the jobs of a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

__all__ = ["tick_for_ever"]


async def tick_for_ever(tick: Callable[[], object], *, every_s: float) -> None:
    """Do `tick` in a thread, again every so many seconds; what it raises is logged and left."""
    log = structlog.get_logger()
    while True:
        try:
            await asyncio.to_thread(tick)
        except Exception as error:
            # It is no job: nobody would put it on the work list, and it comes again by itself.
            log.warning("tick failed", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_s)
