"""Bounds on what a block of Python may take, kept by a watch beside it."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

from energyretail.domain.shared import Refused

__all__ = ["OverBoundError", "bounded", "out_of_memory", "out_of_time"]

_LOOK_SECONDS: Final = 0.05
_STATM: Final = Path("/proc/self/statm")
_ARRIVES_SECONDS: Final = 1.0


class OverBoundError(BaseException):
    """What ends a block. No `Exception`: nobody on its way takes it for one of his own."""


class _OutOfTimeError(OverBoundError):
    """The block took too long."""


class _OutOfMemoryError(OverBoundError):
    """The block took too much memory."""


def _waits_for_nobody() -> bool:
    return False


def _nothing(_: int) -> None:
    """Give up nothing: nobody is waited for."""


@contextmanager
def bounded(
    *,
    seconds: float,
    bytes_more: int,
    is_waiting: Callable[[], bool] = _waits_for_nobody,
    give_up: Callable[[int], None] = _nothing,
) -> Iterator[None]:
    """End the block after so many seconds, or once the process has grown by so many bytes.

    Whatever runs in Python is ended at its next step; a single call into C ends when it returns.
    While it `is_waiting` for somebody who gives up by himself, such as a database, it is left to
    that for as many seconds again: what is ended in the middle of an answer is of no more use.
    Where that takes too much memory it is ended by `give_up`, told `bytes_more`: it makes whoever
    waits raise, now or when it waits again.
    Memory is that of all threads of the process, where the system tells it. Raises Refused
    ``operations.bounds.time``, ``operations.bounds.memory``.
    """
    until = time.monotonic() + seconds
    watch = _Watch(
        threading.get_ident(),
        until,
        until + seconds,
        bytes_more,
        _resident() + bytes_more,
        is_waiting,
        give_up,
    )
    thread = threading.Thread(target=watch.look, daemon=True)
    thread.start()
    done = False
    try:
        try:
            yield
            done = True
        except OverBoundError:
            watch.arrived = True
            raise
        finally:
            watch.end()
    except OverBoundError as over:
        # What arrives when the block has ended is too late: it did what it should.
        if not done:
            raise _refused(over, seconds, bytes_more) from None
    except Exception as error:
        if watch.gave_up:
            raise out_of_memory(bytes_more) from error
        raise


def _refused(over: BaseException, seconds: float, bytes_more: int) -> Refused:
    if isinstance(over, _OutOfTimeError):
        return out_of_time(seconds)
    return out_of_memory(bytes_more)


def out_of_memory(bytes_more: int) -> Refused:
    """Return what is raised for a block by which the process grew by more bytes."""
    return Refused("operations.bounds.memory", "it took more memory than it may", bytes=bytes_more)


def out_of_time(seconds: float) -> Refused:
    """Return what is raised for a block that took longer than so many seconds."""
    return Refused("operations.bounds.time", "it took longer than it may", seconds=seconds)


@attrs.define
class _Watch:
    victim: int
    until: float
    at_last: float
    bytes_more: int
    bytes_most: int
    is_waiting: Callable[[], bool]
    give_up: Callable[[int], None]
    gave_up: bool = False
    arrived: bool = False
    _over: threading.Event = attrs.field(factory=threading.Event)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)
    _sent: bool = False

    def look(self) -> None:
        """Look again and again until the block is over, or is to be ended."""
        while not self._over.wait(_LOOK_SECONDS):
            error = self._over_bound()
            if error is None:
                continue
            # Asked last: from here to the sending this thread alone runs, as a rule.
            if time.monotonic() > self.at_last or not self.is_waiting():
                self._send(error)
                return
            if error is _OutOfMemoryError:
                self._have_given_up()

    def _have_given_up(self) -> None:
        """Have what is waited for given up, unless the block is over: `end` waits for this."""
        with self._lock:
            if not self._over.is_set():
                self.gave_up = True
                self.give_up(self.bytes_more)

    def _over_bound(self) -> type[OverBoundError] | None:
        if _resident() > self.bytes_most:
            return _OutOfMemoryError
        return _OutOfTimeError if time.monotonic() > self.until else None

    def end(self) -> None:
        """Send nothing from now on; what is on its way arrives here at the latest."""
        self._over.set()
        with self._lock:
            under_way = self._sent and not self.arrived
        if under_way:
            until = time.monotonic() + _ARRIVES_SECONDS
            while time.monotonic() < until:
                pass

    def _send(self, error: type[BaseException]) -> None:
        with self._lock:
            if not self._over.is_set():
                self._sent = True
                thread = ctypes.c_ulong(self.victim)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(error))


def _resident() -> int:
    """Return the bytes of the process in memory; zero where the system does not tell."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
