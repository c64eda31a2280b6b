"""The long lists of payments, in Postgres."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.adapters.postgres.payments import collection_of, mandate_of
from energyretail.application.payments import BookedEntry, PaymentFileSummary
from energyretail.application.shared import Page, page_of
from energyretail.domain import payments
from energyretail.domain.shared import MessageId, Money

__all__ = [
    "PostgresBankEntryShelf",
    "PostgresCollectionShelf",
    "PostgresMandateShelf",
    "PostgresPaymentFileShelf",
]

_COLLECTIONS: Final = Keyset.by_row(
    "SELECT * FROM collection",
    "collection",
    "end_to_end_id",
    {
        "customer": "customer = :customer",
        "item": "item = :item",
        "state": "state = :state",
        "returned": "reason IS NOT NULL",
        "standing": "reason IS NULL",
    },
)

_MANDATES: Final = Keyset.by_text(
    "SELECT * FROM mandate",
    "umr",
    {
        "contract": "contract = :contract",
        "customer": "customer = :customer",
        "state": "state = :state",
    },
)

_FILES: Final = Keyset.by_text(
    """
    SELECT msg_id, file_name, sha256, control_sum_cents, currency, count, due_on, state
    FROM payment_file
    """,
    "msg_id",
)

_ENTRIES: Final = Keyset.by_row("SELECT * FROM bank_entry", "bank_entry", "reference")


class PostgresCollectionShelf:
    """Implements the CollectionShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
        item: str | None = None,
        state: payments.CollectionState | None = None,
        returned: bool | None = None,
    ) -> Page[payments.Collection]:
        """Return collections made after an end-to-end id."""
        rows = _COLLECTIONS.rows(
            self._database,
            after=after,
            limit=limit,
            customer=customer,
            item=item,
            state=state,
            returned=returned or None,
            standing=True if returned is False else None,
        )
        found = map(collection_of, rows)
        return page_of(found, limit=limit, key=lambda one: one.end_to_end_id)


class PostgresMandateShelf:
    """Implements the MandateShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        customer: str | None = None,
        state: payments.MandateState | None = None,
    ) -> Page[payments.Mandate]:
        """Return mandates beyond a reference."""
        rows = _MANDATES.rows(
            self._database,
            after=after,
            limit=limit,
            contract=contract,
            customer=customer,
            state=state,
        )
        return page_of(map(mandate_of, rows), limit=limit, key=lambda one: one.umr)


class PostgresPaymentFileShelf:
    """Implements the PaymentFileShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(self, *, after: str, limit: int) -> Page[PaymentFileSummary]:
        """Return files beyond a message id."""
        rows = _FILES.rows(self._database, after=after, limit=limit)
        return page_of(map(_file, rows), limit=limit, key=lambda one: one.msg_id)


class PostgresBankEntryShelf:
    """Implements the BankEntryShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(self, *, after: str, limit: int) -> Page[BookedEntry]:
        """Return entries booked after a reference."""
        rows = _ENTRIES.rows(self._database, after=after, limit=limit)
        return page_of(map(_entry, rows), limit=limit, key=lambda one: one.reference)


def _file(row: Row[Any]) -> PaymentFileSummary:
    return PaymentFileSummary(
        msg_id=MessageId(row.msg_id),
        file_name=row.file_name,
        sha256=row.sha256,
        control_sum=Money.of_cents(row.control_sum_cents, row.currency),
        # A row is a tuple, and has a method of that name.
        count=row._mapping["count"],
        due_on=row.due_on,
        state=payments.FileState(row.state),
    )


def _entry(row: Row[Any]) -> BookedEntry:
    return BookedEntry(
        reference=row.reference,
        amount=Money.of_cents(row.amount_cents, row.currency),
        booked_on=row.booked_on,
        source=row.source,
        received_on=row.received_on,
    )
