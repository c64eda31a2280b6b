"""The long lists of the ledger, in Postgres."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.application.shared import Page, page_of
from energyretail.domain.ledger import Account, Entry, OpenItem, Posting
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, Money

__all__ = ["PostgresEntryShelf", "PostgresOpenItemShelf"]

# What is open is a sum, added up along the index of the items until a page is full.
_OPEN_ITEMS: Final = Keyset.by_text(
    """
    SELECT item COLLATE "C" AS item, customer, currency, sum(amount_cents)::bigint AS cents,
        coalesce(
            (SELECT due_on FROM payable_document WHERE number = max(posting.item)),
            (SELECT min(day) FROM entry WHERE id = ANY(array_agg(entry_id)))
        ) AS due_on
    FROM posting
    """,
    "item",
    {"receivable": "account = 'receivable'", "customer": "customer = :customer"},
    group='GROUP BY item COLLATE "C", customer, currency HAVING sum(amount_cents) <> 0',
)

_ENTRIES: Final = Keyset.by_row(
    """
    SELECT key, day, text, (
        SELECT jsonb_agg(
            jsonb_build_array(account, amount_cents, currency, customer, item) ORDER BY position)
        FROM posting WHERE entry_id = entry.id
    ) AS postings
    FROM entry
    """,
    "entry",
    "key",
    {
        "item": """id IN (
            SELECT entry_id FROM posting
            WHERE account = 'receivable' AND item COLLATE "C" = :item)""",
        "customer": """id IN (
            SELECT entry_id FROM posting WHERE account = 'receivable' AND customer = :customer)""",
    },
)


class PostgresOpenItemShelf:
    """Implements the OpenItemShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(self, *, after: str, limit: int, customer: str | None = None) -> Page[OpenItem]:
        """Return open items beyond an item."""
        rows = _OPEN_ITEMS.rows(
            self._database, after=after, limit=limit, receivable=True, customer=customer
        )
        return page_of(map(_open_item, rows), limit=limit, key=lambda one: one.item)


class PostgresEntryShelf:
    """Implements the EntryShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(
        self, *, after: str, limit: int, item: str | None = None, customer: str | None = None
    ) -> Page[Entry]:
        """Return entries posted after a key."""
        rows = _ENTRIES.rows(self._database, after=after, limit=limit, item=item, customer=customer)
        return page_of(map(_entry, rows), limit=limit, key=lambda one: one.key)


def _open_item(row: Row[Any]) -> OpenItem:
    return OpenItem(
        InvoiceNumber(row.item),
        CustomerNumber(row.customer),
        row.due_on,
        Money.of_cents(row.cents, row.currency),
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.key, row.day, row.text, tuple(_posting(*each) for each in row.postings))


def _posting(
    account: str, cents: int, currency: str, customer: str | None, item: str | None
) -> Posting:
    return Posting(
        Account(account),
        Money.of_cents(cents, currency),
        CustomerNumber(customer) if customer is not None else None,
        InvoiceNumber(item) if item is not None else None,
    )
