"""Looks at a request before its route does: what faults it has, and what it is known by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.params import QueryParameter
from litestar.typing import FieldDefinition

from energyretail.entrypoints.api.request_faults import SHAPE, Fault, RequestFaults, faults_of

__all__ = ["AnyRequest", "check_request", "faults_noted", "fingerprint_of", "refuse_faults"]

AnyRequest = Request[Any, Any, Any]
_FAULTS: Final = "energyretail.body_faults"
_EXACT: Final = 2**53
_DIGEST: Final = "energyretail.body_digest"


async def check_request(request: AnyRequest) -> None:
    """Refuse a query the route does not know; note the faults of the body, and its digest."""
    parameters = request.route_handler.parsed_fn_signature.parameters
    _check_query(request, parameters)
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    body = await request.body()
    state = request.scope["state"]
    state[_DIGEST] = hashlib.sha256(body).hexdigest()
    if "data" in parameters and body:
        state[_FAULTS] = _faults(body, parameters["data"].raw)


def _check_query(request: AnyRequest, parameters: Mapping[str, FieldDefinition]) -> None:
    # The framework would take the last of two values, forget a misspelt name, and read the
    # word null as nothing: each would answer another question than the one that was asked.
    known = {_name(name, field) for name, field in parameters.items()}
    faults: list[Fault] = []
    for name in request.query_params:
        values = request.query_params.getall(name)
        if name not in known:
            faults.append(Fault(name, "request.unknown_parameter", "no such parameter"))
        elif len(values) > 1:
            faults.append(Fault(name, "request.repeated_parameter", "say it once"))
        elif values == ["null"]:
            faults.append(Fault(name, SHAPE, "leave it out"))
    if faults:
        raise RequestFaults(tuple(faults))


def _name(name: str, field: FieldDefinition) -> str | None:
    kwarg = field.kwarg_definition
    if not isinstance(kwarg, QueryParameter):
        return None
    return kwarg.name or name


def _faults(body: bytes, hint: object) -> tuple[Fault, ...]:
    try:
        return tuple(faults_of(_DECODER.decode(body), hint))
    except msgspec.DecodeError as error:
        return (Fault("", SHAPE, str(error)),)
    except RecursionError:
        return (Fault("", SHAPE, "the body is nested too deeply"),)


def _number(text: str) -> int | float:
    # To JSON 250.0 is the integer 250; beyond what a float holds exactly nothing is guessed.
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


_DECODER: Final = msgspec.json.Decoder(float_hook=_number)


def faults_noted(request: AnyRequest) -> tuple[Fault, ...]:
    """Return the faults of the body."""
    noted: tuple[Fault, ...] = request.scope.get("state", {}).get(_FAULTS, ())
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
