"""How fast companies get one document over their bills: one by one, as the product does."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any, Final

from sqlalchemy import text
from workload import POLICY, TODAY, Untold

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.consolidated import PostgresConsolidatedInvoices
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.application.billing import ConsolidateInvoices

__all__ = ["consolidated"]

_MOST: Final = 200
_COMPANIES: Final = text("""
    SELECT number FROM customer WHERE kind = 'company' ORDER BY number LIMIT :most
""")


def consolidated(url: str) -> dict[str, Any]:
    """Consolidate what some companies were billed the month before; return how fast."""
    with closing(Database(url)) as database:
        consolidate = ConsolidateInvoices(
            work=PostgresWork(database),
            clock=PostgresClock(database),
            numbers=PostgresNumbers(database),
            events=Untold(),
            invoices=PostgresConsolidatedInvoices(database),
            policy=POLICY,
        )
        with database.engine.connect() as connection:
            companies = connection.scalars(_COMPANIES, {"most": _MOST}).all()
        began = time.perf_counter()
        documents = [consolidate(each, issued_before=TODAY) for each in companies]
        took = time.perf_counter() - began
    return {
        "documents": len(documents),
        "bills": sum(each.totals.members for each in documents),
        "documents_a_second": round(len(documents) / took) if documents else None,
    }
