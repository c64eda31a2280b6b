"""Bounds on what a block of Python may take, kept by a watch beside it."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

from energyretail.domain.shared import Refused

__all__ = ["bounded"]

_LOOK_SECONDS: Final = 0.05
_STATM: Final = Path("/proc/self/statm")
_ARRIVES_SECONDS: Final = 1.0


class _OutOfTimeError(BaseException):
    """No `Exception`: nobody between here and there takes it for one of his own."""


class _OutOfMemoryError(BaseException):
    """Likewise."""


@contextmanager
def bounded(*, seconds: float, bytes_more: int) -> Iterator[None]:
    """End the block after so many seconds, or once the process has grown by so many bytes.

    Whatever runs in Python is ended at its next step; a single call into C, such as a statement
    the database does not answer, ends when it returns. Memory is that of all threads of the
    process, where the system tells it. Raises Refused ``operations.bounds.time``,
    ``operations.bounds.memory``.
    """
    watch = _Watch(threading.get_ident(), time.monotonic() + seconds, _resident() + bytes_more)
    thread = threading.Thread(target=watch.look, daemon=True)
    thread.start()
    done = False
    try:
        try:
            yield
            done = True
        except (_OutOfTimeError, _OutOfMemoryError):
            watch.arrived = True
            raise
        finally:
            watch.end()
    except (_OutOfTimeError, _OutOfMemoryError) as over:
        # What arrives when the block has ended is too late: it did what it should.
        if not done:
            raise _refused(over, seconds, bytes_more) from None


def _refused(over: BaseException, seconds: float, bytes_more: int) -> Refused:
    if isinstance(over, _OutOfTimeError):
        return Refused("operations.bounds.time", "it took longer than it may", seconds=seconds)
    return Refused("operations.bounds.memory", "it took more memory than it may", bytes=bytes_more)


@attrs.define
class _Watch:
    victim: int
    until: float
    bytes_most: int
    arrived: bool = False
    _over: threading.Event = attrs.field(factory=threading.Event)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)
    _sent: bool = False

    def look(self) -> None:
        """Look again and again until the block is over, or is to be ended."""
        while not self._over.wait(_LOOK_SECONDS):
            if time.monotonic() > self.until:
                self._send(_OutOfTimeError)
            elif _resident() > self.bytes_most:
                self._send(_OutOfMemoryError)
            else:
                continue
            return

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
