"""Brings a database to a revision, all of the way or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from energyretail.adapters.postgres.migrations.scripts import revisions, script_directory
from energyretail.domain.shared import Fault, Invalid

__all__ = ["Status", "downgrade", "status", "upgrade"]

# One migration of this product at a time in a database, whoever starts it.
_LOCK = 0x656E6572
_LOCK_TIMEOUT = "10s"


@attrs.frozen
class Status:
    """Where a database stands; `current` is None when nothing was ever run."""

    current: str | None
    head: str | None


def upgrade(url: str, to: str = "head") -> Status:
    """Bring the database at `url` up to revision `to`.

    Runs in one transaction; processes that come together wait for each other. Raises
    Fault ``postgres.unreachable``, Invalid ``postgres.unknown_revision``.
    """
    _known(to, "head")
    _, scripts = script_directory()
    return _run(url, lambda at: scripts._upgrade_revs(to, at))


def downgrade(url: str, to: str) -> Status:
    """Take the database at `url` back to revision `to`, or to ``base``, before the first."""
    _known(to, "base")
    _, scripts = script_directory()
    return _run(url, lambda at: scripts._downgrade_revs(to, at))


def status(url: str) -> Status:
    """Return where the database at `url` stands and where this code would bring it."""
    with _connection(url) as connection:
        return _status(connection)


def _run(url: str, steps: Callable[[Any], Any]) -> Status:
    config, scripts = script_directory()
    with _connection(url) as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
        context = EnvironmentContext(config, scripts, fn=lambda at, _context: steps(at))
        with context:
            context.configure(connection=connection, target_metadata=None)
            context.run_migrations()
        return _status(connection)


def _status(connection: Connection) -> Status:
    names = revisions()
    current = MigrationContext.configure(connection).get_current_revision()
    return Status(current, names[-1] if names else None)


def _known(revision: str, word: str) -> None:
    if revision != word and revision not in revisions():
        raise Invalid("postgres.unknown_revision", "there is no such revision", revision=revision)


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        raise Fault(
            "postgres.unreachable", "the database does not answer", said=error.orig
        ) from error
