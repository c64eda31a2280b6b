"""What came of a call, so that two implementations can be compared: its value or its refusal."""

from __future__ import annotations

from collections.abc import Callable

from energyretail.domain.shared import DomainError

__all__ = ["outcome"]


def outcome(call: Callable[[], object]) -> object:
    """Return what `call` returns, or the family and code of the DomainError it raises."""
    try:
        return call()
    except DomainError as error:
        return type(error).__name__, error.code
