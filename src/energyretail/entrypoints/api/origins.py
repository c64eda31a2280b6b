"""Lets no page of somebody else's drive the API through the browser of who runs it."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import msgspec
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from energyretail.entrypoints.api.problems import MEDIA_TYPE, Problem
from energyretail.entrypoints.api.request_ids import request_id_of
from energyretail.entrypoints.problems import TYPE_PREFIX

__all__ = ["OwnOrigin"]

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DETAIL: Final = {
    "api.foreign_origin": "A page of another site may not ask for this.",
    "api.foreign_host": "Without a token the API answers to the names of this machine alone.",
}


class OwnOrigin(ASGIMiddleware):
    """Answers 403 to what a browser sends on behalf of a page that is not ours.

    What changes something must come without an Origin, as from any program, or with that of
    the API itself. With `local_only`, where no token is asked for, the Host must be a name of
    the loopback too: a page may have its own name point to it.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, local_only: bool):
        self._local_only = local_only

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request through, or answer 403."""
        code = self._fault(scope) if scope["type"] == ScopeType.HTTP else None
        if code is None:
            await next_app(scope, receive, send)
        else:
            await _refusal(scope, code)(scope, receive, send)

    def _fault(self, scope: HTTPScope) -> str | None:
        host, origin = "", None
        for name, value in scope["headers"]:
            if name == b"host":
                host = value.decode("latin-1")
            elif name == b"origin":
                origin = value.decode("latin-1")
        if self._local_only and not _is_local(host):
            return "api.foreign_host"
        if scope["method"] in _READING or origin is None or _netloc(origin) == host:
            return None
        return "api.foreign_origin"


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


@lru_cache(maxsize=64)
def _is_local(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _refusal(scope: Scope, code: str) -> ASGIResponse:
    problem = Problem(
        type=TYPE_PREFIX + code,
        title="Not from there",
        status=403,
        detail=_DETAIL[code],
        code=code,
        request_id=request_id_of(scope),
    )
    return ASGIResponse(body=msgspec.json.encode(problem), status_code=403, media_type=MEDIA_TYPE)
