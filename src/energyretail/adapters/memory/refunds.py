"""The credits that must go back, over a store."""

from __future__ import annotations

from datetime import date

from energyretail.adapters.memory.ledger import MemoryLedger
from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain.billing import Deposit, Invoice, RefundOwed
from energyretail.domain.contracts import Contract

__all__ = ["MemoryRefundsOwed"]


class MemoryRefundsOwed:
    """The RefundsOwed port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def owed(self, *, after: str, limit: int) -> tuple[RefundOwed, ...]:
        """Return the credits left on final bills and on released deposits."""
        found = []
        for item in MemoryLedger(self._store).open_items():
            days = self._days(item.item)
            if item.item > after and item.open.cents < 0 and days is not None:
                found.append(RefundOwed(item.item, item.customer, -item.open, *days))
        return tuple(found[:limit])

    def _days(self, item: str) -> tuple[date, date] | None:
        """Return since when an item's credit goes back, and which end's rules hold."""
        deposit: Deposit | None = self._store.table("deposit").get(item)
        if deposit is not None and deposit.closed_on is not None:
            return deposit.closed_on, deposit.closed_on
        invoice: Invoice | None = self._store.table("invoice").get(item)
        if invoice is None:
            return None
        contract: Contract | None = self._store.table("contract").get(invoice.contract)
        for supply in contract.supplies if contract else ():
            if (supply.site.cups, supply.ended_on) == (invoice.cups, invoice.period.until):
                return invoice.issued_on, invoice.period.until
        return None
