"""Whether the database can be worked with, found out within a limit whatever it does."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from typing import Final, LiteralString

import attrs
import psycopg

from energyretail.adapters.postgres.migrations.scripts import revisions

__all__ = ["Health", "PostgresHealth"]

WITHIN_SECONDS: Final = 1.0
# The driver waits no less than this for a greeting; who asks does not wait for it.
_CONNECT_SECONDS: Final = 2


@attrs.frozen
class Health:
    """What was found: `database` answers, `migrations` are those of this code, `clock` is set."""

    database: bool = False
    migrations: bool = False
    clock: bool = False


class PostgresHealth:
    """Looks at a database over a connection of its own; may be asked from any thread.

    It neither raises nor takes longer than `within_s`: a database that says nothing is one
    that does not answer. Those who ask at once share one look.
    """

    def __init__(self, url: str, *, within_s: float = WITHIN_SECONDS):
        self._url = url
        self._within_s = within_s
        self._head = revisions()[-1]
        self._choosing = threading.Lock()
        self._look: _Look | None = None

    def __call__(self) -> Health:
        """Return what was found."""
        with self._choosing:
            look = self._look
            if look is None or look.over:
                self._look = look = _Look(self._url, self._head, self._within_s)
                threading.Thread(target=look.run, daemon=True).start()
        return look.found_within(self._within_s)


class _Look:
    def __init__(self, url: str, head: str, within_s: float):
        self._url = url
        self._head = head
        self._within_s = within_s
        self._done = threading.Event()
        self._found = Health()
        self._line: socket.socket | None = None
        self._cut = False

    @property
    def over(self) -> bool:
        """Tell whether it found something or gave up: who asks now needs another look."""
        return self._cut or self._done.is_set()

    def found_within(self, seconds: float) -> Health:
        """Return what was found by then; the connection of a look that hangs is cut."""
        if self._done.wait(seconds):
            return self._found
        if (line := self._line) is not None:
            self._cut = True
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        return Health()

    def run(self) -> None:
        """Look, and say that it is done."""
        try:
            with suppress(psycopg.Error, OSError):
                self._found = self._looked()
        finally:
            self._done.set()

    def _looked(self) -> Health:
        with (
            psycopg.connect(
                self._url,
                connect_timeout=_CONNECT_SECONDS,
                autocommit=True,
                application_name="energyretail health",
            ) as connection,
            socket.socket(fileno=os.dup(connection.fileno())) as self._line,
        ):
            # Cutting the line ends our waiting, this the server's.
            limit = f"{int(self._within_s * 1000)}ms"
            connection.execute("SELECT set_config('statement_timeout', %s, false)", [limit])
            return self._seen(connection)

    def _seen(self, connection: psycopg.Connection) -> Health:
        there = connection.execute(
            "SELECT to_regclass('alembic_version') IS NOT NULL, to_regclass('clock') IS NOT NULL"
        ).fetchone()
        with_version, with_clock = there or (False, False)
        return Health(
            database=True,
            migrations=with_version
            and _one(connection, "SELECT version_num FROM alembic_version") == self._head,
            clock=with_clock and _one(connection, "SELECT today FROM clock") is not None,
        )


def _one(connection: psycopg.Connection, question: LiteralString) -> object:
    row = connection.execute(question).fetchone()
    return row[0] if row else None
