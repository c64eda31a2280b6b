"""The terms of consolidation as rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.texts import storable
from energyretail.domain.billing import ConsolidationTerms, ToConsolidate
from energyretail.domain.shared import CustomerNumber, NotFound

__all__ = ["PostgresConsolidationBook"]

_OF: Final = text("""
    SELECT customer, day, since, ended_on FROM consolidation_terms WHERE customer = :customer
""")

_TAKE: Final = text("SELECT FROM customer WHERE number = :customer FOR NO KEY UPDATE")

_KEEP: Final = text("""
    INSERT INTO consolidation_terms (customer, day, since, ended_on)
    VALUES (:customer, :day, :since, :ended_on)
    ON CONFLICT (customer) DO UPDATE SET
        day = excluded.day, since = excluded.since, ended_on = excluded.ended_on
""")

# Documents are looked up by their customer and by key, one after the other until one is left,
# whatever is known of tables that grow as fast as a bill run writes.
_DUE: Final = text("""
    SELECT customer, cut, since
    FROM consolidation_terms AS terms
    JOIN unnest(CAST(:days AS int[]), CAST(:cuts AS date[])) AS last (day, cut) USING (day)
    WHERE customer COLLATE "C" > :after AND since < cut AND (ended_on IS NULL OR cut <= ended_on)
        AND (SELECT made.id FROM consolidated_invoice AS made
            WHERE made.customer = terms.customer AND made.issued_before = cut) IS NULL
        AND (SELECT own.id FROM invoice AS own
            WHERE own.customer = terms.customer AND issued_on >= since AND issued_on < cut
                AND (SELECT consolidated_id FROM consolidated_member
                    WHERE invoice_id = own.id) IS NULL
            LIMIT 1) IS NOT NULL
    ORDER BY customer COLLATE "C" LIMIT :limit
""")


class PostgresConsolidationBook:
    """Implements the ConsolidationBook port."""

    def __init__(self, database: Database):
        self._database = database

    def of(self, customer: str) -> ConsolidationTerms | None:
        """Return the terms of a customer."""
        if not storable(customer):
            return None
        with self._database.reading() as connection:
            row = connection.execute(_OF, {"customer": customer}).one_or_none()
        if row is None:
            return None
        return ConsolidationTerms(CustomerNumber(row.customer), row.day, row.since, row.ended_on)

    def take(self, customer: str) -> ConsolidationTerms | None:
        """Return the terms of a customer, whose row is held."""
        connection = self._database.connection()
        if not storable(customer) or not connection.execute(_TAKE, {"customer": customer}).rowcount:
            raise NotFound("parties.customer.unknown", "no such customer", customer=customer)
        return self.of(customer)

    def keep(self, terms: ConsolidationTerms) -> None:
        """Keep terms in place of others."""
        given = {
            "customer": terms.customer,
            "day": terms.day,
            "since": terms.since,
            "ended_on": terms.ended_on,
        }
        self._database.connection().execute(_KEEP, given)

    def due(self, cuts: Mapping[int, date], *, after: str, limit: int) -> tuple[ToConsolidate, ...]:
        """Return who is due."""
        given = {"days": list(cuts), "cuts": list(cuts.values()), "after": after, "limit": limit}
        with self._database.reading() as connection:
            return tuple(
                ToConsolidate(CustomerNumber(row.customer), row.cut, row.since)
                for row in connection.execute(_DUE, given)
            )
