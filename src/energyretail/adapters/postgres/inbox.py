"""Arrivals kept as they came, each once."""

from __future__ import annotations

import hashlib
from datetime import date

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.application.shared import Received
from energyretail.domain.shared import Conflict

__all__ = ["PostgresInbox"]


class PostgresInbox:
    """Implements the Inbox port."""

    def __init__(self, database: Database):
        self._database = database

    def keep(self, received: Received, *, on: date) -> bool:
        """Keep an arrival; False when the same bytes are there already."""
        digest = hashlib.sha256(received.raw).digest()
        row = {
            "source": received.source,
            "key": received.key,
            "schema": received.schema,
            "raw": received.raw,
            "sha256": digest,
            "on": on,
        }
        connection = self._database.connection()
        inserted = connection.execute(
            text(
                "INSERT INTO inbox (source, key, schema, raw, sha256, received_on)"
                " VALUES (:source, :key, :schema, :raw, :sha256, :on)"
                " ON CONFLICT (source, key) DO NOTHING"
            ),
            row,
        )
        if inserted.rowcount:
            return True
        kept = connection.execute(
            text("SELECT sha256 FROM inbox WHERE source = :source AND key = :key"), row
        ).scalar_one()
        if bytes(kept) != digest:
            raise Conflict(
                "inbox.key_reused",
                "other bytes came under this key before",
                source=received.source,
                key=received.key,
            )
        return False

    def settle(self, source: str, key: str, *, code: str = "", text: str = "") -> None:
        """Note the arrival as processed, or parked when there is a code."""
        _settle(self._database, source, key, code, text)


def _settle(database: Database, source: str, key: str, code: str, reason: str) -> None:
    settled = database.connection().execute(
        text(
            "UPDATE inbox SET state = :state, code = :code, text = :text"
            " WHERE source = :source AND key = :key"
        ),
        {
            "state": "parked" if code else "processed",
            "code": code,
            "text": reason,
            "source": source,
            "key": key,
        },
    )
    if settled.rowcount == 0:
        raise RuntimeError("settled what was never kept")
