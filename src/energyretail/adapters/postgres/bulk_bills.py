"""Bills of supplies rated alike, written as columns: one COPY a table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.billing import conflict_of, insert_invoices
from energyretail.adapters.postgres.bulk import copy_bytes, new_ids
from energyretail.adapters.postgres.bulk_due import Due, due_page, supplies_of
from energyretail.adapters.postgres.bulk_forms import Forms
from energyretail.adapters.postgres.bulk_rows import TABLES, Batch
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.distribution import columns_by_account
from energyretail.adapters.postgres.ledger import insert_entries
from energyretail.application.billing import DuePage, IssuedAlike
from energyretail.domain.billing import (
    BillableSupply,
    Invoice,
)
from energyretail.domain.ledger import Entry

__all__ = ["PostgresBulkBills"]


class PostgresBulkBills:
    """Implements the BulkBills port: a COPY a table, whatever the number of bills."""

    def __init__(self, database: Database):
        self._database = database
        self._forms = Forms()

    def due(
        self,
        *,
        today: date,
        after: str,
        until: str = "",
        limit: int,
        past_days: int | None = None,
    ) -> DuePage:
        """Return a page of what is due."""
        page = Due(today=today, after=after, until=until, limit=limit, past_days=past_days)
        return due_page(self._database, page)

    def supplies(self, keys: Sequence[str], *, today: date) -> Mapping[str, BillableSupply]:
        """Return supplies by key."""
        return supplies_of(self._database, keys, today=today)

    def add(
        self,
        issued: Sequence[IssuedAlike],
        others: Sequence[Invoice] = (),
        entries: Sequence[Entry] = (),
    ) -> Sequence[str]:
        """Keep invoices and their entries."""
        try:
            return self._add(issued, others, entries)
        except IntegrityError as error:
            raise conflict_of(error) from error

    def _add(
        self, issued: Sequence[IssuedAlike], others: Sequence[Invoice], entries: Sequence[Entry]
    ) -> Sequence[str]:
        connection = self._database.connection()
        forms = self._forms.ids(self._database, [each.rated for each in issued])
        ranks = [rank for each in issued for rank in each.ranks]
        count = len(ranks) + len(others)
        # Keys of rows follow the numbers of all, whichever way they were made: pages, members of
        # consolidated invoices and what the ERP is told come in the order of these keys.
        ids = np.array(new_ids(connection, "invoice", count), np.int64)
        posted = np.array(new_ids(connection, "entry", count), np.int64)
        batches, is_cut = [], bool(columns_by_account(connection, "invoice_line"))
        for each, form in zip(issued, forms, strict=True):
            own = np.array(each.ranks, np.intp)
            batches.append(Batch.of(each, form, ids[own], posted[own], is_cut=is_cut))
        _copy(connection, batches)
        free = np.delete(np.arange(count), ranks)
        insert_invoices(connection, others, ids[free].tolist())
        keys = {f"invoice:{i.number}": id_ for i, id_ in zip(others, posted[free], strict=True)}
        insert_entries(connection, entries, [int(keys[entry.key]) for entry in entries])
        return tuple(key for batch in batches for key in batch.entry_keys())


def _copy(connection: Connection, batches: Sequence[Batch]) -> None:
    """Fill table by table; while the database takes one part in, the next are put together."""
    if not batches:
        return
    with ThreadPoolExecutor(max_workers=1) as beside:
        parts = {
            table: deque(beside.submit(part) for part in parts_of(batches))
            for table, (_, parts_of) in TABLES.items()
        }
        for table, (columns, _) in TABLES.items():
            all_columns = (*columns, *columns_by_account(connection, table))
            copy_bytes(connection, table, all_columns, _in_turn(parts[table]))


def _in_turn(parts: deque[Future[bytes]]) -> Iterator[bytes]:
    """Yield the parts, and hold none that was given."""
    while parts:
        yield parts.popleft().result()
