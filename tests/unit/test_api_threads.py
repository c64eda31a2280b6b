"""The threads of the API: who waits for whom, for how long, and what is given up."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from energyretail.domain.shared import Fault
from energyretail.entrypoints.api.threads import Threads

WAIT_SECONDS = 0.3


class Served:
    """Requests of some method that each do one thing in a thread."""

    def __init__(self, threads: Threads):
        self._threads = threads

    async def __call__(self, method: str, act: Any) -> Any:
        found: list[Any] = []

        async def app(*_: Any) -> None:
            found.append(await asyncio.get_running_loop().run_in_executor(self._threads, act))

        scope: Any = {"type": "http", "method": method}
        nobody: Any = None
        await self._threads.before(app)(scope, nobody, nobody)
        return found[0]


def test_changes_that_wait_keep_nobody_from_reading_and_are_given_up() -> None:
    gate, begun = threading.Event(), []

    def wait() -> str:
        begun.append(True)
        gate.wait(10)
        return "changed"

    async def story() -> tuple[list[Any], list[Any]]:
        served = Served(Threads(4, wait_s=WAIT_SECONDS))
        changes = [asyncio.create_task(served("POST", wait)) for _ in range(5)]
        await asyncio.sleep(0)
        reads = [await served(method, lambda: "read") for method in ("GET", "HEAD", "OPTIONS")]
        await asyncio.sleep(2 * WAIT_SECONDS)
        gate.set()
        return reads, await asyncio.gather(*changes, return_exceptions=True)

    reads, changed = asyncio.run(story())

    assert reads == ["read"] * 3
    assert changed[:2] == ["changed"] * 2
    assert [each.code for each in changed[2:] if isinstance(each, Fault)] == ["postgres.busy"] * 3
    assert len(begun) == 2


def test_what_somebody_asked_who_went_away_is_not_begun() -> None:
    gate, begun = threading.Event(), []

    async def story() -> None:
        served = Served(Threads(2, wait_s=10))
        first = asyncio.create_task(served("POST", gate.wait))
        await asyncio.sleep(0)
        second = asyncio.create_task(served("POST", lambda: begun.append(True)))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.sleep(0)
        gate.set()
        await first
        assert await served("POST", lambda: "next") == "next"

    asyncio.run(story())

    assert begun == []


def test_an_error_comes_back_to_who_asked() -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(Served(Threads(2, wait_s=1))("PATCH", fail))


def test_ends_when_all_is_done() -> None:
    threads = Threads(2, wait_s=1)
    threads.shutdown()

    with pytest.raises(RuntimeError):
        asyncio.run(Served(threads)("GET", lambda: None))
