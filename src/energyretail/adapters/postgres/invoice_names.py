"""Outside names of issued documents, made of their rows' keys."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.opaque_id import opaque_id, surrogate_key
from energyretail.domain.shared import NotFound

__all__ = ["PostgresInvoiceNames"]

_PREFIX: Final = "inv"


class PostgresInvoiceNames:
    """Implements the InvoiceNames port: one look-up by a unique key each."""

    def __init__(self, database: Database):
        self._database = database

    def number_of(self, name: str) -> str:
        """Return the number of the document meant."""
        if not name.startswith(f"{_PREFIX}_"):
            return name
        key = surrogate_key(_PREFIX, name)
        # A name of no bigint is a name of nothing.
        found = (
            self._one("SELECT number FROM invoice WHERE id = :given", key)
            if not key >> 63
            else None
        )
        return str(_known(found, name))

    def name_of(self, number: str) -> str:
        """Return the outside name of a document."""
        found = self._one("SELECT id FROM invoice WHERE number = :given", number)
        return opaque_id(_PREFIX, int(str(_known(found, number))))

    def _one(self, sql: str, given: object) -> object:
        with self._database.reading() as connection:
            found: object = connection.execute(text(sql), {"given": given}).scalar()
        return found


def _known(found: object, given: str) -> object:
    if found is None:
        raise NotFound("billing.invoice.unknown", "no such invoice", invoice=given)
    return found
