"""Consolidated invoices as they are told, a page of members or lines at a time, in Postgres."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, text

from energyretail.adapters.postgres.billing_shelves import INVOICE_HEAD, summary_of
from energyretail.adapters.postgres.consolidated import SELECT_CONSOLIDATED, consolidated_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.invoice_copies import line_copy_of
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.adapters.shared.texts import storable
from energyretail.application.billing import InvoiceSummary, MemberLine
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import ConsolidatedInvoice
from energyretail.domain.shared import Cups, InvoiceNumber, NotFound

__all__ = ["PostgresConsolidatedInvoiceShelf"]

_PAGE: Final = Keyset.by_row(
    SELECT_CONSOLIDATED, "consolidated_invoice", "number", {"customer": "customer = :customer"}
)

_MEMBERS: Final = text(f"""
    SELECT {INVOICE_HEAD} FROM consolidated_member JOIN invoice ON invoice.id = invoice_id
    WHERE consolidated_id = :whole
        AND (:after = '' OR invoice.id > (SELECT id FROM invoice WHERE number = :after))
    ORDER BY consolidated_member.invoice_id LIMIT :row_limit
""")

# A page of lines is found along the keys of members and positions, whatever their number.
_LINES: Final = text("""
    SELECT invoice.number, invoice.cups, invoice.currency, line.position,
        line.body::text AS body
    FROM consolidated_member AS member
    JOIN invoice ON invoice.id = member.invoice_id
    JOIN told_line AS line ON line.invoice_id = member.invoice_id
    WHERE member.consolidated_id = :whole AND member.invoice_id >= :member
        AND (member.invoice_id, line.position) > (:member, :position)
    ORDER BY member.invoice_id, line.position LIMIT :row_limit
""")


class PostgresConsolidatedInvoiceShelf:
    """Implements the ConsolidatedInvoiceShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def by_number(self, number: str) -> ConsolidatedInvoice:
        """Return one."""
        return consolidated_of(self._row(number))

    def page(
        self, *, after: str, limit: int, customer: str | None = None
    ) -> Page[ConsolidatedInvoice]:
        """Return those issued after a number."""
        rows = _PAGE.rows(self._database, after=after, limit=limit, customer=customer)
        return page_of(map(consolidated_of, rows), limit=limit, key=lambda one: one.number)

    def members(self, number: str, *, after: str, limit: int) -> Page[InvoiceSummary]:
        """Return its members issued after a number."""
        given = {"whole": self._row(number).id, "after": after, "row_limit": limit + 1}
        if not storable(after):
            return Page(())
        with self._database.reading() as connection:
            rows = connection.execute(_MEMBERS, given).all()
        return page_of(map(summary_of, rows), limit=limit, key=lambda one: one.number)

    def lines(self, number: str, *, after: str, limit: int) -> Page[MemberLine]:
        """Return the lines of its members beyond a key."""
        whole = self._row(number).id
        place = self._place(after)
        if place is None:
            return Page(())
        member, position = place
        given = {
            "whole": whole,
            "member": member,
            "position": position,
            "row_limit": limit + 1,
        }
        with self._database.reading() as connection:
            rows = connection.execute(_LINES, given).all()
        return page_of(map(_line_of, rows), limit=limit, key=lambda line: line.key)

    def _row(self, number: str) -> Row[Any]:
        row = None
        if storable(number):
            sql = text(SELECT_CONSOLIDATED + " WHERE number = :number")
            with self._database.reading() as connection:
                row = connection.execute(sql, {"number": number}).one_or_none()
        if row is None:
            raise NotFound("billing.consolidated.unknown", "no such invoice", invoice=number)
        return row

    def _place(self, after: str) -> tuple[int, int] | None:
        """Return the row and position a key of a line stands for; None for one of no line."""
        if not after:
            return 0, 0
        number, _, position = after.rpartition("/")
        if not (storable(number) and position.isascii() and position.isdecimal()):
            return None
        with self._database.reading() as connection:
            return connection.execute(
                text(
                    "SELECT invoice.id, position FROM invoice"
                    " JOIN invoice_line ON invoice_id = invoice.id"
                    " WHERE number = :number AND position::text = :position"
                ),
                {"number": number, "position": position},
            ).one_or_none()


def _line_of(row: Row[Any]) -> MemberLine:
    return MemberLine(
        InvoiceNumber(row.number),
        Cups(row.cups),
        row.position,
        line_copy_of(row.body, row.currency),
    )
