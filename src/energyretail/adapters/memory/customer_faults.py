"""Faults of customers on record, over dictionaries."""

from __future__ import annotations

from datetime import date

from energyretail.adapters.memory.pages import asked, page_by_key
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.shared import Page
from energyretail.domain.billing import CustomerFault, RecordedFault
from energyretail.domain.contracts import Contract
from energyretail.domain.shared import Conflict, Cups, NotFound, Period

__all__ = ["MemoryCustomerFaultShelf", "MemoryCustomerFaults", "faults_at"]


class MemoryCustomerFaults:
    """The CustomerFaults port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def supplied(self, contract: str, cups: Cups) -> tuple[Cups, Period]:
        """Return a point as its contract has it, and the days we supply it."""
        found: Contract | None = self._store.table("contract").get(contract)
        for supply in found.supplies if found else ():
            if supply.site.cups == cups and supply.started_on is not None:
                return supply.site.cups, Period(supply.started_on, supply.ended_on)
        raise NotFound(
            "billing.customer_fault.supply_unknown",
            "the contract has never supplied such a point",
            contract=contract,
            cups=cups,
        )

    def known(
        self, contract: str, cups: Cups, fault: CustomerFault, first_day: date
    ) -> RecordedFault | None:
        """Return the fault on record under a natural key."""
        same = (
            one
            for one in faults_at(self._store, contract, cups)
            if (one.fault, one.days.start) == (fault, first_day)
        )
        return next(same, None)

    def add(self, fault: RecordedFault) -> None:
        """Keep a fault."""
        for other in faults_at(self._store, fault.contract, fault.cups):
            if other.fault is fault.fault and other.days.meets(fault.days):
                raise Conflict("billing.customer_fault.overlaps", "it is on record of a day of it")
        self._store.writable("customer_fault")[fault.key] = fault


class MemoryCustomerFaultShelf:
    """The CustomerFaultShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(self, *, after: str, limit: int, contract: str | None = None) -> Page[RecordedFault]:
        """Return those beyond a key."""
        kept = self._store.table("customer_fault").values()
        found = (one for one in kept if asked(contract, is_=one.contract))
        return page_by_key(found, lambda one: one.key, after=after, limit=limit)


def faults_at(store: MemoryStore, contract: str, cups: Cups) -> tuple[RecordedFault, ...]:
    """Return the faults on record of a supply point under a contract, in order of their days."""
    kept = store.table("customer_fault").values()
    found = (one for one in kept if (one.contract, one.cups) == (contract, cups))
    return tuple(sorted(found, key=lambda one: (one.days.start, one.fault.value)))
