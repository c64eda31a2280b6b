"""Everything two ways of billing must agree on: rows by natural keys, and values of the domain."""

from __future__ import annotations

import json
from typing import Any

import attrs
from sqlalchemy import text

from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.billing_shelves import PostgresInvoiceShelf
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.state_export import state_rows
from energyretail.adapters.shared.bill_json import explanation_json
from energyretail.domain.billing import explain

__all__ = ["ROWS", "told"]

ROWS = {
    "invoice": "SELECT to_jsonb(invoice) - 'id' - 'form_id' FROM invoice ORDER BY number",
    "invoice_line": """
        SELECT jsonb_build_array(number, position, line.component, line.amount_cents, line.body)
        FROM told_line AS line JOIN invoice ON invoice.id = invoice_id ORDER BY number, position""",
    "invoice_tax": """
        SELECT jsonb_build_array(number, position, tax.tax, rate, base_cents, amount_cents)
        FROM invoice_tax AS tax JOIN invoice ON invoice.id = invoice_id
        ORDER BY number, position""",
    "invoice_reading": """
        SELECT to_jsonb(read) - 'id' - 'invoice_id' || jsonb_build_object('number', number)
        FROM invoice_reading AS read JOIN invoice ON invoice.id = invoice_id
        ORDER BY number, read.position""",
    "entry": "SELECT to_jsonb(entry) - 'id' FROM entry ORDER BY key",
    "posting": """
        SELECT to_jsonb(posting) - 'id' - 'entry_id' || jsonb_build_object('key', key)
        FROM posting JOIN entry ON entry.id = entry_id ORDER BY key, posting.position""",
    "charged_span": """
        SELECT to_jsonb(charged_span) - 'invoice_id' || jsonb_build_object('number', number)
        FROM charged_span JOIN invoice ON invoice.id = invoice_id
        ORDER BY number, component, days""",
    "issued_items": "SELECT to_jsonb(issued_items) FROM issued_items ORDER BY point, day",
    "number_series": "SELECT to_jsonb(number_series) FROM number_series ORDER BY series",
    "held_bill": "SELECT to_jsonb(held_bill) - 'id' FROM held_bill ORDER BY contract, cups, digest",
    "work_item": "SELECT to_jsonb(work_item) - 'id' FROM work_item ORDER BY kind, key",
    "outbox": "SELECT to_jsonb(outbox) - 'id' FROM outbox ORDER BY channel, kind, key",
    # Keys of rows are told to nobody; the order in which they go is.
    "order": """
        SELECT number FROM (SELECT number FROM invoice ORDER BY id) AS document UNION ALL
        SELECT key FROM (SELECT key FROM entry ORDER BY id) AS entry UNION ALL
        SELECT key FROM (SELECT key FROM outbox ORDER BY id) AS message""",
}


def told(database: Database, *, explained_every: int = 1) -> dict[str, Any]:
    """Return everything that was issued, as rows and as values of the domain.

    One bill in `explained_every` is explained and copied: explanations are made of a document
    alone, copies of its rows, and both are told to the last digit of every bill. So are the
    lines and taxes of the state, which are left out of it unless every bill is explained.
    """
    of_documents = ("invoice_line", "invoice_tax") if explained_every > 1 else ()
    with database.engine.connect() as connection:
        rows = {
            name: [row[0] for row in connection.execute(text(sql))] for name, sql in ROWS.items()
        }
    numbers = [row["number"] for row in rows["invoice"]]
    invoices = PostgresInvoices(database).by_numbers(numbers)
    shelf = PostgresInvoiceShelf(database)
    return rows | {
        "state": list(state_rows(database, but=of_documents)),
        "invoices": list(map(repr, invoices)),
        "explanations": [
            json.dumps(explanation_json(explain(each))) for each in invoices[::explained_every]
        ],
        "copies": [
            attrs.evolve(shelf.copy_of(number), id="") for number in numbers[::explained_every]
        ],
    }
