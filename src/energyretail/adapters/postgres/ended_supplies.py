"""The supplies that have ended without a final bill, found by one set query."""

from __future__ import annotations

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import EndedSupply
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber

__all__ = ["PostgresEndedSupplies"]

_WITHOUT = text("""
    SELECT supply.contract, contract.customer, supply.cups, supply.ended_on, billed.billed_until
    FROM supply
    JOIN contract ON contract.number = supply.contract
    CROSS JOIN LATERAL (
        SELECT max(upper(period)) AS billed_until FROM invoice
        WHERE invoice.contract = supply.contract AND invoice.cups = supply.cups
            AND kind <> 'credit_note' AND cancelled_by IS NULL
    ) AS billed
    WHERE supply.ended_on IS NOT NULL AND billed.billed_until IS DISTINCT FROM supply.ended_on
        AND (supply.contract || '/' || supply.cups) COLLATE "C" > :after
    ORDER BY (supply.contract || '/' || supply.cups) COLLATE "C" LIMIT :limit
""")


class PostgresEndedSupplies:
    """Implements the EndedSupplies port."""

    def __init__(self, database: Database):
        self._database = database

    def without_final_bill(self, *, after: str, limit: int) -> tuple[EndedSupply, ...]:
        """Return ended supplies whose bills do not reach their end exactly."""
        with self._database.reading() as connection:
            rows = connection.execute(_WITHOUT, {"after": after, "limit": limit})
            return tuple(
                EndedSupply(
                    ContractNumber(row.contract),
                    CustomerNumber(row.customer),
                    Cups(row.cups),
                    row.ended_on,
                    row.billed_until,
                )
                for row in rows
            )
