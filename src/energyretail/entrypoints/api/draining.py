"""Lets a server's process go on serving for a while when it is told to end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Draining"]

_CLOSE: Final = (b"connection", b"close")


class Draining:
    """Stands before an ASGI application, and between SIGTERM and the server.

    SIGTERM makes the process draining: it says so to readiness, asks the client at each answer
    to close the connection, and goes on serving for `drain_s`. Then it sends itself SIGINT, by
    which the server stops in its own way: nothing new, and what is under way is finished.
    Whoever sends SIGINT skips the drain.
    """

    def __init__(self, *, drain_s: float):
        self._drain_s = drain_s
        self._draining = False

    @property
    def serving(self) -> bool:
        """Tell whether new requests are wanted."""
        return not self._draining

    def readiness(self, checks: Mapping[str, bool]) -> Mapping[str, bool]:
        """Return the checks and, among them, whether new requests are wanted."""
        return {**checks, "serving": self.serving}

    def before(self, app: ASGIApp) -> ASGIApp:
        """Return the application with this before it."""

        async def drained(scope: Scope, receive: Receive, send: Send) -> None:
            # Once in each process, in the loop that serves; Litestar's types leave it out.
            if scope["type"] == "lifespan":  # type: ignore[comparison-overlap]
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.begin)
                await app(scope, receive, send)
                return
            # Later versions of HTTP close a connection without a header.
            closing = self._draining and scope["http_version"].startswith("1")
            await app(scope, receive, self._closing(send) if closing else send)

        return drained

    def begin(self) -> None:
        """Begin to drain; a second time changes nothing."""
        if self._draining:
            return
        self._draining = True
        stop = (os.getpid(), signal.SIGINT)
        asyncio.get_running_loop().call_later(self._drain_s, os.kill, *stop)

    def _closing(self, send: Send) -> Send:
        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), _CLOSE]
            await send(message)

        return send_and_close
