"""The long lists of contracts, over a store."""

from __future__ import annotations

from collections.abc import Iterable

from energyretail.adapters.memory.pages import asked, page_by_key
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.contracts import PointSupply, SupplyPoint
from energyretail.application.shared import Page
from energyretail.domain.contracts import Contract, ContractState, Quote, QuoteState
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Cups, NotFound

__all__ = [
    "MemoryContractShelf",
    "MemoryCustomerShelf",
    "MemoryQuoteShelf",
    "MemorySupplyPointShelf",
]


class MemoryCustomerShelf:
    """The CustomerShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self, *, after: str, limit: int, tax_id: str | None = None, email: str | None = None
    ) -> Page[Customer]:
        """Return customers beyond a number."""
        found = (
            one
            for one in self._store.table("customer").values()
            if asked(tax_id, is_=one.person.tax_id) and asked(email, is_=one.person.email)
        )
        return page_by_key(found, lambda one: one.number, after=after, limit=limit)


class MemoryQuoteShelf:
    """The QuoteShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self,
        *,
        after: str,
        limit: int,
        state: QuoteState | None = None,
        reference: str | None = None,
    ) -> Page[Quote]:
        """Return quotes beyond a number."""
        found = (
            one
            for one in self._store.table("quote").values()
            if asked(state, is_=one.state) and asked(reference, is_=one.reference)
        )
        return page_by_key(found, lambda one: one.number, after=after, limit=limit)


class MemoryContractShelf:
    """The ContractShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
        state: ContractState | None = None,
        cups: Cups | None = None,
    ) -> Page[Contract]:
        """Return contracts beyond a number."""
        found = (
            one
            for one in self._store.table("contract").values()
            if asked(customer, is_=one.customer)
            and asked(state, is_=one.state)
            and (cups is None or any(supply.site.cups == cups for supply in one.supplies))
        )
        return page_by_key(found, lambda one: one.number, after=after, limit=limit)


class MemorySupplyPointShelf:
    """The SupplyPointShelf port over the contracts of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self, *, after: str, limit: int, customer: str | None = None, prefix: str | None = None
    ) -> Page[SupplyPoint]:
        """Return supply points beyond a CUPS."""
        found = (
            point
            for point in self._points()
            if point.cups.point.startswith((prefix or "")[:20])
            and any(asked(customer, is_=each.customer) for each in point.supplies)
        )
        return page_by_key(found, lambda point: point.cups.point, after=after, limit=limit)

    def by_cups(self, cups: Cups) -> SupplyPoint:
        """Return one point; raises NotFound."""
        for point in self._points():
            if point.cups == cups:
                return point
        raise NotFound("supply.point.unknown", "no contract has such a point", cups=cups)

    def _points(self) -> tuple[SupplyPoint, ...]:
        contracts = self._store.table("contract")
        by_cups: dict[Cups, list[PointSupply]] = {}
        for number in sorted(contracts):
            for supply in contracts[number].supplies:
                own = PointSupply(number, contracts[number].customer, supply)
                by_cups.setdefault(supply.site.cups, []).append(own)
        return tuple(
            SupplyPoint(_longest(supplies), tuple(supplies)) for supplies in by_cups.values()
        )


def _longest(supplies: Iterable[PointSupply]) -> Cups:
    """Return the longest spelling of a point: the twenty characters begin both."""
    return max((each.supply.site.cups for each in supplies), key=lambda cups: cups.value)
