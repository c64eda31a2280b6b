"""When what a customer may owe for is to be paid, by number, over a store."""

from __future__ import annotations

from datetime import date

from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain.billing import payable_on

__all__ = ["due_days"]


def due_days(store: MemoryStore) -> dict[str, date]:
    """Return the day each document is to be paid; a member on that of its consolidated invoice."""
    whole, of = store.table("consolidated"), store.table("consolidated_member")
    days: dict[str, date] = {
        number: payable_on(bill.due_on, whole=whole.get(of.get(number)))
        for number, bill in store.table("invoice").items()
    }
    return days | {asked.number: asked.due_on for asked in store.table("advance").values()}
