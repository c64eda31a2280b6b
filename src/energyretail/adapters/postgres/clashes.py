"""What a broken constraint means to the business."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError

from energyretail.domain.shared import Conflict

__all__ = ["clash_of"]


def clash_of(error: IntegrityError, clashes: Mapping[str, tuple[str, str]]) -> Exception:
    """Return the Conflict for the broken constraint, by name → (code, text), or the error."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    known = clashes.get(name or "")
    return Conflict(*known) if known else error
