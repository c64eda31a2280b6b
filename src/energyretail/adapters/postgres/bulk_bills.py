"""Bills of supplies rated alike, written as columns: one COPY a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

import numpy as np
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.billing import conflict_of, insert_invoices
from energyretail.adapters.postgres.bulk import copy_bytes, new_ids
from energyretail.adapters.postgres.bulk_due import Due, due_page, supplies_of
from energyretail.adapters.postgres.bulk_rows import TABLES, Batch
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.distribution import columns_by_account
from energyretail.adapters.postgres.ledger import insert_entries
from energyretail.adapters.shared.form_json import (
    form_text,
    rounding_template_of,
    template_of,
)
from energyretail.application.billing import DuePage, IssuedAlike, RatedAlike
from energyretail.domain.billing import (
    BillableSupply,
    Invoice,
)
from energyretail.domain.ledger import Entry

__all__ = ["PostgresBulkBills"]

_FORM: Final = text("""
    INSERT INTO bill_form (digest, body, period) VALUES (:digest, :body, daterange(:start, :until))
    ON CONFLICT (digest) DO NOTHING RETURNING id
""")
_FORM_LINES: Final = text("""
    INSERT INTO bill_form_line (form_id, position, told)
    SELECT :form, n, told FROM jsonb_array_elements(CAST(:lines AS jsonb))
        WITH ORDINALITY AS given (told, n)
""")
_KNOWN: Final = text("SELECT id FROM bill_form WHERE digest = :digest")


class PostgresBulkBills:
    """Implements the BulkBills port: a COPY a table, whatever the number of bills."""

    def __init__(self, database: Database):
        self._database = database

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
        told = {form_text(each.rated.program.form): each.rated for each in issued}
        forms = _forms(connection, told)
        ranks = [rank for each in issued for rank in each.ranks]
        count = len(ranks) + len(others)
        # Keys of rows follow the numbers of all, whichever way they were made: pages, members of
        # consolidated invoices and what the ERP is told come in the order of these keys.
        ids = np.array(new_ids(connection, "invoice", count), np.int64)
        posted = np.array(new_ids(connection, "entry", count), np.int64)
        batches, is_cut = [], bool(columns_by_account(connection, "invoice_line"))
        for each in issued:
            own = np.array(each.ranks, np.intp)
            form = forms[form_text(each.rated.program.form)]
            batches.append(Batch.of(each, form, ids[own], posted[own], is_cut=is_cut))
        _copy(connection, batches)
        free = np.delete(np.arange(count), ranks)
        insert_invoices(connection, others, ids[free].tolist())
        keys = {f"invoice:{i.number}": id_ for i, id_ in zip(others, posted[free], strict=True)}
        insert_entries(connection, entries, [int(keys[entry.key]) for entry in entries])
        return tuple(key for batch in batches for key in batch.entry_keys())


def _copy(connection: Connection, batches: Sequence[Batch]) -> None:
    """Fill table by table; while the database takes one batch in, the next are put together."""
    if not batches:
        return
    with ThreadPoolExecutor(max_workers=1) as beside:
        parts = {
            table: [beside.submit(rows, batch) for batch in batches]
            for table, (_, rows) in TABLES.items()
        }
        for table, (columns, _) in TABLES.items():
            packed = parts.pop(table)
            all_columns = (*columns, *columns_by_account(connection, table))
            copy_bytes(connection, table, all_columns, (packed.pop(0).result() for _ in batches))


def _forms(connection: Connection, told: Mapping[str, RatedAlike]) -> dict[str, int]:
    """Keep forms, each once; always in one order, as others may keep the same."""
    forms = {}
    for digest, body in sorted((hashlib.sha256(each.encode()).hexdigest(), each) for each in told):
        form, kernel = told[body].program.form, told[body].kernel
        days = {"start": form.period.start, "until": form.period.until}
        new = connection.scalar(_FORM, {"digest": digest, "body": body, **days})
        if new is not None:
            lines = [template_of(line) for line in form.lines]
            lines += [rounding_template_of(form, each) for each in kernel.roundings]
            connection.execute(_FORM_LINES, {"form": new, "lines": json.dumps(lines)})
        forms[body] = new or connection.scalar(_KNOWN, {"digest": digest})
    return forms
