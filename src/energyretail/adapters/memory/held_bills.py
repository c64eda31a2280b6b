"""Drafts that are held, and what supplies used before, over dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from energyretail.adapters.memory.billing import in_force
from energyretail.adapters.memory.pages import asked, page_by_key
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import SupplyName
from energyretail.application.shared import Page
from energyretail.domain.billing import BilledUse, HeldBill, HeldBillState, use_of_invoice
from energyretail.domain.shared import Conflict, NotFound, Outdated

__all__ = ["MemoryBilledBefore", "MemoryHeldBillShelf", "MemoryHeldBills"]


class MemoryBilledBefore:
    """The BilledBefore port over the invoices of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def before(
        self, first_days: Mapping[SupplyName, date], *, days: int, digits: int
    ) -> Mapping[SupplyName, tuple[BilledUse, ...]]:
        """Return what the bills in force are for."""
        found: dict[SupplyName, list[BilledUse]] = {}
        for bill in in_force(self._store):
            first_day = first_days.get((bill.contract, bill.cups))
            if first_day is None or bill.period.until > first_day:
                continue
            if bill.period.until > first_day - timedelta(days=days):
                use = use_of_invoice(bill, digits=digits)
                found.setdefault((bill.contract, bill.cups), []).append(use)
        return {
            supply: tuple(sorted(uses, key=lambda use: use.days.start))
            for supply, uses in found.items()
        }


class MemoryHeldBills:
    """The HeldBills port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def of_supplies(self, supplies: Sequence[SupplyName]) -> tuple[HeldBill, ...]:
        """Return all that were held of some supplies."""
        wanted = set(supplies)
        table = self._store.table("held_bill")
        found = (table[key] for key in sorted(table))
        return tuple(bill for bill in found if (bill.contract, bill.cups) in wanted)

    def by_key(self, key: str) -> HeldBill:
        """Return a held draft."""
        found: HeldBill | None = self._store.table("held_bill").get(key)
        if found is None:
            raise NotFound("billing.held_bill.unknown", "no such bill is held", key=key)
        return found

    def save(self, bills: Sequence[HeldBill]) -> None:
        """Keep drafts, one open a supply."""
        table = self._store.writable("held_bill")
        for bill in bills:
            known = table.get(bill.key)
            if bill.version != (known.version + 1 if known else 1):
                raise Outdated("billing.held_bill.version", "it was changed since it was read")
            others = (one for one in table.values() if one.key != bill.key and one.is_open)
            mine = (bill.contract, bill.cups)
            if bill.is_open and any((one.contract, one.cups) == mine for one in others):
                raise Conflict("billing.held_bill.second", "the supply has a held bill already")
            table[bill.key] = bill


class MemoryHeldBillShelf:
    """The HeldBillShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        state: HeldBillState | None = None,
    ) -> Page[HeldBill]:
        """Return those beyond a key."""
        found = (
            one
            for one in self._store.table("held_bill").values()
            if asked(contract, is_=one.contract) and asked(state, is_=one.state)
        )
        return page_by_key(found, lambda one: one.key, after=after, limit=limit)
