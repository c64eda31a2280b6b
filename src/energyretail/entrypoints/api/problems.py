"""Every failure as a problem after RFC 9457, the same at each route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import attrs
import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from energyretail.domain.shared import DomainError, Fault
from energyretail.entrypoints.api.database_faults import (
    is_of_database,
    noted,
    retry_after_s,
    unavailable,
)
from energyretail.entrypoints.api.request_faults import MISSING, SHAPE, RequestFaults
from energyretail.entrypoints.api.request_ids import HEADER, request_id_of
from energyretail.entrypoints.api.requests import AnyRequest, faults_noted
from energyretail.entrypoints.problems import TYPE_PREFIX, problem_of

__all__ = ["EXCEPTION_HANDLERS", "FieldProblem", "Problem", "declared"]

MEDIA_TYPE: Final = "application/problem+json"


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one part of a request; `code` is stable, `field` a path into the body."""

    field: str
    code: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A failure; `code` is stable, `facts` are the values a person needs to act."""

    type: Annotated[str, msgspec.Meta(description="A URI made of the code.")]
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    facts: dict[str, str] = {}
    errors: list[FieldProblem] = []


_WHAT: Final[dict[int, str]] = {
    400: "The request is not what the description says.",
    403: "A browser sent it for the page of another site.",
    404: "What the request names does not exist.",
    405: "The route does not know the method.",
    409: "It exists already with other content, or somebody was faster.",
    412: "It was changed since you read it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A value can never be right, or a rule of the business forbids it now.",
    428: "Say with If-Match what you have read.",
    500: "A mistake of ours.",
    502: "An outside partner failed.",
    503: "The service cannot work now; come again.",
}
_CODES: Final[dict[int, str]] = {
    400: "request.invalid",
    404: "request.unknown_path",
    405: "request.method_not_allowed",
    413: "request.too_large",
    415: "request.media_type",
    428: "request.if_match_missing",
}


def declared(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the failures a route may answer with, for its description.

    403, 500 and 503 always; whatever takes a body may find it too large, or no JSON.
    """
    always = {403, 500, 503} | ({415} if 413 in statuses else set())
    return {
        status: ResponseSpec(
            Problem, description=_WHAT[status], media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in sorted({*statuses, *always})
    }


def _answer(
    request: AnyRequest, told: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response[Problem]:
    problem = Problem(request_id=request_id_of(request.scope), **told)
    return Response(
        problem,
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        # Given here too: where no route was found no middleware runs.
        headers={**(headers or {}), HEADER: problem.request_id},
    )


def _domain(request: AnyRequest, error: DomainError) -> Response[Problem]:
    if isinstance(error, Fault) and error.code.startswith("postgres."):
        return _unavailable(request, error, error)
    return _answer(request, problem_of(error))


def _http(request: AnyRequest, error: HTTPException) -> Response[Problem]:
    status = error.status_code
    if isinstance(error, ValidationException):
        return _misshapen(request, error)
    code = _CODES.get(status, "request.refused" if status < 500 else "internal")
    return _answer(
        request, _told(status, code, error.detail if status < 500 else ""), error.headers
    )


def _misshapen(request: AnyRequest, error: ValidationException) -> Response[Problem]:
    """Answer with every fault there is: of the path, the query, the headers and the body."""
    noted = [FieldProblem(**attrs.asdict(fault)) for fault in faults_noted(request)]
    # The framework stops at the body's first fault; where we know them all it need not say it.
    errors = [*_fields(request, error, body=not noted), *noted]
    return _answer(request, _told(400, "request.invalid", error.detail) | {"errors": errors})


def _body(request: AnyRequest, error: RequestFaults) -> Response[Problem]:
    errors = [FieldProblem(**attrs.asdict(fault)) for fault in error.faults]
    if error.misshapen:
        told = _told(400, "request.invalid", "See errors.")
    else:
        told = _told(422, error.faults[0].code, error.faults[0].message)
        told["title"] = "Invalid value"
    return _answer(request, told | {"errors": errors})


def _told(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": TYPE_PREFIX + code,
        "title": _WHAT.get(status, "The request failed.").rstrip("."),
        "status": status,
        "detail": detail,
        "code": code,
    }


def _too_deep(request: AnyRequest, error: RecursionError) -> Response[Problem]:
    # The decoder says so in its words; any other recursion is a mistake of ours.
    if "deserializing" not in str(error):
        return _unexpected(request, error)
    return _http(request, ValidationException("the body is nested too deeply"))


def _fields(request: AnyRequest, error: ValidationException, *, body: bool) -> list[FieldProblem]:
    extra = error.extra if isinstance(error.extra, list) else []
    return [
        _field(request, each)
        for each in extra
        if isinstance(each, Mapping) and (body or each.get("source") != "body")
    ]


def _field(request: AnyRequest, said: Mapping[str, Any]) -> FieldProblem:
    """Name a part of the request as a caller knows it, whatever our argument is called."""
    key = str(said.get("key", ""))
    if key == "data":
        return FieldProblem(field="", code=MISSING, message="the body is missing")
    parameter = request.route_handler.parsed_fn_signature.parameters.get(key)
    alias = getattr(parameter.kwarg_definition, "name", None) if parameter else None
    return FieldProblem(field=alias or key, code=SHAPE, message=str(said.get("message", "")))


def _unexpected(request: AnyRequest, error: Exception) -> Response[Problem]:
    fault = unavailable(error)
    if fault is not None:
        return _unavailable(request, fault, error)
    # What the database says may hold what was written there; the lines of the code may not.
    told: dict[str, Any] = noted(error) if is_of_database(error) else {"exc_info": error}
    structlog.get_logger().error(
        "api.request.failed", request_id=request_id_of(request.scope), **told
    )
    return _answer(request, _told(500, "internal", "Tell us the request's id."))


def _unavailable(request: AnyRequest, fault: Fault, error: Exception) -> Response[Problem]:
    structlog.get_logger().warning(
        "api.request.unavailable",
        request_id=request_id_of(request.scope),
        code=fault.code,
        **noted(error),
    )
    told = _told(503, fault.code, f"{fault.text[:1].upper()}{fault.text[1:]}.")
    return _answer(request, told, {"Retry-After": str(retry_after_s(error))})


EXCEPTION_HANDLERS: Final[dict[int | type[Exception], Any]] = {
    DomainError: _domain,
    RequestFaults: _body,
    HTTPException: _http,
    RecursionError: _too_deep,
    Exception: _unexpected,
}
"""What Litestar calls for each family of failure, the nearest class first."""
