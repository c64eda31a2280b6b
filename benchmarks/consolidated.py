"""How fast companies get one document over their bills: by pages, beside a COPY of its rows."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any, Final

import copying
from sqlalchemy import text
from workload import POLICY, READ, TODAY, Untold

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.consolidated import PostgresConsolidatedInvoices
from energyretail.adapters.postgres.consolidation_book import PostgresConsolidationBook
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.billing import ConsolidateDue, Consolidation

__all__ = ["consolidated"]

_TABLES: Final = ("consolidated_invoice", "consolidated_tax", "consolidated_member")
_AGREED: Final = text("""
    INSERT INTO consolidation_terms (customer, day, since)
    SELECT number, :day, :since FROM customer WHERE kind = 'company'
""")
_MADE: Final = text("SELECT count(*), sum(members) FROM consolidated_invoice")


def consolidated(url: str) -> dict[str, Any]:
    """Consolidate what all companies were billed the month before; return how fast."""
    with closing(Database(url)) as database:
        with database.engine.begin() as connection:
            connection.execute(_AGREED, {"day": TODAY.day, "since": READ[0]})
        copying.settled(url)
        began = time.perf_counter()
        _all(_consolidate(database))
        took = time.perf_counter() - began
        with database.engine.connect() as connection:
            documents, bills = connection.execute(_MADE).one()
    rows = copying.copied_out(url, _TABLES)
    return {
        "documents": documents,
        "bills": int(bills or 0),
        "documents_a_second": round(documents / took) if documents else None,
        "of_copy": round(copying.copied_in(url, rows) / took, 3),
    }


def _all(consolidate: ConsolidateDue) -> None:
    after: str | None = ""
    while after is not None:
        after = consolidate(after=after).resume


def _consolidate(database: Database) -> ConsolidateDue:
    return ConsolidateDue(
        work=PostgresWork(database),
        clock=PostgresClock(database),
        book=PostgresConsolidationBook(database),
        consolidation=Consolidation(
            numbers=PostgresNumbers(database),
            events=Untold(),
            invoices=PostgresConsolidatedInvoices(database),
            work_list=PostgresWorkList(database),
            policy=POLICY,
        ),
    )
