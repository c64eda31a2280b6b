"""How an expected failure looks at every door: a problem after RFC 9457, a status, an exit code."""

from __future__ import annotations

from typing import Any, Final

from energyretail.domain.shared import (
    Conflict,
    DomainError,
    Fault,
    Invalid,
    NotFound,
    Outdated,
    Refused,
)

__all__ = ["TYPE_PREFIX", "problem_of", "status_of"]

TYPE_PREFIX: Final = "urn:energyretail:problem:"

_STATUS: Final[tuple[tuple[type[DomainError], int, str], ...]] = (
    (NotFound, 404, "Not found"),
    (Outdated, 412, "Changed meanwhile"),
    (Conflict, 409, "Conflict"),
    (Refused, 422, "Refused by a rule of the business"),
    (Invalid, 422, "Invalid value"),
    (Fault, 502, "A partner failed"),
)


def status_of(error: DomainError) -> int:
    """Return the HTTP status of the error's family."""
    return _row(error)[1]


def problem_of(error: DomainError) -> dict[str, Any]:
    """Return the problem: ``type``, ``title``, ``status``, ``detail``, ``code`` and ``facts``."""
    _, status, title = _row(error)
    return {
        "type": TYPE_PREFIX + error.code,
        "title": title,
        "status": status,
        "detail": error.text,
        "code": error.code,
        "facts": dict(error.facts),
    }


def _row(error: DomainError) -> tuple[type[DomainError], int, str]:
    for row in _STATUS:
        if isinstance(error, row[0]):
            return row
    raise TypeError(f"{type(error).__name__} is of no family")
