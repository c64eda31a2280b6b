"""What a command's exit code says; the table is part of the interface."""

from __future__ import annotations

import enum
from typing import Final

from energyretail.domain.shared import Conflict, DomainError, Fault, Invalid, NotFound, Refused

__all__ = ["MEANING", "ExitCode", "exit_code_of"]


class ExitCode(enum.IntEnum):
    """How a command ended."""

    OK = 0
    ERROR = 1
    USAGE = 2
    MISSING_EXTRA = 3
    BAD_INPUT = 4
    REFUSED = 5
    PARTNER_FAULT = 6
    DATABASE = 7
    UNFINISHED = 8
    INTERRUPTED = 130


MEANING: Final[dict[ExitCode, str]] = {
    ExitCode.OK: "done",
    ExitCode.ERROR: "a mistake of ours; the traceback says where",
    ExitCode.USAGE: "the command was not understood",
    ExitCode.MISSING_EXTRA: "an optional part is not installed; the message names it",
    ExitCode.BAD_INPUT: "a value can never be right",
    ExitCode.REFUSED: "a rule forbids it, it exists already, or it does not exist",
    ExitCode.PARTNER_FAULT: "an outside partner failed",
    ExitCode.DATABASE: "the database failed or could not be started",
    ExitCode.UNFINISHED: "it ended with a part undone; the output says which",
    ExitCode.INTERRUPTED: "interrupted from the keyboard",
}

_FAMILIES: Final[tuple[tuple[type[DomainError], ExitCode], ...]] = (
    (Invalid, ExitCode.BAD_INPUT),
    (Refused, ExitCode.REFUSED),
    (Conflict, ExitCode.REFUSED),
    (NotFound, ExitCode.REFUSED),
    (Fault, ExitCode.PARTNER_FAULT),
)
_DATABASE_PACKAGES: Final = frozenset({"psycopg", "psycopg_pool", "sqlalchemy"})


def exit_code_of(error: Exception) -> ExitCode:
    """Return the code for a failure; what nobody expected is ERROR."""
    if isinstance(error, DomainError):
        if isinstance(error, Fault) and error.code.startswith("postgres."):
            return ExitCode.DATABASE
        return next(code for family, code in _FAMILIES if isinstance(error, family))
    # By name, for the drivers may not be installed.
    packages = {base.__module__.partition(".")[0] for base in type(error).__mro__}
    return ExitCode.DATABASE if packages & _DATABASE_PACKAGES else ExitCode.ERROR
