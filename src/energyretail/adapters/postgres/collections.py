"""Collections as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.domain import payments
from energyretail.domain.shared import (
    CustomerNumber,
    EndToEndId,
    InvoiceNumber,
    MandateReference,
    MessageId,
    Money,
)

__all__ = ["PostgresCollections", "collection_of"]

_ADD_COLLECTIONS = text(
    """
    INSERT INTO collection (end_to_end_id, item, customer, umr, amount_cents, currency, due_on,
        attempt, sequence, msg_id, payment_information_id, state, reason, returned_on)
    SELECT end_to_end_id, item, customer, umr, amount_cents, currency, due_on,
        attempt, sequence, msg_id, payment_information_id, state, reason, returned_on
    FROM unnest(CAST(:end_to_end_ids AS text[]), CAST(:items AS text[]),
        CAST(:customers AS text[]), CAST(:umrs AS text[]), CAST(:amounts AS bigint[]),
        CAST(:currencies AS text[]), CAST(:due_days AS date[]), CAST(:attempts AS int[]),
        CAST(:sequences AS text[]), CAST(:msg_ids AS text[]),
        CAST(:payment_information_ids AS text[]), CAST(:states AS text[]),
        CAST(:reasons AS text[]), CAST(:return_days AS date[]))
        WITH ORDINALITY AS new (end_to_end_id, item, customer, umr, amount_cents, currency,
            due_on, attempt, sequence, msg_id, payment_information_id, state, reason,
            returned_on, position)
    ORDER BY position
    """
)

# What was asked of the debtor never changes: only what became of it is updated.
_SAVE_COLLECTIONS = text(
    """
    UPDATE collection SET state = new.state, reason = new.reason, returned_on = new.returned_on
    FROM unnest(CAST(:end_to_end_ids AS text[]), CAST(:states AS text[]),
        CAST(:reasons AS text[]), CAST(:return_days AS date[]))
        AS new (end_to_end_id, state, reason, returned_on)
    WHERE collection.end_to_end_id = new.end_to_end_id
    """
)

# Locked in the order in which readers lock them.
_MOVE_COLLECTIONS = text(
    """
    WITH waiting AS (
        SELECT end_to_end_id FROM collection WHERE msg_id = :msg_id AND state = :before
        ORDER BY end_to_end_id COLLATE "C" FOR UPDATE
    )
    UPDATE collection SET state = :after
    FROM waiting WHERE collection.end_to_end_id = waiting.end_to_end_id
    """
)

_CLASHES: Final = {
    "collection_natural_key": ("payments.collection.exists", "collected already"),
    "collection_attempt": ("payments.collection.exists", "collected already"),
    "collection_one_in_flight": (
        "payments.collection.in_flight",
        "another collection of the item is in flight",
    ),
}


class PostgresCollections:
    """Implements the Collections port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, collections: Sequence[payments.Collection]) -> None:
        """Add collections; raises Conflict for one that is there or an item in flight."""
        if collections:
            self._write(_ADD_COLLECTIONS, [_collection_columns(collections)])

    def save(self, collections: Sequence[payments.Collection]) -> None:
        """Replace state, reason and day of return; raises Conflict for an item in flight."""
        # What ends goes first: the next collection of the item may start in the same save.
        ended = [collection for collection in collections if not collection.in_flight]
        in_flight = [collection for collection in collections if collection.in_flight]
        if collections:
            self._write(_SAVE_COLLECTIONS, [_changes(ended), _changes(in_flight)])

    def _write(self, statement: TextClause, rows: list[dict[str, Any]]) -> None:
        try:
            self._database.connection().execute(statement, rows)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error

    def named(self, end_to_end_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return collections, ordered by id."""
        return self._select("end_to_end_id", end_to_end_ids)

    def move(
        self, msg_id: str, before: payments.CollectionState, after: payments.CollectionState
    ) -> None:
        """Note a state for the collections of a file that are in another."""
        payments.check_move(before, after)
        self._database.connection().execute(
            _MOVE_COLLECTIONS, {"msg_id": msg_id, "before": before.value, "after": after.value}
        )

    def of_batches(self, payment_information_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return the collections of batches, ordered by id."""
        return self._select("payment_information_id", payment_information_ids)

    def _select(self, column: str, keys: Sequence[str]) -> tuple[payments.Collection, ...]:
        if not keys:
            return ()
        # What a transaction reads it is about to change; a reader without one only looks.
        locking = "FOR UPDATE" if self._database.in_transaction else ""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    f"SELECT * FROM collection WHERE {column} = ANY(:keys)"
                    f' ORDER BY end_to_end_id COLLATE "C" {locking}'
                ),
                {"keys": list(keys)},
            ).all()
        return tuple(collection_of(row) for row in rows)


def _collection_columns(collections: Sequence[payments.Collection]) -> dict[str, list[Any]]:
    return {
        "end_to_end_ids": [c.end_to_end_id for c in collections],
        "items": [c.item for c in collections],
        "customers": [c.customer for c in collections],
        "umrs": [c.umr for c in collections],
        "amounts": [c.amount.cents for c in collections],
        "currencies": [c.amount.currency for c in collections],
        "due_days": [c.due_on for c in collections],
        "attempts": [c.attempt for c in collections],
        "sequences": [c.sequence.value for c in collections],
        "msg_ids": [c.msg_id for c in collections],
        "payment_information_ids": [c.payment_information_id for c in collections],
        "states": [c.state.value for c in collections],
        "reasons": [c.reason for c in collections],
        "return_days": [c.returned_on for c in collections],
    }


def _changes(collections: Sequence[payments.Collection]) -> dict[str, Any]:
    return {
        "end_to_end_ids": [c.end_to_end_id for c in collections],
        "states": [c.state.value for c in collections],
        "reasons": [c.reason for c in collections],
        "return_days": [c.returned_on for c in collections],
    }


def collection_of(row: Any) -> payments.Collection:
    """Return the collection of a row of its table."""
    return payments.Collection(
        end_to_end_id=EndToEndId(row.end_to_end_id),
        item=InvoiceNumber(row.item),
        customer=CustomerNumber(row.customer),
        umr=MandateReference(row.umr),
        amount=Money.of_cents(row.amount_cents, row.currency),
        due_on=row.due_on,
        attempt=row.attempt,
        sequence=payments.Sequence(row.sequence),
        msg_id=MessageId(row.msg_id),
        payment_information_id=row.payment_information_id,
        state=payments.CollectionState(row.state),
        reason=row.reason,
        returned_on=row.returned_on,
    )
