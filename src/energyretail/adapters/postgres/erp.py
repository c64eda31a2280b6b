"""What the ERP is told, read from the tables of parties, contracts and ledger."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, TextClause, text

from energyretail.adapters.postgres.database import Database
from energyretail.application.erp import ErpContract, ErpCustomer
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, Money

__all__ = ["PostgresErpFacts"]

_CUSTOMERS: Final = text(
    """
    SELECT number, kind, name, tax_id, email, street, postcode, town, country, language
      FROM customer
     WHERE number = ANY(:keys)
     ORDER BY number
    """
)

_CONTRACTS: Final = text(
    """
    SELECT c.number, c.customer, c.product, c.state, c.signed_on,
           ARRAY(SELECT s.cups FROM supply s WHERE s.contract = c.number ORDER BY s.cups) AS cups
      FROM contract c
     WHERE c.number = ANY(:keys)
     ORDER BY c.number
    """
)

_ENTRIES: Final = text(
    """
    SELECT e.key, e.day, e.text, p.account, p.amount_cents, p.currency, p.customer, p.item
      FROM entry e
      JOIN posting p ON p.entry_id = e.id
     WHERE e.key = ANY(:keys)
     ORDER BY e.id, p.position
    """
)


class PostgresErpFacts:
    """The ErpFacts port: one query a call, however many keys."""

    def __init__(self, database: Database):
        self._database = database

    def customers(self, numbers: Sequence[str]) -> tuple[ErpCustomer, ...]:
        """Return the customers that exist, by number."""
        return tuple(ErpCustomer(**row._mapping) for row in self._rows(_CUSTOMERS, numbers))

    def contracts(self, numbers: Sequence[str]) -> tuple[ErpContract, ...]:
        """Return the contracts that exist, by number, their supply points in order."""
        return tuple(
            ErpContract(
                number=row.number,
                customer=row.customer,
                product=row.product,
                state=row.state,
                signed_on=row.signed_on,
                supply_points=tuple(row.cups),
            )
            for row in self._rows(_CONTRACTS, numbers)
        )

    def entries(self, keys: Sequence[str]) -> tuple[Entry, ...]:
        """Return the entries that exist, oldest first, their postings as they were made."""
        rows = self._rows(_ENTRIES, keys)
        return tuple(
            Entry(key=key, day=day, text=words, postings=tuple(map(_posting, lines)))
            for (key, day, words), lines in groupby(rows, lambda row: (row.key, row.day, row.text))
        )

    def _rows(self, query: TextClause, keys: Sequence[str]) -> Sequence[Row[Any]]:
        with self._database.reading() as connection:
            return connection.execute(query, {"keys": list(keys)}).fetchall()


def _posting(row: Row[Any]) -> Posting:
    return Posting(
        account=Account(row.account),
        amount=Money.of_cents(row.amount_cents, row.currency),
        customer=CustomerNumber(row.customer) if row.customer is not None else None,
        item=InvoiceNumber(row.item) if row.item is not None else None,
    )
