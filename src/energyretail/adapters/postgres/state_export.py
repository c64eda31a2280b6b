"""The state of the company as canonical rows: what must be equal whatever happened on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row, text

from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.bill_json import line_json, tax_json

__all__ = ["state_rows", "write_state"]

_PAGE: Final = 1000

# Each query gives a row's natural key and its facts; no surrogate id, no time of the wall, and
# nothing of how a bill was made: by columns or one by one, it is told alike.
_QUERIES: Final[Mapping[str, str]] = {
    "contract": """
        SELECT number AS key, jsonb_build_object(
            'customer', customer, 'quote', quote, 'product', product, 'state', state,
            'accepted_on', accepted_on, 'signed_on', signed_on, 'evidence', evidence) AS facts
        FROM contract""",
    "supply": """
        SELECT contract || '/' || cups AS key, jsonb_build_object(
            'state', state, 'tariff', tariff, 'powers', powers, 'started_on', started_on,
            'ended_on', ended_on) AS facts
        FROM supply""",
    "imported_point": """
        SELECT cups AS key, jsonb_build_object(
            'powers', powers, 'month_kwh', month_kwh, 'received_on', received_on) AS facts
        FROM imported_point""",
    "switch": """
        SELECT request AS key, jsonb_build_object(
            'contract', contract, 'cups', cups, 'state', state, 'requested_on', requested_on,
            'expected_on', expected_on, 'activated_on', activated_on,
            'rejections', rejections) AS facts
        FROM switch""",
    "reading": """
        SELECT concat_ws('/', cups, register, taken_on, lpad(version::text, 3, '0')) AS key,
            jsonb_build_object('index_kwh', index_kwh::text, 'quality', quality,
                'source', source, 'received_on', received_on) AS facts
        FROM reading""",
    "customer_fault": """
        SELECT concat_ws('/', contract, cups, fault, lower(days)) AS key, jsonb_build_object(
            'until', upper(days), 'owner', owner, 'source', source,
            'recorded_on', recorded_on) AS facts
        FROM customer_fault""",
    "invoice": """
        SELECT number AS key, jsonb_build_object(
            'document', kind, 'contract', contract, 'customer', customer, 'cups', cups,
            'from', lower(period), 'to', upper(period), 'issued_on', issued_on,
            'due_on', due_on, 'net_cents', net_cents, 'tax_cents', tax_cents,
            'gross_cents', gross_cents, 'original', original,
            'cancelled_by', cancelled_by, 'price_digest', price_digest,
            'stands', stands, 'carried_from', carried_from, 'counted', counted) AS facts
        FROM invoice""",
    "invoice_confirmed": """
        SELECT number || '/' || price_digest AS key, '{}'::jsonb AS facts
        FROM invoice_confirmed""",
    # A line or a tax that is told by the bill's form has no facts of its own: see _filled.
    "invoice_line": """
        SELECT number || '/' || lpad(position::text, 4, '0') AS key, body AS facts
        FROM invoice_line JOIN invoice ON invoice.id = invoice_id""",
    "invoice_tax": """
        SELECT number || '/' || lpad(position::text, 4, '0') AS key, body AS facts
        FROM invoice_tax JOIN invoice ON invoice.id = invoice_id""",
    "instalment_plan": """
        SELECT contract || '/' || first_day AS key, to_jsonb(plan) - 'id' AS facts
        FROM instalment_plan AS plan""",
    "instalment": """
        SELECT concat_ws('/', contract, first_day, lpad(version::text, 4, '0'), due_on) AS key,
            to_jsonb(instalment) - 'id' AS facts
        FROM instalment""",
    "advance": """
        SELECT number AS key, to_jsonb(advance) - 'id' AS facts FROM advance""",
    "deduction": """
        SELECT deduction.kind || '/' || document AS key,
            to_jsonb(deduction) - 'id' - 'kind' || jsonb_build_object('document_kind', kind)
                AS facts
        FROM deduction""",
    "posting": """
        SELECT entry.key || '/' || lpad((row_number() OVER (
                PARTITION BY entry.id ORDER BY account COLLATE "C", item COLLATE "C", customer,
                    amount_cents))::text, 5, '0') AS key,
            jsonb_build_object('day', day, 'text', text, 'account', account,
                'amount_cents', amount_cents, 'currency', currency, 'customer', customer,
                'item', item) AS facts
        FROM posting JOIN entry ON entry.id = posting.entry_id""",
    "deposit": """
        SELECT number AS key, to_jsonb(deposit) - 'id' AS facts FROM deposit""",
    "held_bill": """
        SELECT concat_ws('/', contract, cups, first_day, digest) AS key,
            to_jsonb(held_bill) - 'id' AS facts
        FROM held_bill""",
    "consolidated_invoice": """
        SELECT number AS key, to_jsonb(consolidated_invoice) - 'id' AS facts
        FROM consolidated_invoice""",
    "consolidation_terms": """
        SELECT customer AS key, to_jsonb(consolidation_terms) - 'customer' AS facts
        FROM consolidation_terms""",
    "consolidated_tax": """
        SELECT concat_ws('/', number, tax, rate) AS key, jsonb_build_object(
            'base_cents', base_cents, 'amount_cents', amount_cents) AS facts
        FROM consolidated_tax JOIN consolidated_invoice ON id = consolidated_id""",
    "consolidated_member": """
        SELECT invoice.number AS key,
            jsonb_build_object('consolidated', consolidated_invoice.number) AS facts
        FROM consolidated_member
        JOIN invoice ON invoice.id = invoice_id
        JOIN consolidated_invoice ON consolidated_invoice.id = consolidated_id""",
    "mandate": """
        SELECT umr AS key, to_jsonb(mandate) AS facts FROM mandate""",
    "collection": """
        SELECT end_to_end_id AS key, to_jsonb(collection) - 'id' AS facts FROM collection""",
    "payment_file": """
        SELECT msg_id AS key, to_jsonb(payment_file) - 'content' AS facts
        FROM payment_file""",
    "bank_entry": """
        SELECT reference AS key, to_jsonb(bank_entry) - 'id' AS facts FROM bank_entry""",
    "arrival": """
        SELECT source || '/' || key AS key, jsonb_build_object(
            'schema', schema, 'sha256', encode(sha256, 'hex'), 'received_on', received_on,
            'state', state, 'code', code) AS facts
        FROM inbox""",
    "closed_work_item": """
        SELECT concat_ws('/', kind, key, lpad((row_number() OVER (
                PARTITION BY kind, key ORDER BY id))::text, 3, '0')) AS key,
            jsonb_build_object('code', code, 'text', text, 'raised_on', raised_on,
                'closed_on', closed_on, 'remark', remark) AS facts
        FROM closed_work_item""",
    "bill_run": """
        SELECT number::text AS key, to_jsonb(bill_run) - 'number' AS facts FROM bill_run""",
    "bill_chunk": """
        SELECT run || '/' || lpad(number::text, 8, '0') AS key,
            to_jsonb(bill_chunk) - 'run' - 'number' - 'took_ms' AS facts
        FROM bill_chunk""",
    "work_item": """
        SELECT kind || '/' || key AS key, jsonb_build_object(
            'code', code, 'text', text, 'raised_on', raised_on) AS facts
        FROM work_item""",
}


def state_rows(database: Database, *, but: Collection[str] = ()) -> Iterator[str]:
    """Yield every row as one line of canonical JSON, sorted by (kind, natural key).

    Rows of the kinds of `but` are left out.
    """
    with database.engine.connect() as connection:
        connection = connection.execution_options(yield_per=_PAGE)
        for kind in sorted(_QUERIES.keys() - set(but)):
            ordered = f'SELECT * FROM ({_QUERIES[kind]}) AS row ORDER BY key COLLATE "C"'
            for page in connection.execute(text(ordered)).partitions():
                filled = _filled(database, kind, page)
                for row in page:
                    facts = filled[row.key] if row.facts is None else row.facts
                    yield canonical(kind, row.key, facts)


def _filled(database: Database, kind: str, page: Sequence[Row[Any]]) -> Mapping[str, Any]:
    """Return by key what is told by forms: as it would be kept had each bill been made alone."""
    numbers = dict.fromkeys(row.key.rpartition("/")[0] for row in page if row.facts is None)
    told: dict[str, Any] = {}
    for invoice in PostgresInvoices(database).by_numbers(tuple(numbers)):
        lines, taxes = map(line_json, invoice.lines), map(tax_json, invoice.taxes)
        rows = lines if kind == "invoice_line" else taxes
        told |= {f"{invoice.number}/{at:04}": facts for at, facts in enumerate(rows, 1)}
    return told


def canonical(kind: str, key: str, facts: Mapping[str, Any]) -> str:
    """Return one row as JSON: its kind and key, and its facts with sorted names, no spaces."""
    how: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}
    named = json.dumps({"kind": kind, "key": key}, **how)
    told = json.dumps(facts, sort_keys=True, **how)
    return f"{named[:-1]},{told[1:]}" if facts else named


def write_state(lines: Iterable[str], file: Path) -> str:
    """Write the lines to `file` and return the SHA-256 of what was written, in hexadecimal."""
    digest = hashlib.sha256()
    with file.open("wb") as out:
        for line in lines:
            encoded = (line + "\n").encode()
            digest.update(encoded)
            out.write(encoded)
    return digest.hexdigest()
