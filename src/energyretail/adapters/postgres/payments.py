"""Mandates, collections, payment files and bank entries as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain import payments
from energyretail.domain.shared import (
    Conflict,
    ContractNumber,
    CreditorIdentifier,
    CustomerNumber,
    EndToEndId,
    Iban,
    InvoiceNumber,
    MandateReference,
    MessageId,
    Money,
)

__all__ = [
    "PostgresBankEntries",
    "PostgresCollections",
    "PostgresMandates",
    "PostgresPaymentFiles",
    "collection_of",
    "mandate_of",
]

_ADD_MANDATE = text(
    """
    INSERT INTO mandate (umr, contract, customer, creditor, iban, debtor_name, debtor_street,
        debtor_postcode, debtor_town, debtor_country, signed_on, state, first_used, last_used)
    VALUES (:umr, :contract, :customer, :creditor, :iban, :debtor_name, :debtor_street,
        :debtor_postcode, :debtor_town, :debtor_country, :signed_on, :state, :first_used,
        :last_used)
    ON CONFLICT (umr) DO NOTHING
    """
)

_SAVE_MANDATES = text(
    """
    UPDATE mandate SET iban = new.iban, state = new.state, first_used = new.first_used,
        last_used = new.last_used
    FROM unnest(CAST(:umrs AS text[]), CAST(:ibans AS text[]), CAST(:states AS text[]),
        CAST(:first_uses AS date[]), CAST(:last_uses AS date[]))
        AS new (umr, iban, state, first_used, last_used)
    WHERE mandate.umr = new.umr
    """
)

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
    ON CONFLICT DO NOTHING
    """
)

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


class PostgresMandates:
    """Implements the Mandates port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, mandates: Sequence[payments.Mandate]) -> None:
        """Add mandates, once each."""
        if mandates:
            self._database.connection().execute(_ADD_MANDATE, [_mandate_row(m) for m in mandates])

    def save(self, mandates: Sequence[payments.Mandate]) -> None:
        """Replace what changes in mandates: account, state, use."""
        if mandates:
            self._database.connection().execute(
                _SAVE_MANDATES,
                {
                    "umrs": [m.umr for m in mandates],
                    "ibans": [m.iban.value for m in mandates],
                    "states": [m.state.value for m in mandates],
                    "first_uses": [m.first_used for m in mandates],
                    "last_uses": [m.last_used for m in mandates],
                },
            )

    def named(self, references: Sequence[str]) -> tuple[payments.Mandate, ...]:
        """Return mandates, ordered by reference."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT * FROM mandate WHERE umr = ANY(:umrs)"
                    f' ORDER BY umr COLLATE "C" {_locking(self._database)}'
                ),
                {"umrs": list(references)},
            ).all()
        return tuple(mandate_of(row) for row in rows)


class PostgresCollections:
    """Implements the Collections port."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, collections: Sequence[payments.Collection]) -> None:
        """Add collections; raises Conflict for one that is there."""
        if not collections:
            return
        added = self._database.connection().execute(
            _ADD_COLLECTIONS, _collection_columns(collections)
        )
        if added.rowcount != len(collections):
            raise Conflict(
                "payments.collection.exists", "collected already", run=collections[0].msg_id
            )

    def save(self, collections: Sequence[payments.Collection]) -> None:
        """Replace what changes in collections: state, reason, day of return."""
        if collections:
            columns = _collection_columns(collections)
            wanted = ("end_to_end_ids", "states", "reasons", "return_days")
            self._database.connection().execute(
                _SAVE_COLLECTIONS, {name: columns[name] for name in wanted}
            )

    def named(self, end_to_end_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return collections, ordered by id."""
        return self._select("end_to_end_id", end_to_end_ids)

    def move(
        self, msg_id: str, before: payments.CollectionState, after: payments.CollectionState
    ) -> None:
        """Note a state for the collections of a file that are in another."""
        self._database.connection().execute(
            _MOVE_COLLECTIONS, {"msg_id": msg_id, "before": before.value, "after": after.value}
        )

    def of_batches(self, payment_information_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return the collections of batches, ordered by id."""
        return self._select("payment_information_id", payment_information_ids)

    def _select(self, column: str, keys: Sequence[str]) -> tuple[payments.Collection, ...]:
        if not keys:
            return ()
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    f"SELECT * FROM collection WHERE {column} = ANY(:keys)"
                    f' ORDER BY end_to_end_id COLLATE "C" {_locking(self._database)}'
                ),
                {"keys": list(keys)},
            ).all()
        return tuple(collection_of(row) for row in rows)


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


def _locking(database: Database) -> str:
    # What a transaction reads it is about to change; a reader without one only looks.
    return "FOR UPDATE" if database.in_transaction else ""


def _mandate_row(mandate: payments.Mandate) -> dict[str, Any]:
    return {
        "umr": mandate.umr,
        "contract": mandate.contract,
        "customer": mandate.customer,
        "creditor": mandate.creditor.value,
        "iban": mandate.iban.value,
        "debtor_name": mandate.debtor.name,
        "debtor_street": mandate.debtor.street,
        "debtor_postcode": mandate.debtor.postcode,
        "debtor_town": mandate.debtor.town,
        "debtor_country": mandate.debtor.country,
        "signed_on": mandate.signed_on,
        "state": mandate.state.value,
        "first_used": mandate.first_used,
        "last_used": mandate.last_used,
    }


def mandate_of(row: Any) -> payments.Mandate:
    """Return the mandate of a row of its table."""
    return payments.Mandate(
        umr=MandateReference(row.umr),
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        creditor=CreditorIdentifier(row.creditor),
        iban=Iban(row.iban),
        debtor=payments.Party(
            row.debtor_name,
            row.debtor_town,
            row.debtor_country,
            row.debtor_street,
            row.debtor_postcode,
        ),
        signed_on=row.signed_on,
        state=payments.MandateState(row.state),
        first_used=row.first_used,
        last_used=row.last_used,
    )


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
