"""Answers to callers' keys, written with what the calls did."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Final

from sqlalchemy import Connection, text

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database
from energyretail.application.shared import Answer
from energyretail.domain.shared import Conflict, Refused

__all__ = ["PostgresOnce"]

# Held until the transaction ends, however it ends: a server that dies leaves no key behind.
_TAKE: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 20260301))")

_KEPT: Final = text("SELECT fingerprint, status, headers, body FROM answer WHERE key = :key")

_KEEP: Final = text(
    """
    INSERT INTO answer (key, fingerprint, status, headers, body, kept_on)
    VALUES (:key, :fingerprint, :status, CAST(:headers AS jsonb), :body, :kept_on)
    """
)


class PostgresOnce:
    """The Once port: effect and answer are committed together, so no crash parts them."""

    def __init__(self, database: Database):
        self._database = database
        self._clock = PostgresClock(database)

    def __call__(
        self, key: str, fingerprint: str, act: Callable[[], Answer]
    ) -> tuple[Answer, bool]:
        """Answer a key once."""
        with self._database.whole() as connection:
            taken = connection.execute(_TAKE, {"key": key}).scalar_one()
            # Looked for in any case: who holds the key may be another who is told again.
            kept = _kept(connection, key, fingerprint)
            if kept is not None:
                return kept, True
            if not taken:
                raise Conflict("idempotency.in_flight", "a call under this key is under way")
            answer = act()
            connection.execute(
                _KEEP,
                {
                    "key": key,
                    "fingerprint": fingerprint,
                    "status": answer.status,
                    "headers": json.dumps(answer.headers),
                    "body": answer.body,
                    "kept_on": self._clock.today(),
                },
            )
            connection.commit()
        return answer, False

    def forget(self, *, before: date) -> int:
        """Drop what was kept before a day."""
        gone = self._database.connection().execute(
            text("DELETE FROM answer WHERE kept_on < :before"), {"before": before}
        )
        return gone.rowcount


def _kept(connection: Connection, key: str, fingerprint: str) -> Answer | None:
    row = connection.execute(_KEPT, {"key": key}).first()
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise Refused("idempotency.key_reused", "the key was used for another request")
    headers = tuple((str(name), str(value)) for name, value in row.headers)
    return Answer(row.status, bytes(row.body), headers)
