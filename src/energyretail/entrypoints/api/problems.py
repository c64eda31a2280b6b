"""Every failure as a problem after RFC 9457, the same at each route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from energyretail.domain.shared import DomainError, Fault
from energyretail.entrypoints.api.request_ids import HEADER, request_id_of
from energyretail.entrypoints.problems import TYPE_PREFIX, problem_of

__all__ = ["EXCEPTION_HANDLERS", "FieldProblem", "Problem", "declared"]

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 2
_DATABASE_PACKAGES: Final = frozenset({"psycopg", "psycopg_pool", "sqlalchemy"})
_Request = Request[Any, Any, Any]


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one part of a request."""

    field: str
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
    400: "The request or a value in it can never be right.",
    404: "What the request names does not exist.",
    405: "The route does not know the method.",
    409: "It exists already with other content, or somebody was faster.",
    413: "The body is too large.",
    422: "A rule of the business forbids it now.",
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
}


def declared(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the failures a route may answer with, for its description; 500 and 503 always."""
    return {
        status: ResponseSpec(
            Problem, description=_WHAT[status], media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in sorted({*statuses, 500, 503})
    }


def _answer(
    request: _Request, told: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response[Problem]:
    problem = Problem(request_id=request_id_of(request.scope), **told)
    return Response(
        problem,
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        # Given here too: where no route was found no middleware runs.
        headers={**(headers or {}), HEADER: problem.request_id},
    )


def _domain(request: _Request, error: DomainError) -> Response[Problem]:
    if isinstance(error, Fault) and error.code.startswith("postgres."):
        return _unavailable(request)
    return _answer(request, problem_of(error))


def _http(request: _Request, error: HTTPException) -> Response[Problem]:
    status = error.status_code
    code = _CODES.get(status, "request.refused" if status < 500 else "internal")
    told = {
        "type": TYPE_PREFIX + code,
        "title": _WHAT.get(status, "The request failed.").rstrip("."),
        "status": status,
        "detail": error.detail if status < 500 else "",
        "code": code,
        "errors": _fields(error) if isinstance(error, ValidationException) else [],
    }
    return _answer(request, told, error.headers)


def _too_deep(request: _Request, error: RecursionError) -> Response[Problem]:
    # The decoder says so in its words; any other recursion is a mistake of ours.
    if "deserializing" not in str(error):
        return _unexpected(request, error)
    return _http(request, ValidationException("the body is nested too deeply"))


def _fields(error: ValidationException) -> list[FieldProblem]:
    extra = error.extra if isinstance(error.extra, list) else []
    return [
        FieldProblem(field=str(each.get("key", "")), message=str(each.get("message", "")))
        for each in extra
        if isinstance(each, Mapping)
    ]


def _unexpected(request: _Request, error: Exception) -> Response[Problem]:
    packages = {base.__module__.partition(".")[0] for base in type(error).__mro__}
    if packages & _DATABASE_PACKAGES:
        return _unavailable(request)
    structlog.get_logger().error(
        "api.request.failed", request_id=request_id_of(request.scope), exc_info=error
    )
    return _answer(
        request,
        {
            "type": TYPE_PREFIX + "internal",
            "title": "A mistake of ours",
            "status": 500,
            "detail": "Tell us the request's id.",
            "code": "internal",
        },
    )


def _unavailable(request: _Request) -> Response[Problem]:
    return _answer(
        request,
        {
            "type": TYPE_PREFIX + "postgres.unreachable",
            "title": "The service cannot work now",
            "status": 503,
            "detail": "The database does not answer.",
            "code": "postgres.unreachable",
        },
        {"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


EXCEPTION_HANDLERS: Final[dict[int | type[Exception], Any]] = {
    DomainError: _domain,
    HTTPException: _http,
    RecursionError: _too_deep,
    Exception: _unexpected,
}
"""What Litestar calls for each family of failure, the nearest class first."""
