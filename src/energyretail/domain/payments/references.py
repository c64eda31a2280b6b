"""References that partners give back to us: message, mandate, and end-to-end identifiers."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

from energyretail.domain.shared import Invalid

__all__ = ["REFERENCE_LENGTH_MAX", "check_reference", "reference"]

REFERENCE_LENGTH_MAX: Final = 35

_Reference = TypeVar("_Reference", bound=str)


def check_reference(value: str) -> str:
    """Return `value` if a SEPA bank will carry it unchanged; raise Invalid otherwise.

    At most 35 of ``a-z A-Z 0-9 / - ? : ( ) . , ' +``, no slash first or last, no two slashes
    together (EPC217-08 and the clarification paper on slashes in references).
    """
    if not re.fullmatch(r"[A-Za-z0-9/?:().,'+-]{1,35}", value):
        raise Invalid("payments.reference.shape", "not 1 to 35 SEPA characters", reference=value)
    if value.startswith("/") or value.endswith("/") or "//" in value:
        raise Invalid("payments.reference.slash", "slash first, last or doubled", reference=value)
    return value


def reference(_instance: object, _attribute: Any, value: _Reference) -> None:
    """Validate an attrs field that holds a reference."""
    check_reference(value)
