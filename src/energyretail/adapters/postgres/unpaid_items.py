"""What customers owe and what was tried, in one query over ledger, documents and collections."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain import payments
from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    InvoiceNumber,
    MandateReference,
    Money,
)

__all__ = ["PostgresUnpaidItems"]

_DUE = text(
    """
    WITH open AS (
        SELECT customer, item, currency, sum(amount_cents)::bigint AS cents
        FROM posting WHERE account = 'receivable'
        GROUP BY customer, item, currency HAVING sum(amount_cents) <> 0
    ), owed AS (
        SELECT open.*, coalesce(document.contract, '') AS contract,
            coalesce(document.due_on, :by) AS due_on
        FROM open LEFT JOIN payable_document AS document ON document.number = open.item
        WHERE open.cents < 0 OR document.due_on <= :by
    ), tried AS (
        SELECT item, max(attempt) AS attempts,
            count(*) FILTER (WHERE reason IS NOT NULL) AS given_back,
            bool_or(state = ANY(:in_flight)) AS in_flight,
            (array_agg(reason ORDER BY attempt DESC))[1] AS last_reason
        FROM collection JOIN owed USING (item) GROUP BY item
    ), mandates AS (
        SELECT DISTINCT ON (contract) contract, umr FROM mandate
        ORDER BY contract, (state = 'active') DESC, signed_on DESC, umr COLLATE "C" DESC
    )
    SELECT owed.item, owed.customer, owed.contract, owed.due_on, owed.cents, owed.currency,
        mandates.umr, coalesce(attempts, 0) AS attempts, coalesce(given_back, 0) AS given_back,
        coalesce(in_flight, false) AS in_flight, last_reason
    FROM owed LEFT JOIN tried USING (item) LEFT JOIN mandates USING (contract)
    ORDER BY owed.customer COLLATE "C", owed.due_on, owed.item COLLATE "C"
    """
)


class PostgresUnpaidItems:
    """Implements the UnpaidItems port."""

    def __init__(self, database: Database):
        self._database = database

    def due(self, by: date) -> tuple[payments.UnpaidItem, ...]:
        """Return the items due up to a day, and all credit."""
        in_flight = sorted(state.value for state in payments.IN_FLIGHT)
        with self._database.reading() as connection:
            rows = connection.execute(_DUE, {"by": by, "in_flight": in_flight}).all()
        return tuple(
            payments.UnpaidItem(
                item=InvoiceNumber(row.item),
                customer=CustomerNumber(row.customer),
                contract=ContractNumber(row.contract),
                due_on=row.due_on,
                open=Money.of_cents(row.cents, row.currency),
                umr=MandateReference(row.umr) if row.umr else None,
                attempts=row.attempts,
                given_back=row.given_back,
                in_flight=row.in_flight,
                last_reason=row.last_reason,
            )
            for row in rows
        )
