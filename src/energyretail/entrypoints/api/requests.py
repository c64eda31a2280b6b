"""Looks at a request before its route does: what faults it has, and what it is known by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.params import QueryParameter
from litestar.typing import FieldDefinition

from energyretail.entrypoints.api.request_faults import SHAPE, Fault, RequestFaults, faults_of

__all__ = [
    "FAULTS_MAX",
    "AnyRequest",
    "check_request",
    "faults_noted",
    "fingerprint_of",
    "refuse_faults",
]

AnyRequest = Request[Any, Any, Any]
FAULTS_MAX: Final = 100
"""How many faults one answer names."""

_FAULTS: Final = "energyretail.faults"
_QUERY_FAULTS: Final = "energyretail.query_faults"
_BODY: Final = "energyretail.body"
_EXACT: Final = 2**53
_DIGEST: Final = "energyretail.body_digest"


async def check_request(request: AnyRequest) -> None:
    """Note what a query has that the route does not know, and the body with its digest.

    Raises HTTPException 415 for a body that is not JSON, RequestFaults for one not in UTF-8.
    """
    parameters = request.route_handler.parsed_fn_signature.parameters
    state = request.scope["state"]
    if request.scope["query_string"]:
        state[_QUERY_FAULTS] = tuple(_query_faults(request, parameters))
    if request.method in ("GET", "HEAD", "OPTIONS"):
        # What reads has no act of its own in which faults are refused.
        refuse_faults(request)
        return
    body = await request.body()
    if body and request.content_type[0] != "application/json":
        raise HTTPException("Send application/json.", status_code=415)
    try:
        body.decode()
    except UnicodeDecodeError:
        raise RequestFaults((Fault("", SHAPE, "the body is not UTF-8"),)) from None
    state[_DIGEST] = hashlib.sha256(body).hexdigest()
    if "data" in parameters and body:
        state[_BODY] = (body, parameters["data"].raw)


def _query_faults(
    request: AnyRequest, parameters: Mapping[str, FieldDefinition]
) -> Iterator[Fault]:
    # The framework would take the last of two values, forget a misspelt name, and read the
    # word null as nothing: each would answer another question than the one that was asked.
    known = {_name(name, field) for name, field in parameters.items()}
    for name in request.query_params:
        values = request.query_params.getall(name)
        if name not in known:
            yield Fault(name, "request.unknown_parameter", "no such parameter")
        elif len(values) > 1:
            yield Fault(name, "request.repeated_parameter", "say it once")
        elif values == ["null"]:
            yield Fault(name, SHAPE, "leave it out")


def _name(name: str, field: FieldDefinition) -> str | None:
    kwarg = field.kwarg_definition
    if not isinstance(kwarg, QueryParameter):
        return None
    return kwarg.name or name


def _body_faults(body: bytes, hint: object) -> Iterator[Fault]:
    try:
        yield from faults_of(_DECODER.decode(body), hint)
    except msgspec.DecodeError as error:
        yield Fault("", SHAPE, str(error))
    except RecursionError:
        yield Fault("", SHAPE, "the body is nested too deeply")


def _number(text: str) -> int | float:
    # To JSON 250.0 is the integer 250; beyond what a float holds exactly nothing is guessed.
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


_DECODER: Final = msgspec.json.Decoder(float_hook=_number)


def faults_noted(request: AnyRequest) -> tuple[Fault, ...]:
    """Return the faults of query and body, the first hundred of them.

    They are looked for when they are asked for: in the thread of the route, not in the loop.
    """
    state = request.scope.get("state", {})
    if _FAULTS not in state:
        body = _body_faults(*state[_BODY]) if _BODY in state else iter(())
        state[_FAULTS] = tuple(islice(chain(state.get(_QUERY_FAULTS, ()), body), FAULTS_MAX))
    noted: tuple[Fault, ...] = state[_FAULTS]
    return noted


def refuse_faults(request: AnyRequest) -> None:
    """Raise RequestFaults with every fault that was noted, if there is one."""
    if faults := faults_noted(request):
        raise RequestFaults(faults)


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
