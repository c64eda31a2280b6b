"""The outbox as a table, claimed by one relay a channel."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.binary_rows import RowOf, packed, strings
from energyretail.adapters.postgres.bulk import copy_bytes
from energyretail.adapters.postgres.database import Database
from energyretail.application.shared import Channel, Claimed, Delivery, DeliveryState, Message

__all__ = ["PostgresOutbox"]

_STATE_AFTER = {
    DeliveryState.SENT: "sent",
    DeliveryState.RETRY: "ready",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.PARKED: "parked",
}

_NEW = ("channel", "kind", "key")
# Looked up, as a night of bills asks for them by the million.
_NAMES = {channel: channel.value for channel in Channel}
_MANY = 1000

_CLAIM = text(
    """
    WITH next AS (
        SELECT channel, kind, key, id, state FROM outbox
        WHERE channel = :channel AND state IN ('ready', 'sending', 'unknown')
        ORDER BY id LIMIT :limit FOR UPDATE
    )
    UPDATE outbox SET state = 'sending', attempts = attempts + 1
    FROM next WHERE (outbox.channel, outbox.kind, outbox.key) = (next.channel, next.kind, next.key)
    RETURNING outbox.id, outbox.kind, outbox.key, attempts, next.state <> 'ready' AS maybe_sent
    """
)


class PostgresOutbox:
    """Implements the Outbox port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, messages: Sequence[Message]) -> None:
        """Write messages, once each."""
        if len(messages) >= _MANY and self._copied(messages):
            return
        self._write(
            "INSERT INTO outbox (channel, kind, key)"
            " SELECT * FROM unnest(CAST(:channels AS text[]), CAST(:kinds AS text[]),"
            " CAST(:keys AS text[])) ON CONFLICT DO NOTHING",
            messages,
        )

    def _copied(self, messages: Sequence[Message]) -> bool:
        """Write messages by COPY, which takes half the time; tell if all of them were new, once."""
        connection = self._database.connection()
        fields = [
            strings([_NAMES[each.channel] for each in messages]),
            strings([each.kind for each in messages]),
            strings([each.key for each in messages]),
        ]
        try:
            with connection.begin_nested():
                copy_bytes(connection, "outbox", _NEW, [packed([RowOf(fields)], len(messages))])
        except IntegrityError:
            return False
        return True

    def claim(self, channel: Channel, *, limit: int) -> tuple[Claimed, ...]:
        """Take unsent messages, oldest first."""
        rows = self._database.connection().execute(
            _CLAIM, {"channel": channel.value, "limit": limit}
        )
        return tuple(
            Claimed(Message(channel, row.kind, row.key), row.attempts, row.maybe_sent)
            for row in sorted(rows, key=lambda row: int(row.id))
        )

    def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Record what became of claimed messages."""
        messages = [delivery.message for delivery in deliveries]
        settled = self._write(
            "UPDATE outbox SET state = new.state, code = new.code, text = new.text"
            " FROM unnest(CAST(:channels AS text[]), CAST(:kinds AS text[]),"
            " CAST(:keys AS text[]), CAST(:states AS text[]), CAST(:codes AS text[]),"
            " CAST(:texts AS text[])) AS new (channel, kind, key, state, code, text)"
            " WHERE (outbox.channel, outbox.kind, outbox.key) = (new.channel, new.kind, new.key)",
            messages,
            states=[_STATE_AFTER[delivery.state] for delivery in deliveries],
            codes=[delivery.code for delivery in deliveries],
            texts=[delivery.text for delivery in deliveries],
        )
        if settled != len(set(messages)):
            raise RuntimeError("settled what was never written")

    def waiting(self) -> int:
        """Count what is neither sent nor parked."""
        with self._database.reading() as connection:
            count: int = connection.execute(
                text("SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending', 'unknown')")
            ).scalar_one()
        return count

    def _write(self, sql: str, messages: Sequence[Message], **more: list[str]) -> int:
        if not messages:
            return 0
        columns = {
            "channels": [message.channel.value for message in messages],
            "kinds": [message.kind for message in messages],
            "keys": [message.key for message in messages],
        }
        return self._database.connection().execute(text(sql), columns | more).rowcount
