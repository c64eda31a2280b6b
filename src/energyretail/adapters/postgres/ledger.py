"""The books as appended rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.bulk import copy_bytes, new_ids
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.distribution import columns_by_account
from energyretail.adapters.postgres.ledger_rows import (
    ENTRY_COLUMNS,
    POSTING_COLUMNS,
    entry_rows,
    holder_of,
    posting_rows,
)
from energyretail.application.ledger import LedgerTotals
from energyretail.domain.ledger import Account, Entry, OpenItem, Posting
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, Money

__all__ = ["PostgresBooks", "PostgresLedger", "insert_entries"]

# A COPY takes what a few rows do not repay: a savepoint, keys asked for beforehand.
_COPIED_FROM: Final = 100

# With `holder` where tables are cut by it; the key has it too then, and so is not named.
_ENTRIES = """
    INSERT INTO entry (key, day, text{holder})
    SELECT key, day, text{holder}
    FROM unnest(CAST(:keys AS text[]), CAST(:days AS date[]), CAST(:texts AS text[]),
        CAST(:holders AS text[]))
        WITH ORDINALITY AS given (key, day, text, holder, position)
    ORDER BY position
    ON CONFLICT DO NOTHING
    RETURNING id, key
"""

_POSTINGS = """
    INSERT INTO posting (
        entry_id, position, account, amount_cents, currency, customer, item{holder})
    SELECT entry_id, position, account, amount_cents, currency, customer, item{holder}
    FROM unnest(
        CAST(:entry_ids AS bigint[]), CAST(:positions AS int[]), CAST(:accounts AS text[]),
        CAST(:amounts AS bigint[]), CAST(:currencies AS text[]), CAST(:customers AS text[]),
        CAST(:items AS text[]), CAST(:holders AS text[])
    ) AS given (entry_id, position, account, amount_cents, currency, customer, item, holder)
    ORDER BY entry_id, position
"""

_OPEN_ITEMS = text("""
    SELECT open.item, open.customer, coalesce(document.due_on, open.first_day) AS due_on,
        open.cents, open.currency
    FROM (
        SELECT item, customer, currency, sum(amount_cents)::bigint AS cents,
            min(entry.day) AS first_day
        FROM posting JOIN entry ON entry.id = posting.entry_id
        WHERE account = 'receivable' AND (CAST(:customer AS text) IS NULL OR customer = :customer)
        GROUP BY item, customer, currency HAVING sum(amount_cents) <> 0
    ) AS open
    LEFT JOIN payable_document AS document ON document.number = open.item
    ORDER BY open.item COLLATE "C"
""")

_READ_ENTRIES = text("""
    SELECT entry.key, entry.day, entry.text, account, amount_cents, currency, customer, item
    FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS wanted (key, position)
    JOIN entry USING (key) JOIN posting ON posting.entry_id = entry.id
    ORDER BY wanted.position, posting.position
""")

_IMBALANCES = text("""
    SELECT currency, sum(amount_cents)::bigint AS cents FROM posting
    GROUP BY currency HAVING sum(amount_cents) <> 0 ORDER BY currency
""")

_UNBALANCED = text("""
    SELECT DISTINCT entry.key COLLATE "C" AS key FROM entry LEFT JOIN posting
        ON posting.entry_id = entry.id
    GROUP BY entry.key, currency HAVING coalesce(sum(amount_cents), 1) <> 0 ORDER BY 1
""")

_TOTALS = text("""
    WITH receivable AS (
        SELECT currency, item, amount_cents, entry.key LIKE 'invoice:%' AS invoiced
        FROM posting JOIN entry ON entry.id = posting.entry_id WHERE account = 'receivable'
    ), posted AS (
        SELECT currency, sum(amount_cents) AS receivable,
            coalesce(sum(amount_cents) FILTER (WHERE invoiced), 0) AS invoiced
        FROM receivable GROUP BY currency
    ), items AS (
        SELECT currency, sum(cents) AS open FROM (
            SELECT currency, item, sum(amount_cents) AS cents
            FROM receivable GROUP BY currency, item HAVING sum(amount_cents) <> 0
        ) AS item GROUP BY currency
    ), documents AS (
        SELECT currency, sum(gross_cents) AS documents FROM invoice GROUP BY currency
    )
    SELECT currency, coalesce(documents, 0)::bigint AS documents,
        coalesce(invoiced, 0)::bigint AS invoiced,
        coalesce(receivable, 0)::bigint AS receivable, coalesce(open, 0)::bigint AS open
    FROM posted FULL JOIN documents USING (currency) LEFT JOIN items USING (currency)
    ORDER BY currency
""")


class PostgresBooks:
    """Implements the Books port: two statements, or two COPYs, whatever the number of entries."""

    def __init__(self, database: Database, *, copied_from: int = _COPIED_FROM):
        """Post by COPY where there are `copied_from` entries or more."""
        self._database = database
        self._copied_from = copied_from

    def post(self, entries: Sequence[Entry]) -> None:
        """Append entries, once each by key."""
        first: dict[str, Entry] = {}
        for entry in entries:
            first.setdefault(entry.key, entry)
        if not first:
            return
        connection = self._database.connection()
        if len(first) < self._copied_from or not _copied(connection, list(first.values())):
            _inserted(connection, first)


def _copied(connection: Connection, entries: Sequence[Entry]) -> bool:
    """Append entries by COPY; False, and nothing is done, where one of them stands already."""
    ids = new_ids(connection, "entry", len(entries))
    try:
        with connection.begin_nested():
            insert_entries(connection, entries, ids)
    except IntegrityError as error:
        if "entry_natural_key" not in str(error.orig):
            raise
        return False
    return True


def _inserted(connection: Connection, first: Mapping[str, Entry]) -> None:
    given = {
        "keys": list(first),
        "days": [entry.day for entry in first.values()],
        "texts": [entry.text for entry in first.values()],
        "holders": list(map(holder_of, first.values())),
    }
    holder = "".join(f", {name}" for name in columns_by_account(connection, "entry"))
    new = connection.execute(text(_ENTRIES.format(holder=holder)), given)
    ids = {row.key: row.id for row in new}
    if kept := [(ids[key], first[key]) for key in first if key in ids]:
        connection.execute(text(_POSTINGS.format(holder=holder)), _posting_columns(kept))


def insert_entries(connection: Connection, entries: Sequence[Entry], ids: Sequence[int]) -> None:
    """Append entries under row keys that were taken for them."""
    if not entries:
        return
    holder = columns_by_account(connection, "entry")
    rows = entry_rows(ids, entries, with_holders=bool(holder))
    copy_bytes(connection, "entry", (*ENTRY_COLUMNS, *holder), rows)
    rows = posting_rows(ids, entries, with_holders=bool(holder))
    copy_bytes(connection, "posting", (*POSTING_COLUMNS, *holder), rows)


def _posting_columns(kept: Sequence[tuple[int, Entry]]) -> dict[str, list[Any]]:
    rows = [
        (id_, n, holder_of(entry), each)
        for id_, entry in kept
        for n, each in enumerate(entry.postings, 1)
    ]
    return {
        "entry_ids": [entry_id for entry_id, *_ in rows],
        "positions": [position for _, position, *_ in rows],
        "accounts": [posting.account.value for *_, posting in rows],
        "amounts": [posting.amount.cents for *_, posting in rows],
        "currencies": [posting.amount.currency for *_, posting in rows],
        "customers": [posting.customer for *_, posting in rows],
        "items": [posting.item for *_, posting in rows],
        "holders": [holder for *_, holder, _ in rows],
    }


class PostgresLedger:
    """Implements LedgerState, OpenItems and PostedEntries by set queries."""

    def __init__(self, database: Database):
        self._database = database

    def open_items(self, customer: str | None = None) -> tuple[OpenItem, ...]:
        """Return the unsettled items, ordered by item."""
        with self._database.reading() as connection:
            return tuple(
                OpenItem(
                    InvoiceNumber(r.item),
                    CustomerNumber(r.customer),
                    r.due_on,
                    Money.of_cents(r.cents, r.currency),
                )
                for r in connection.execute(_OPEN_ITEMS, {"customer": customer})
            )

    def entries(self, keys: Sequence[str]) -> tuple[Entry, ...]:
        """Return the entries under `keys`, in that order."""
        with self._database.reading() as connection:
            rows = connection.execute(_READ_ENTRIES, {"keys": list(dict.fromkeys(keys))}).all()
        return tuple(
            Entry(key, day, about, tuple(_posting(row) for row in group))
            for (key, day, about), group in groupby(rows, key=lambda r: (r.key, r.day, r.text))
        )

    def imbalances(self) -> tuple[Money, ...]:
        """Return what each currency is out by; nothing for one that is right."""
        with self._database.reading() as connection:
            return tuple(
                Money.of_cents(r.cents, r.currency) for r in connection.execute(_IMBALANCES)
            )

    def unbalanced_entries(self) -> tuple[str, ...]:
        """Return the keys of entries that do not sum to zero, or have no posting."""
        with self._database.reading() as connection:
            return tuple(connection.execute(_UNBALANCED).scalars())

    def totals(self) -> tuple[LedgerTotals, ...]:
        """Return the totals of each currency."""
        with self._database.reading() as connection:
            return tuple(
                LedgerTotals(
                    documents=Money.of_cents(r.documents, r.currency),
                    invoiced=Money.of_cents(r.invoiced, r.currency),
                    receivable=Money.of_cents(r.receivable, r.currency),
                    open=Money.of_cents(r.open, r.currency),
                )
                for r in connection.execute(_TOTALS)
            )


def _posting(row: Any) -> Posting:
    amount = Money.of_cents(row.amount_cents, row.currency)
    customer = CustomerNumber(row.customer) if row.customer is not None else None
    item = InvoiceNumber(row.item) if row.item is not None else None
    return Posting(Account(row.account), amount, customer, item)
