"""What a caller and the log are told of a failure of the database."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    NoResultFound,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.exc import TimeoutError as PoolEmpty

from energyretail.entrypoints.api.database_faults import noted, retry_after_s, unavailable

UNREACHABLE, BUSY = "postgres.unreachable", "postgres.busy"


def wrapped(error: Exception) -> Exception:
    """Return a driver's error as it comes out of the pool's library."""
    return DBAPIError.instance("SELECT secret", {}, error, psycopg.Error)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("08006", UNREACHABLE), ("57P01", UNREACHABLE), ("57P03", UNREACHABLE),
        ("40001", BUSY), ("40P01", BUSY), ("53300", BUSY), ("53100", BUSY),
        ("55P03", BUSY), ("57014", BUSY),
        ("22012", None), ("22P05", None), ("23505", None), ("23514", None), ("25006", None),
        ("42703", None), ("42P01", None), ("55000", None), ("P0001", None), ("XX000", None),
    ],
)  # fmt: skip
def test_the_sqlstate_says_who_is_to_blame(state: str, code: str | None) -> None:
    error = errors.lookup(state)("secret")

    for each in (error, wrapped(error)):
        fault = unavailable(each)
        assert (fault.code if fault else None) == code
        assert noted(each)["sqlstate"] == state
        assert retry_after_s(each) == (1 if state.startswith("40") else 2)
        assert "secret" not in str(noted(each))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (psycopg.OperationalError("connection refused"), UNREACHABLE),
        (wrapped(psycopg.OperationalError("server closed the connection")), UNREACHABLE),
        (wrapped(psycopg.InterfaceError("the connection is closed")), UNREACHABLE),
        (OperationalError("SELECT secret", {}, Exception("x")), UNREACHABLE),
        (DisconnectionError("gone"), UNREACHABLE),
        (PoolEmpty("QueuePool limit reached"), BUSY),
        (wrapped(psycopg.DataError("text cannot contain NUL")), None),
        (wrapped(psycopg.ProgrammingError("the query has 2 placeholders")), None),
        (NoResultFound("no row"), None),
        (PendingRollbackError("inactive"), None),
        (TimeoutError("of something else"), None),
        (KeyError("secret"), None),
    ],
)
def test_without_a_sqlstate_only_a_lost_connection_is_no_mistake_of_ours(
    error: Exception, code: str | None
) -> None:
    fault = unavailable(error)

    assert (fault.code if fault else None) == code


def test_what_cannot_be_undone_failed_for_the_reason_before() -> None:
    error = PendingRollbackError("inactive")
    error.__context__ = wrapped(errors.AdminShutdown("terminating connection"))

    fault = unavailable(error)

    assert fault is not None
    assert fault.code == UNREACHABLE
