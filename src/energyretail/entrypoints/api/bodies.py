"""Reads a body before its route does: what faults it has, and what it is known by."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec
from litestar import Request

from energyretail.entrypoints.api.faults import SHAPE, BodyFaults, Fault, faults_of

__all__ = ["AnyRequest", "check_body", "faults_noted", "fingerprint_of", "refuse_faults"]

AnyRequest = Request[Any, Any, Any]
_FAULTS: Final = "energyretail.body_faults"
_DIGEST: Final = "energyretail.body_digest"


async def check_body(request: AnyRequest) -> None:
    """Note the faults of the body, if the route takes one, and its digest."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    body = await request.body()
    state = request.scope["state"]
    state[_DIGEST] = hashlib.sha256(body).hexdigest()
    field = request.route_handler.parsed_fn_signature.parameters.get("data")
    if field is not None and body:
        state[_FAULTS] = _faults(body, field.raw)


def _faults(body: bytes, hint: object) -> tuple[Fault, ...]:
    try:
        return tuple(faults_of(msgspec.json.decode(body), hint))
    except msgspec.DecodeError as error:
        return (Fault("", SHAPE, str(error)),)
    except RecursionError:
        return (Fault("", SHAPE, "the body is nested too deeply"),)


def faults_noted(request: AnyRequest) -> tuple[Fault, ...]:
    """Return the faults of the body."""
    noted: tuple[Fault, ...] = request.scope.get("state", {}).get(_FAULTS, ())
    return noted


def refuse_faults(request: AnyRequest) -> None:
    """Raise BodyFaults with every fault that was noted, if there is one."""
    if faults := faults_noted(request):
        raise BodyFaults(faults)


def fingerprint_of(request: AnyRequest) -> str:
    """Return the digest of what is asked: method, path, query, condition and body."""
    asked = (
        request.method,
        request.scope["path"],
        request.scope["query_string"].decode("latin-1"),
        request.headers.get("If-Match", ""),
        str(request.scope["state"].get(_DIGEST, "")),
    )
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()
