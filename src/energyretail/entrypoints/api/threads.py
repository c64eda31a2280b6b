"""The threads that do the work of the API: as many for what changes something as for reading."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from typing import Any, Final, TypeVar

from litestar.types import ASGIApp, Receive, Scope, Send

from energyretail.domain.shared import Fault

__all__ = ["Threads"]

T = TypeVar("T")
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CHANGES: Final[ContextVar[bool]] = ContextVar("request-changes", default=False)


class _Pool:
    """Some threads, and a mark for each thing that waits for one or is done by one."""

    def __init__(self, count: int, name: str):
        self.count = count
        self.threads = ThreadPoolExecutor(count, thread_name_prefix=name)
        # Marks are put in by the loop and taken out by the threads: neither needs a lock.
        self.busy: deque[None] = deque()

    def do(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Do it and take its mark out."""
        try:
            return fn(*args, **kwargs)
        finally:
            self.busy.pop()


class Threads(Executor):
    """Half of `count` threads for requests that change something, the other half for reading.

    Callers who wait for one another's locks so keep nobody from reading. What has waited `wait_s`
    for a thread is given up: it raises Fault ``postgres.busy``, and nothing of it is done.
    """

    def __init__(self, count: int, *, wait_s: float):
        self._changing = _Pool(count // 2, "changing")
        self._reading = _Pool(count - count // 2, "reading")
        self._wait_s = wait_s

    def before(self, app: ASGIApp) -> ASGIApp:
        """Return the application with this before it, to see of what kind a request is."""

        async def sorted_(scope: Scope, receive: Receive, send: Send) -> None:
            _CHANGES.set(scope.get("method") not in _READING)
            await app(scope, receive, send)

        return sorted_

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Do something in a thread of the kind of the request the running loop is serving."""
        pool = self._changing if _CHANGES.get() else self._reading
        act = partial(pool.do, fn, *args, **kwargs)
        pool.busy.append(None)
        if len(pool.busy) <= pool.count:
            # A thread is free and begins at once: there is no wait to bound.
            return pool.threads.submit(act)
        asked: Future[T] = Future()
        begun = pool.threads.submit(_answer, asked, act, pool)
        asyncio.get_running_loop().call_later(self._wait_s, _give_up, begun, asked, pool)
        return asked

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more; with `wait` return when all is done."""
        for each in (self._changing, self._reading):
            each.threads.shutdown(wait, cancel_futures=cancel_futures)


def _answer(asked: Future[T], act: Callable[[], T], pool: _Pool) -> None:
    # Who asked may have gone away: then nothing is begun.
    if not asked.set_running_or_notify_cancel():
        pool.busy.pop()
        return
    try:
        asked.set_result(act())
    except BaseException as error:
        asked.set_exception(error)


def _give_up(begun: Future[None], asked: Future[Any], pool: _Pool) -> None:
    if not begun.cancel():
        return
    pool.busy.pop()
    if asked.set_running_or_notify_cancel():
        asked.set_exception(Fault("postgres.busy", "others keep the database busy"))
