"""The credits that must go back, found by one set query over ledger, bills and deposits."""

from __future__ import annotations

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import RefundOwed
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, Money

__all__ = ["PostgresRefundsOwed"]

_OWED = text("""
    SELECT open.item, open.customer, -open.cents AS cents, open.currency,
        coalesce(deposit.closed_on, invoice.issued_on) AS since,
        coalesce(deposit.closed_on, supply.ended_on) AS ended_on
    FROM (
        SELECT item COLLATE "C" AS item, customer, currency, sum(amount_cents)::bigint AS cents
        FROM posting WHERE account = 'receivable' AND item COLLATE "C" > :after
        GROUP BY item COLLATE "C", customer, currency HAVING sum(amount_cents) < 0
    ) AS open
    LEFT JOIN deposit ON deposit.number = open.item
    LEFT JOIN invoice ON invoice.number = open.item
    LEFT JOIN supply ON supply.contract = invoice.contract AND supply.cups = invoice.cups
        AND supply.ended_on = upper(invoice.period)
    WHERE deposit.closed_on IS NOT NULL OR supply.ended_on IS NOT NULL
    ORDER BY open.item LIMIT :limit
""")


class PostgresRefundsOwed:
    """Implements the RefundsOwed port."""

    def __init__(self, database: Database):
        self._database = database

    def owed(self, *, after: str, limit: int) -> tuple[RefundOwed, ...]:
        """Return the credits left on final bills and on released deposits."""
        with self._database.reading() as connection:
            rows = connection.execute(_OWED, {"after": after, "limit": limit})
            return tuple(
                RefundOwed(
                    InvoiceNumber(row.item),
                    CustomerNumber(row.customer),
                    Money.of_cents(row.cents, row.currency),
                    row.since,
                    row.ended_on,
                )
                for row in rows
            )
