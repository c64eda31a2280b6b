"""The long list of issued documents, and each as it is told, in Postgres."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.invoice_copies import copy_of
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.adapters.shared.opaque_id import surrogate_key
from energyretail.application.billing import InvoiceCopy, InvoiceSummary
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import BillStage, InvoiceKind
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    InvoiceNumber,
    Money,
    NotFound,
    Period,
)

__all__ = ["INVOICE_HEAD", "TOLD_BY_NUMBER", "PostgresInvoiceShelf", "summary_of"]

INVOICE_HEAD: Final = """
    number, kind, stage, contract, customer, cups, tariff, lower(period) AS starts,
    upper(period) AS ends, issued_on, due_on, net_cents, tax_cents, gross_cents, currency,
    original, cancelled_by
"""

# One value: a driver's work grows with the columns. How each number came to be is most of a
# line and is left where it is.
_TOLD: Final = f"""
    SELECT row_to_json(told)::text FROM (
        SELECT id, {INVOICE_HEAD}, prices, rounding_scope,
            (SELECT jsonb_agg(body ORDER BY position)
                FROM told_line WHERE invoice_id = invoice.id) AS lines,
            (SELECT jsonb_agg(jsonb_build_object('tax', tax, 'rate', rate::text,
                    'base_cents', base_cents, 'amount_cents', amount_cents) ORDER BY position)
                FROM invoice_tax WHERE invoice_id = invoice.id) AS taxes,
            (SELECT jsonb_agg(to_jsonb(deduction) ORDER BY document COLLATE "C")
                FROM deduction WHERE bill = invoice.number) AS deductions
        FROM invoice
    ) AS told
"""
TOLD_BY_NUMBER: Final = _TOLD + " WHERE number = %(number)s"
_TOLD_BY_ID: Final = _TOLD + " WHERE id = %(id)s"
_PREFIX: Final = "inv"

_INVOICES: Final = Keyset.by_row(
    f"SELECT {INVOICE_HEAD} FROM invoice",
    "invoice",
    "number",
    {
        "contract": "contract = :contract",
        "customer": "customer = :customer",
        "cups": "left(cups, 20) = left(:cups, 20)",
        "kind": "kind = :kind",
        "issued_from": "issued_on >= :issued_from",
        "issued_until": "issued_on < :issued_until",
    },
)


class PostgresInvoiceShelf:
    """Implements the InvoiceShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def copy_of(self, name: str) -> InvoiceCopy:
        """Return a document by its outside name or its number, in one query."""
        if not name.startswith(f"{_PREFIX}_"):
            told = self._database.read_value(TOLD_BY_NUMBER, {"number": name})
        elif (key := surrogate_key(_PREFIX, name)) >> 63:
            told = None  # A name of no bigint is a name of nothing.
        else:
            told = self._database.read_value(_TOLD_BY_ID, {"id": key})
        if told is None:
            raise NotFound("billing.invoice.unknown", "no such invoice", invoice=name)
        return copy_of(str(told))

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        customer: str | None = None,
        cups: Cups | None = None,
        kind: InvoiceKind | None = None,
        issued_from: date | None = None,
        issued_until: date | None = None,
    ) -> Page[InvoiceSummary]:
        """Return documents issued after a number."""
        rows = _INVOICES.rows(
            self._database,
            after=after,
            limit=limit,
            contract=contract,
            customer=customer,
            cups=cups,
            kind=kind,
            issued_from=issued_from,
            issued_until=issued_until,
        )
        return page_of(map(summary_of, rows), limit=limit, key=lambda summary: summary.number)


def summary_of(row: Row[Any]) -> InvoiceSummary:
    """Return the head of a document of a row with the columns above."""
    return InvoiceSummary(
        number=InvoiceNumber(row.number),
        kind=InvoiceKind(row.kind),
        stage=BillStage(row.stage),
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        cups=Cups(row.cups),
        tariff=row.tariff,
        period=Period(row.starts, row.ends),
        issued_on=row.issued_on,
        due_on=row.due_on,
        net=Money.of_cents(row.net_cents, row.currency),
        tax=Money.of_cents(row.tax_cents, row.currency),
        gross=Money.of_cents(row.gross_cents, row.currency),
        original=InvoiceNumber(row.original) if row.original else None,
        cancelled_by=InvoiceNumber(row.cancelled_by) if row.cancelled_by else None,
    )
