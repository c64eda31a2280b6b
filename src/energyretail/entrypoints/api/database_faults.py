"""What a failure of the database means to a caller: come again, or a mistake of ours."""

from __future__ import annotations

import traceback
from typing import Final

from energyretail.domain.shared import Fault

__all__ = ["is_of_database", "noted", "retry_after_s", "unavailable"]

# By name, for the API is described where no driver is installed.
_PACKAGES: Final = frozenset({"psycopg", "psycopg_pool", "sqlalchemy"})
_LOST: Final = frozenset(
    {"OperationalError", "InterfaceError", "ConnectionTimeout", "DisconnectionError"}
)
_POOL_EMPTY: Final = frozenset({"TimeoutError", "PoolTimeout", "TooManyRequests"})

# Classes and codes of SQLSTATE (Postgres, appendix A); the longer one counts.
_GONE: Final = ("08", "57")
_FULL: Final = ("40", "53", "55P03", "57014")
_ROLLED_BACK: Final = "40"
_NAMES_ONLY: Final = "42"
"""Errors in what we ask: what Postgres says then names tables and columns, and no value."""

RETRY_AFTER_SECONDS: Final = 2
ROLLED_BACK_RETRY_AFTER_SECONDS: Final = 1


def is_of_database(error: BaseException) -> bool:
    """Tell whether the driver, its pool or what stands before them raised an error."""
    packages = {base.__module__.partition(".")[0] for base in type(error).__mro__}
    return bool(packages & _PACKAGES)


def unavailable(error: BaseException) -> Fault | None:
    """Return the Fault of a database that cannot work now, or None for a mistake of ours.

    ``postgres.busy``: no connection, lock or result within its limit, a transaction that lost to
    another, or a server out of something (SQLSTATE 40, 53, 55P03, 57014). ``postgres.unreachable``:
    no connection, or one that was lost (08, 57, and what has no SQLSTATE because nobody answered).
    """
    if not is_of_database(error):
        return None
    state, name = _sqlstate(error), type(_told_by(error)).__name__
    if state.startswith(_FULL) or name in _POOL_EMPTY:
        return Fault("postgres.busy", "the database is busy")
    if state.startswith(_GONE) or (not state and name in _LOST):
        return Fault("postgres.unreachable", "the database does not answer")
    return None


def retry_after_s(error: BaseException) -> int:
    """Return after how many seconds to come again."""
    if _sqlstate(error).startswith(_ROLLED_BACK):
        return ROLLED_BACK_RETRY_AFTER_SECONDS
    return RETRY_AFTER_SECONDS


def noted(error: BaseException) -> dict[str, str]:
    """Return what the log may say of an error of the database: which, where, and no value."""
    state = _sqlstate(error)
    diag = getattr(_told_by(error), "diag", None)
    said = getattr(diag, "message_primary", None) if state.startswith(_NAMES_ONLY) else None
    found = {
        "error": type(_told_by(error)).__name__,
        "sqlstate": state,
        "table": getattr(diag, "table_name", None),
        "constraint": getattr(diag, "constraint_name", None),
        "said": said,
        # The lines of the code alone: an error's own text may hold what was written.
        "where": "".join(traceback.format_tb(error.__traceback__)),
    }
    return {name: value for name, value in found.items() if value}


def _told_by(error: BaseException) -> BaseException:
    """Return the driver's error where there is one.

    A transaction that could not even be undone says so; why is what came before.
    """
    if type(error).__name__ == "PendingRollbackError" and error.__context__ is not None:
        return _told_by(error.__context__)
    driver = getattr(error, "orig", None)
    known = isinstance(driver, BaseException) and is_of_database(driver)
    return driver if known and driver is not None else error


def _sqlstate(error: BaseException) -> str:
    return getattr(_told_by(error), "sqlstate", None) or ""
