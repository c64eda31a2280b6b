"""Asks every caller for the one token of the settings."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

import msgspec
from litestar.config.app import AppConfig
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins import InitPluginProtocol, ReceiveRoutePlugin
from litestar.response.base import ASGIResponse
from litestar.routes import BaseRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from energyretail.entrypoints.api.problems import MEDIA_TYPE, Problem
from energyretail.entrypoints.api.request_ids import request_id_of
from energyretail.entrypoints.problems import TYPE_PREFIX

__all__ = ["OPEN_TO_ALL", "TokenIdentity"]

OPEN_TO_ALL: Final = "open_to_all"
"""A handler or router with this in its `opt` answers without a token."""

_SCHEME: Final = "token"
_DECLARED: Final = ResponseSpec(
    Problem,
    description="The token is missing, or it is another one.",
    media_type=MEDIA_TYPE,
    generate_examples=False,
)
_DETAIL: Final = {
    "api.token_missing": "Send the header `Authorization: Bearer TOKEN`.",
    "api.token_wrong": "The token is not the one of the settings.",
}


class TokenIdentity(InitPluginProtocol, ReceiveRoutePlugin):
    """Wants ``Authorization: Bearer`` with the token at every route but those open to all.

    It declares so too: the scheme, and a 401 at each route that wants it. Whoever sends none
    gets 401 ``api.token_missing``, whoever sends another ``api.token_wrong``.
    """

    def __init__(self, token: str):
        self._asks = _Asks(token)

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Ask before anything of a request is read; after its id is known."""
        app_config.middleware = [*app_config.middleware, self._asks]
        if (described := app_config.openapi_config) is not None:
            given = described.components
            described.components = [
                *(given if isinstance(given, list) else [given]),
                Components(
                    security_schemes={_SCHEME: SecurityScheme(type="http", scheme="bearer")}
                ),
            ]
        return app_config

    def receive_route(self, route: BaseRoute) -> None:
        """Declare at the routes what they want."""
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and not handler.opt.get(OPEN_TO_ALL):
                handler.security = [{_SCHEME: []}]
                handler.responses = {**(handler.responses or {}), 401: _DECLARED}


class _Asks(ASGIMiddleware):
    scopes = (ScopeType.HTTP,)
    exclude_opt_key = OPEN_TO_ALL

    def __init__(self, token: str):
        self._expected = _digest(token.encode())

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request through, or answer 401."""
        code = self._fault(scope)
        if code is None:
            await next_app(scope, receive, send)
        else:
            await _refusal(scope, code)(scope, receive, send)

    def _fault(self, scope: Scope) -> str | None:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        kind, _, token = given[0].partition(b" ") if given else (b"", b"", b"")
        if kind.lower() != b"bearer" or not token.strip():
            return "api.token_missing"
        # Digests of one length: how long a comparison takes says nothing of the token.
        right = hmac.compare_digest(_digest(token.strip()), self._expected)
        return None if right and len(given) == 1 else "api.token_wrong"


def _digest(token: bytes) -> bytes:
    return sha256(token).digest()


def _refusal(scope: Scope, code: str) -> ASGIResponse:
    problem = Problem(
        type=TYPE_PREFIX + code,
        title="Who you are is not known",
        status=401,
        detail=_DETAIL[code],
        code=code,
        request_id=request_id_of(scope),
    )
    wrong = ', error="invalid_token"' if code == "api.token_wrong" else ""
    return ASGIResponse(
        body=msgspec.json.encode(problem),
        status_code=401,
        media_type=MEDIA_TYPE,
        headers={"WWW-Authenticate": f'Bearer realm="energyretail"{wrong}'},
    )
