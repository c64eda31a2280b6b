"""Sends GET requests over kept connections as fast as they are answered; a process of its own.

``python load.py PORT CONNECTIONS`` reads paths from its input, one a line, and prints how long
all took in JSON. Answers are counted and measured, their bodies not decoded.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import time
from collections.abc import Iterator

__all__ = ["main"]

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class _Caller(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(self, requests: Iterator[bytes], ended: asyncio.Future[None]):
        self._requests = requests
        self._ended = ended
        self._told = b""
        self.took: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._told += data
        head, end, body = self._told.partition(HEAD_END)
        if not end or len(body) < _length(head):
            return
        self.took.append(time.perf_counter() - self._began)
        if b" 200 " not in head[:16]:
            self._ended.set_exception(RuntimeError(head.decode("latin-1")))
            return
        self._told = b""
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(error or ConnectionError("closed by the server"))

    def _ask(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._ended.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(LENGTH):
            return int(line[len(LENGTH) :])
    raise ValueError("an answer without a length")


async def _load(port: int, connections: int, paths: list[str]) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    requests = iter(
        [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() for path in paths]
    )
    began = time.perf_counter()
    callers, ends = [], []
    for _ in range(connections):
        end = loop.create_future()
        _, caller = await loop.create_connection(
            functools.partial(_Caller, requests, end), "127.0.0.1", port
        )
        callers.append(caller)
        ends.append(end)
    await asyncio.gather(*ends)
    seconds = time.perf_counter() - began
    took = sorted(each for caller in callers for each in caller.took)
    return {
        "requests": len(took),
        "seconds": seconds,
        "median_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[len(took) * 99 // 100] * 1000,
    }


def main() -> None:
    """Load a server and print what came of it."""
    port, connections = (int(each) for each in sys.argv[1:])
    found = asyncio.run(_load(port, connections, sys.stdin.read().split()))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
