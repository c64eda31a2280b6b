"""Names every method of a path in the Allow header."""

from __future__ import annotations

from typing import Final

from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["AllowedMethods"]

_HEADER: Final = "Allow"


class AllowedMethods(ASGIMiddleware):
    """Puts right the answer to OPTIONS: the framework names the methods of one handler alone."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer with the methods."""

        if scope["type"] != ScopeType.HTTP or scope["method"] != "OPTIONS":
            await next_app(scope, receive, send)
            return

        async def send_with_methods(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                MutableScopeHeaders.from_message(message)[_HEADER] = _methods(scope)
            await send(message)

        await next_app(scope, receive, send_with_methods)


def _methods(scope: Scope) -> str:
    app: Litestar = scope["litestar_app"]
    template = scope["path_template"]
    found = {
        method
        for route in app.routes
        if route.path_format == template
        for method in getattr(route, "methods", ())
    }
    return ", ".join(sorted(found))
