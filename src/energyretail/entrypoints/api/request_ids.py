"""Gives every request an id that its answer and our log both bear."""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADER", "RequestIds", "request_id_of"]

HEADER: Final = "X-Request-Id"
_KEY: Final = "energyretail.request_id"
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def request_id_of(scope: Scope) -> str:
    """Return the id of the request; a new one where no middleware gave one."""
    state = scope.setdefault("state", {})
    if _KEY not in state:
        given = dict(scope["headers"]).get(HEADER.lower().encode(), b"").decode("latin-1")
        state[_KEY] = given if _SHAPE.fullmatch(given) else f"req_{uuid4().hex}"
    return str(state[_KEY])


class RequestIds(ASGIMiddleware):
    """Puts the id on every answer; a caller's own id is kept when it has a harmless shape."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer with the id."""
        request_id = request_id_of(scope)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                MutableScopeHeaders.from_message(message)[HEADER] = request_id
            await send(message)

        await next_app(scope, receive, send_with_id)
