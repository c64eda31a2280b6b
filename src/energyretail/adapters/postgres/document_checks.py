"""Finds documents that contradict themselves, each other, their postings or their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs
from sqlalchemy import Connection, text

from energyretail.adapters.postgres.billing import SELECT_INVOICE, invoice_of
from energyretail.adapters.postgres.database import Database
from energyretail.domain.shared import Fault

__all__ = ["DocumentProblem", "PostgresDocumentChecks"]


@attrs.frozen
class DocumentProblem:
    """What was found wrong, by a stable code, and where: a document's number, or a series."""

    code: str
    where: str


# The totals that stand after a document: its own, or for a rectification those it leaves.
_STANDING: Final = """
    SELECT number, contract, cups, customer, period, kind, original, cancelled_by,
        coalesce(CAST(stands ->> 'net_cents' AS bigint), net_cents) AS net,
        coalesce(CAST(stands ->> 'tax_cents' AS bigint), tax_cents) AS tax,
        coalesce(CAST(stands ->> 'gross_cents' AS bigint), gross_cents) AS gross
    FROM invoice
"""

_CHECKS: Final[Mapping[str, str]] = {
    "billing.check.lines": """
        SELECT number FROM invoice LEFT JOIN invoice_line ON invoice_id = invoice.id
        GROUP BY invoice.id, number, prices, net_cents, gross_cents
        HAVING coalesce(sum(amount_cents), 0)
            <> CASE prices WHEN 'net' THEN net_cents ELSE gross_cents END""",
    "billing.check.taxes": """
        SELECT number FROM invoice LEFT JOIN invoice_tax ON invoice_id = invoice.id
        GROUP BY invoice.id, number, tax_cents
        HAVING coalesce(sum(amount_cents), 0) <> tax_cents""",
    "billing.check.body": """
        SELECT number FROM invoice JOIN invoice_line AS line ON line.invoice_id = invoice.id
        WHERE CAST(body ->> 'amount_cents' AS bigint) <> amount_cents
            OR body ->> 'component' <> component
        UNION
        SELECT number FROM invoice JOIN invoice_tax AS tax ON tax.invoice_id = invoice.id
        WHERE CAST(body ->> 'amount_cents' AS bigint) <> amount_cents
            OR body ->> 'tax' <> tax.tax""",
    "billing.check.stands": """
        SELECT number FROM invoice WHERE kind = 'rectification' AND (
            CAST(stands ->> 'net_cents' AS bigint) + CAST(stands ->> 'tax_cents' AS bigint)
                <> CAST(stands ->> 'gross_cents' AS bigint)
            OR CAST(stands ->> (CASE prices WHEN 'net' THEN 'net_cents' ELSE 'gross_cents' END)
                AS bigint) <> (
                SELECT coalesce(sum(CAST(line ->> 'amount_cents' AS bigint)), 0)
                FROM jsonb_array_elements(stands -> 'lines') AS line)
            OR CAST(stands ->> 'tax_cents' AS bigint) <> (
                SELECT coalesce(sum(CAST(tax ->> 'amount_cents' AS bigint)), 0)
                FROM jsonb_array_elements(stands -> 'taxes') AS tax))""",
    # A line tells its text itself, or its form does; a tax whose text is kept tells it alike.
    "billing.check.form": """
        SELECT number FROM invoice JOIN told_line ON told_line.invoice_id = invoice.id
        WHERE body IS NULL OR body ->> 'component' <> component
            OR body ->> 'quantity' IS NULL OR body ->> 'price' IS NULL
        UNION
        SELECT number FROM invoice JOIN bill_form AS form ON form.id = form_id
        WHERE invoice.period <> form.period OR (
            SELECT count(*) FROM invoice_line
            WHERE invoice_id = invoice.id AND form_position IS NULL
        ) <> (SELECT count(*) FROM bill_form_line AS line WHERE line.form_id = form.id
            AND line.told ->> 'component' <> 'rounding')
        UNION
        SELECT number FROM invoice JOIN invoice_tax AS tax ON tax.invoice_id = invoice.id
        WHERE CAST(body ->> 'rate' AS numeric) <> rate
            OR CAST(body ->> 'base_cents' AS bigint) <> base_cents
            OR (body IS NULL AND form_id IS NULL)""",
    "billing.check.readings": """
        SELECT number FROM invoice WHERE NOT EXISTS (
            SELECT FROM invoice_reading WHERE invoice_id = invoice.id)""",
    "billing.check.original": f"""
        SELECT document.number FROM invoice AS document
        LEFT JOIN ({_STANDING}) AS original ON original.number = document.original
        WHERE document.original IS NOT NULL AND (
            original.number IS NULL OR original.kind = 'credit_note'
            OR (document.contract, document.cups, document.customer, document.period)
                <> (original.contract, original.cups, original.customer, original.period)
            OR original.cancelled_by IS NULL
            OR (document.kind <> 'rebill' AND original.cancelled_by <> document.number))""",
    "billing.check.amounts": f"""
        SELECT document.number FROM invoice AS document
        JOIN ({_STANDING}) AS original ON original.number = document.original
        WHERE (document.kind = 'credit_note'
            AND (document.net_cents, document.tax_cents, document.gross_cents)
                <> (-original.net, -original.tax, -original.gross))
            OR (document.kind = 'rectification' AND (
                original.net + document.net_cents <> CAST(stands ->> 'net_cents' AS bigint)
                OR original.tax + document.tax_cents <> CAST(stands ->> 'tax_cents' AS bigint)))""",
    "billing.check.cancelled": """
        SELECT taken.number FROM invoice AS taken LEFT JOIN invoice AS by
            ON by.number = taken.cancelled_by AND by.original = taken.number
            AND by.kind IN ('credit_note', 'rectification')
        WHERE taken.cancelled_by IS NOT NULL AND by.number IS NULL""",
    # The views are those that the triggers of the schema go by.
    "billing.check.charged": """
        SELECT coalesce(should.number, invoice.number, is_.invoice_id::text)
        FROM charged_outside AS should
        FULL JOIN (SELECT invoice_id, component, range_agg(days) AS days FROM charged_span
            GROUP BY invoice_id, component) AS is_
            ON is_.invoice_id = should.invoice_id AND is_.component = should.component
        LEFT JOIN invoice ON invoice.id = is_.invoice_id
        WHERE should.days IS DISTINCT FROM is_.days
        UNION
        SELECT number FROM charged_clash""",
    "billing.check.posted": """
        SELECT invoice.number FROM invoice LEFT JOIN entry ON entry.key = 'invoice:' || number
        LEFT JOIN posting ON posting.entry_id = entry.id AND account = 'receivable'
            AND posting.customer = invoice.customer AND posting.item = CASE invoice.kind
                WHEN 'credit_note' THEN invoice.original ELSE invoice.number END
        GROUP BY invoice.id, number, gross_cents
        HAVING coalesce(sum(amount_cents), 0) <> gross_cents
        UNION
        SELECT substr(key, 9) FROM entry WHERE key LIKE 'invoice:%' AND NOT EXISTS (
            SELECT FROM invoice WHERE number = substr(key, 9))""",
    "billing.check.series": """
        SELECT coalesce(taken.series, given.series) FROM number_series AS taken
        FULL JOIN (
            SELECT 'invoice:' || split_part(number, '-', 1) AS series, count(*) AS documents,
                count(DISTINCT number) AS numbers,
                max(CAST(split_part(number, '-', 2) AS bigint)) AS last
            FROM invoice WHERE number ~ '^[A-Z0-9]+-[0-9]+$' GROUP BY 1
        ) AS given ON given.series = taken.series
        WHERE coalesce(taken.series, given.series) LIKE 'invoice:%' AND NOT (
            coalesce(given.documents, 0) = coalesce(taken.last, 0)
            AND coalesce(given.numbers, 0) = coalesce(given.documents, 0)
            AND coalesce(given.last, 0) = coalesce(taken.last, 0))""",
    "billing.check.counted": """
        SELECT coalesce(counted.contract, issued.contract) FROM issued_items AS counted
        FULL JOIN (
            SELECT contract, left(cups, 20) AS point, lower(period) AS day, count(*) AS documents,
                sum((SELECT count(*) FROM invoice_line WHERE invoice_id = invoice.id)) AS items
            FROM invoice GROUP BY 1, 2, 3
        ) AS issued USING (contract, point, day)
        WHERE (counted.documents, counted.items) IS DISTINCT FROM (issued.documents, issued.items)
    """,
}
_EACH: Final = " UNION ALL ".join(
    f"SELECT '{code}' AS code, found.at FROM ({sql}) AS found (at)" for code, sql in _CHECKS.items()
)
_PROBLEMS: Final = text(f'SELECT * FROM ({_EACH}) AS problem ORDER BY code, at COLLATE "C"')


_KEPT_BY_FORM: Final = text(
    SELECT_INVOICE
    + " WHERE form_id IN (SELECT id FROM bill_form) AND invoice.id > :after"
    + " ORDER BY invoice.id LIMIT 500"
)


class PostgresDocumentChecks:
    """Looks at every document: what was written behind the application's back shows here.

    Bills kept by their form are made again, each of them, which takes a few milliseconds a bill.
    """

    def __init__(self, database: Database):
        self._database = database

    def problems(self) -> tuple[DocumentProblem, ...]:
        """Return what is wrong, by code and place; nothing is where all is sound."""
        with self._database.reading() as connection:
            found = [DocumentProblem(row.code, row.at) for row in connection.execute(_PROBLEMS)]
            found += (DocumentProblem("billing.check.filled", at) for at in _differing(connection))
        return tuple(sorted(found, key=lambda problem: (problem.code, problem.where)))


def _differing(connection: Connection) -> Iterator[str]:
    """Yield the numbers of bills that their form makes otherwise than they are kept."""
    after = 0
    while page := connection.execute(_KEPT_BY_FORM, {"after": after}).all():
        for row in page:
            try:
                invoice_of(row)
            except Fault:
                yield row.number
        after = page[-1].id
