"""Payment files and bank entries as rows, beside mandates and collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from energyretail.adapters.postgres.collections import PostgresCollections, collection_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.mandates import PostgresMandates, mandate_of
from energyretail.domain import payments
from energyretail.domain.shared import Conflict, MessageId, Money

__all__ = [
    "PostgresBankEntries",
    "PostgresCollections",
    "PostgresMandates",
    "PostgresPaymentFiles",
    "collection_of",
    "mandate_of",
]

_ADD_FILE = text(
    """
    INSERT INTO payment_file (msg_id, file_name, content, sha256, control_sum_cents, currency,
        count, due_on, state)
    VALUES (:msg_id, :file_name, :content, :sha256, :control_sum_cents, :currency, :count,
        :due_on, :state)
    ON CONFLICT DO NOTHING
    """
)

_ADD_ENTRIES = text(
    """
    INSERT INTO bank_entry (reference, amount_cents, currency, booked_on, source, received_on)
    SELECT reference, amount_cents, currency, booked_on, :source, :received_on
    FROM unnest(CAST(:references AS text[]), CAST(:amounts AS bigint[]),
        CAST(:currencies AS text[]), CAST(:days AS date[]))
        WITH ORDINALITY AS new (reference, amount_cents, currency, booked_on, position)
    ORDER BY position
    ON CONFLICT DO NOTHING
    """
)


class PostgresPaymentFiles:
    """Implements the PaymentFiles port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, file: payments.PaymentFile) -> None:
        """Add a file; raises Conflict for one that is there."""
        added = self._database.connection().execute(
            _ADD_FILE,
            {
                "msg_id": file.msg_id,
                "file_name": file.file_name,
                "content": file.content,
                "sha256": file.sha256,
                "control_sum_cents": file.control_sum.cents,
                "currency": file.control_sum.currency,
                "count": file.count,
                "due_on": file.due_on,
                "state": file.state.value,
            },
        )
        if not added.rowcount:
            raise Conflict("payments.file.exists", "made already", msg_id=file.msg_id)

    def named(self, msg_ids: Sequence[str]) -> tuple[payments.PaymentFile, ...]:
        """Return files, ordered by id."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT * FROM payment_file WHERE msg_id = ANY(:ids)"
                    ' ORDER BY msg_id COLLATE "C"'
                ),
                {"ids": list(msg_ids)},
            ).all()
        return tuple(_file(row) for row in rows)

    def move(self, msg_id: str, before: payments.FileState, after: payments.FileState) -> None:
        """Note a state for a file that is in another."""
        self._database.connection().execute(
            text(
                "UPDATE payment_file SET state = :after WHERE msg_id = :msg_id AND state = :before"
            ),
            {"msg_id": msg_id, "before": before.value, "after": after.value},
        )


class PostgresBankEntries:
    """Implements the BankEntries port."""

    def __init__(self, database: Database):
        self._database = database

    def known(self, references: Sequence[str]) -> Mapping[str, Money]:
        """Return the amounts booked under references."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT reference, amount_cents, currency FROM bank_entry"
                    " WHERE reference = ANY(:references)"
                ),
                {"references": list(references)},
            ).all()
        return {row.reference: Money.of_cents(row.amount_cents, row.currency) for row in rows}

    def add(self, entries: Sequence[payments.BankEntry], *, source: str, on: date) -> None:
        """Note entries as booked; raises Conflict for a reference that is there."""
        if not entries:
            return
        added = self._database.connection().execute(
            _ADD_ENTRIES,
            {
                "source": source,
                "received_on": on,
                "references": [entry.reference for entry in entries],
                "amounts": [entry.amount.cents for entry in entries],
                "currencies": [entry.amount.currency for entry in entries],
                "days": [entry.booked_on for entry in entries],
            },
        )
        if added.rowcount != len(entries):
            raise Conflict("payments.entry.exists", "booked already", source=source)


def _file(row: Any) -> payments.PaymentFile:
    return payments.PaymentFile(
        msg_id=MessageId(row.msg_id),
        file_name=row.file_name,
        content=bytes(row.content),
        sha256=row.sha256,
        control_sum=Money.of_cents(row.control_sum_cents, row.currency),
        count=row.count,
        due_on=row.due_on,
        state=payments.FileState(row.state),
    )
