"""The terms of consolidation over a dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

from energyretail.adapters.memory.consolidated import consolidated_as_of, left_for
from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain.billing import ConsolidationTerms, ToConsolidate
from energyretail.domain.shared import NotFound

__all__ = ["MemoryConsolidationBook"]


class MemoryConsolidationBook:
    """The ConsolidationBook port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def of(self, customer: str) -> ConsolidationTerms | None:
        """Return the terms of a customer."""
        found: ConsolidationTerms | None = self._store.table("consolidation_terms").get(customer)
        return found

    def take(self, customer: str) -> ConsolidationTerms | None:
        """Return the terms of a customer."""
        if customer not in self._store.table("customer"):
            raise NotFound("parties.customer.unknown", "no such customer", customer=customer)
        return self.of(customer)

    def keep(self, terms: ConsolidationTerms) -> None:
        """Keep terms in place of others."""
        self._store.writable("consolidation_terms")[terms.customer] = terms

    def due(self, cuts: Mapping[int, date], *, after: str, limit: int) -> tuple[ToConsolidate, ...]:
        """Return who is due."""
        return tuple(islice(self._due(cuts, after), limit))

    def _due(self, cuts: Mapping[int, date], after: str) -> Iterator[ToConsolidate]:
        for customer, terms in sorted(self._store.table("consolidation_terms").items()):
            cut = cuts[terms.day]
            asked = ToConsolidate(customer, cut, terms.since)
            if (
                customer > after
                and terms.holds_for(cut)
                and consolidated_as_of(self._store, customer, cut) is None
                and next(left_for(self._store, asked), None)
            ):
                yield asked
