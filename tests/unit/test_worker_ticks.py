"""What a worker does beside its jobs comes again, whatever it raised."""

from __future__ import annotations

import asyncio
import threading
import time

from energyretail.entrypoints.worker.ticks import tick_for_ever


class TestTicks:
    def test_come_again_after_one_that_failed(self) -> None:
        done: list[int] = []

        def tick() -> None:
            done.append(len(done))
            if len(done) == 1:
                raise ZeroDivisionError

        async def some() -> None:
            ticks = asyncio.create_task(tick_for_ever(tick, every_s=0.001))
            while len(done) < 3:
                await asyncio.sleep(0.001)
            ticks.cancel()

        asyncio.run(asyncio.wait_for(some(), 10))

        assert done[:3] == [0, 1, 2]

    def test_are_ended_while_one_is_under_way(self) -> None:
        begun, ended = threading.Event(), threading.Event()

        def tick() -> None:
            begun.set()
            time.sleep(0.3)
            ended.set()

        async def some() -> None:
            ticks = asyncio.create_task(tick_for_ever(tick, every_s=60))
            while not begun.is_set():
                await asyncio.sleep(0.001)
            ticks.cancel()
            (found,) = await asyncio.gather(ticks, return_exceptions=True)
            assert isinstance(found, asyncio.CancelledError)

        asyncio.run(asyncio.wait_for(some(), 10))

        assert ended.is_set()
