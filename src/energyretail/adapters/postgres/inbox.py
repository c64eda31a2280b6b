"""Arrivals kept as they came, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import column, table, text
from sqlalchemy.dialects.postgresql import insert

from energyretail.adapters.postgres.database import Database
from energyretail.application.shared import Kept, Received, Settled
from energyretail.domain.shared import Conflict

__all__ = ["PostgresInbox"]

_COLUMNS: Final = ("source", "key", "schema", "raw", "sha256", "received_on")
_INBOX: Final = table("inbox", *(column(name) for name in _COLUMNS))
_KEEP: Final = insert(_INBOX).on_conflict_do_nothing().returning(_INBOX.c.source, _INBOX.c.key)
_DIGESTS: Final = text(
    """
    SELECT source, key, sha256 FROM inbox
    WHERE (source, key) IN (
        SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:keys AS text[])))
    """
)
_SETTLE: Final = text(
    """
    UPDATE inbox SET state = CASE new.code WHEN '' THEN 'processed' ELSE 'parked' END,
        code = new.code, text = new.text
    FROM unnest(CAST(:sources AS text[]), CAST(:keys AS text[]), CAST(:codes AS text[]),
        CAST(:texts AS text[])) AS new (source, key, code, text)
    WHERE (inbox.source, inbox.key) = (new.source, new.key)
    """
)

_Key = tuple[str, str]


class PostgresInbox:
    """Implements the Inbox port."""

    def __init__(self, database: Database):
        self._database = database

    def keep(self, received: Received, *, on: date) -> bool:
        """Keep an arrival; False when the same bytes are there already."""
        (kept,) = self.keep_all([received], on=on)
        if kept is Kept.OTHER:
            raise Conflict(
                "inbox.key_reused",
                "other bytes came under this key before",
                source=received.source,
                key=received.key,
            )
        return kept is Kept.NEW

    def keep_all(self, arrivals: Sequence[Received], *, on: date) -> tuple[Kept, ...]:
        """Keep many at once."""
        if not arrivals:
            return ()
        named = [((received.source, received.key), received) for received in arrivals]
        first: dict[_Key, Received] = {}
        for key, received in named:
            first.setdefault(key, received)
        new = self._insert(first, on)
        held = self._digests(list(first))
        told = []
        for key, received in named:
            same = held[key] == _digest(received)
            told.append(Kept.NEW if key in new else Kept.KNOWN if same else Kept.OTHER)
            new.discard(key)
        return tuple(told)

    def settle(self, source: str, key: str, *, code: str = "", text: str = "") -> None:
        """Note the arrival as processed, or parked when there is a code."""
        self.settle_all([Settled(source, key, code, text)])

    def settle_all(self, settled: Sequence[Settled]) -> None:
        """Note of many what became of them."""
        if not settled:
            return
        columns = {
            "sources": [each.source for each in settled],
            "keys": [each.key for each in settled],
            "codes": [each.code for each in settled],
            "texts": [each.text for each in settled],
        }
        found = self._database.connection().execute(_SETTLE, columns).rowcount
        if found != len({(each.source, each.key) for each in settled}):
            raise RuntimeError("settled what was never kept")

    def _insert(self, arrivals: Mapping[_Key, Received], on: date) -> set[_Key]:
        """Insert what is not there; return the keys inserted."""
        rows = [
            {
                "source": received.source,
                "key": received.key,
                "schema": received.schema,
                "raw": received.raw,
                "sha256": _digest(received),
                "received_on": on,
            }
            for received in arrivals.values()
        ]
        inserted = self._database.connection().execute(_KEEP, rows)
        return {(row.source, row.key) for row in inserted}

    def _digests(self, keys: Sequence[_Key]) -> dict[_Key, bytes]:
        columns = {"sources": [source for source, _ in keys], "keys": [key for _, key in keys]}
        rows = self._database.connection().execute(_DIGESTS, columns)
        return {(row.source, row.key): bytes(row.sha256) for row in rows}


def _digest(received: Received) -> bytes:
    return hashlib.sha256(received.raw).digest()
