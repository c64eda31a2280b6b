"""Consolidated invoices as rows: heads, VAT by rate, and which documents are members."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import Membership
from energyretail.domain.billing import (
    ConsolidatedInvoice,
    ConsolidatedMember,
    ConsolidatedTotals,
    InvoiceKind,
    TaxShare,
    ToConsolidate,
)
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, Money, NotFound

__all__ = ["SELECT_CONSOLIDATED", "PostgresConsolidatedInvoices", "consolidated_of"]

SELECT_CONSOLIDATED: Final = """
    SELECT consolidated_invoice.*, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(tax, rate::text, base_cents, amount_cents)
            ORDER BY tax, rate), '[]')
        FROM consolidated_tax WHERE consolidated_id = consolidated_invoice.id) AS taxes
    FROM consolidated_invoice
"""

# Documents are looked up by their customer, whatever is known of tables that grow as fast as a bill
# run writes.
_LEFT = text("""
    WITH asked AS (
        SELECT * FROM unnest(CAST(:customers AS text[]), CAST(:froms AS date[]),
            CAST(:befores AS date[])) WITH ORDINALITY
            AS asked (customer, issued_from, issued_before, place)
        ORDER BY place
    ), last AS (
        SELECT place, id FROM invoice JOIN asked USING (customer) WHERE number = :after
    )
    SELECT number, kind, asked.customer, net_cents, gross_cents, currency, due_on, (
        SELECT coalesce(jsonb_agg(jsonb_build_array(tax, rate::text, base, amount)), '[]')
        FROM (
            SELECT tax, rate, sum(base_cents)::bigint AS base,
                sum(amount_cents)::bigint AS amount
            FROM invoice_tax WHERE invoice_id = invoice.id GROUP BY 1, 2
        ) AS by_rate
    ) AS taxes
    FROM asked CROSS JOIN LATERAL (
        SELECT * FROM invoice AS own
        WHERE own.customer = asked.customer
            AND issued_on >= issued_from AND issued_on < issued_before
        OFFSET 0
    ) AS invoice
    WHERE (:after = '' OR (asked.place, invoice.id) > (SELECT place, id FROM last))
        AND (SELECT consolidated_id FROM consolidated_member
            WHERE invoice_id = invoice.id) IS NULL
    ORDER BY asked.place, invoice.id LIMIT :limit
""")

_COLUMNS: Final = {
    "number": "text", "customer": "text", "issued_before": "date", "issued_on": "date",
    "due_on": "date", "members": "int", "net_cents": "bigint", "tax_cents": "bigint",
    "gross_cents": "bigint", "currency": "text",
}  # fmt: skip
_GIVEN: Final = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())
_ADD = text(f"""
    INSERT INTO consolidated_invoice ({", ".join(_COLUMNS)})
    SELECT {", ".join(_COLUMNS)}
    FROM unnest({_GIVEN}) WITH ORDINALITY AS given ({", ".join(_COLUMNS)}, place)
    ORDER BY place
""")

_ADD_TAXES = text("""
    INSERT INTO consolidated_tax (consolidated_id, tax, rate, base_cents, amount_cents)
    SELECT id, tax, rate, base, amount
    FROM unnest(CAST(:numbers AS text[]), CAST(:taxes AS text[]), CAST(:rates AS numeric[]),
        CAST(:bases AS bigint[]), CAST(:amounts AS bigint[]))
        AS given (number, tax, rate, base, amount)
    JOIN consolidated_invoice USING (number)
""")

_ADD_MEMBERS = text("""
    INSERT INTO consolidated_member (invoice_id, consolidated_id)
    SELECT invoice.id, consolidated_invoice.id
    FROM unnest(CAST(:members AS text[]), CAST(:wholes AS text[])) AS given (number, whole)
    JOIN invoice ON invoice.number = given.number
    JOIN consolidated_invoice ON consolidated_invoice.number = given.whole
    ORDER BY invoice.id
""")

_CLASHES: Final = {
    "consolidated_invoice_number": (
        "billing.consolidated.number_twice",
        "another has this number",
    ),
    "consolidated_invoice_natural_key": (
        "billing.consolidated.twice",
        "these days are consolidated already",
    ),
    "consolidated_member_once": (
        "billing.consolidated.member_twice",
        "a document is a member already",
    ),
}


class PostgresConsolidatedInvoices:
    """Implements the ConsolidatedInvoices port: one statement a page, one a chunk of members."""

    def __init__(self, database: Database):
        self._database = database

    def known(self, asked: ToConsolidate) -> ConsolidatedInvoice | None:
        """Return the one of a customer up to a day."""
        sql = SELECT_CONSOLIDATED + " WHERE customer = :customer AND issued_before = :before"
        given = {"customer": asked.customer, "before": asked.issued_before}
        with self._database.reading() as connection:
            row = connection.execute(text(sql), given).one_or_none()
        return None if row is None else consolidated_of(row)

    def left(
        self, asked: Sequence[ToConsolidate], *, after: str, limit: int
    ) -> tuple[ConsolidatedMember, ...]:
        """Return documents in no consolidated invoice."""
        if not asked:
            return ()
        given = {
            "customers": [each.customer for each in asked],
            "froms": [each.issued_from for each in asked],
            "befores": [each.issued_before for each in asked],
            "after": after,
            "limit": limit,
        }
        with self._database.reading() as connection:
            return tuple(map(_member_of, connection.execute(_LEFT, given)))

    def add(self, invoices: Sequence[ConsolidatedInvoice]) -> None:
        """Keep some with their VAT by rate."""
        if not invoices:
            return
        connection = self._database.connection()
        rows = list(map(_row, invoices))
        try:
            connection.execute(_ADD, {name: [row[name] for row in rows] for name in _COLUMNS})
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error
        shares = [(each.number, share) for each in invoices for share in each.totals.taxes]
        given = {
            "numbers": [number for number, _ in shares],
            "taxes": [share.tax for _, share in shares],
            "rates": [share.rate for _, share in shares],
            "bases": [share.base.cents for _, share in shares],
            "amounts": [share.amount.cents for _, share in shares],
        }
        connection.execute(_ADD_TAXES, given)

    def add_members(self, members: Sequence[Membership]) -> None:
        """Make documents members, once for ever."""
        if not members:
            return
        numbers, wholes = zip(*members, strict=True)
        given = {"members": list(numbers), "wholes": list(wholes)}
        try:
            made = self._database.connection().execute(_ADD_MEMBERS, given).rowcount
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error
        if made != len(members):
            raise NotFound("billing.invoice.unknown", "no such invoice among the members")


def _row(invoice: ConsolidatedInvoice) -> dict[str, Any]:
    totals = invoice.totals
    return {
        "number": invoice.number,
        "customer": invoice.customer,
        "issued_before": invoice.issued_before,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "members": totals.members,
        "net_cents": totals.net.cents,
        "tax_cents": totals.tax.cents,
        "gross_cents": totals.gross.cents,
        "currency": totals.gross.currency,
    }


def consolidated_of(row: Row[Any]) -> ConsolidatedInvoice:
    """Return the consolidated invoice of a row of the select above."""
    return ConsolidatedInvoice(
        number=InvoiceNumber(row.number),
        customer=CustomerNumber(row.customer),
        issued_before=row.issued_before,
        issued_on=row.issued_on,
        due_on=row.due_on,
        totals=ConsolidatedTotals(
            row.members,
            Money.of_cents(row.net_cents, row.currency),
            Money.of_cents(row.gross_cents, row.currency),
            _shares(row.taxes, row.currency),
        ),
    )


def _member_of(row: Row[Any]) -> ConsolidatedMember:
    return ConsolidatedMember(
        number=InvoiceNumber(row.number),
        kind=InvoiceKind(row.kind),
        customer=CustomerNumber(row.customer),
        net=Money.of_cents(row.net_cents, row.currency),
        gross=Money.of_cents(row.gross_cents, row.currency),
        taxes=_shares(row.taxes, row.currency),
        due_on=row.due_on,
    )


def _shares(taxes: Sequence[Sequence[Any]], currency: str) -> tuple[TaxShare, ...]:
    shares = (
        TaxShare(
            tax, Decimal(rate), Money.of_cents(base, currency), Money.of_cents(amount, currency)
        )
        for tax, rate, base, amount in taxes
    )
    return tuple(sorted(shares, key=lambda share: share.key))
