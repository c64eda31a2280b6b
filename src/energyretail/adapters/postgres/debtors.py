"""Customers as debtors, read from their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain import payments

__all__ = ["PostgresDebtors"]


class PostgresDebtors:
    """Implements the Debtors port over the customers."""

    def __init__(self, database: Database):
        self._database = database

    def parties(self, customers: Sequence[str]) -> Mapping[str, payments.Party]:
        """Return customers' names and addresses."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT number, name, town, country, street, postcode FROM customer"
                    " WHERE number = ANY(:numbers)"
                ),
                {"numbers": list(customers)},
            )
            return {number: payments.Party(*party) for number, *party in rows}
