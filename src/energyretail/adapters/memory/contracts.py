"""Customers, quotes and contracts in dictionaries."""

from __future__ import annotations

from collections.abc import Sequence

from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain.contracts import Contract, ContractState, Quote
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Conflict, NotFound
from energyretail.domain.supply import Supply

__all__ = ["MemoryContracts", "MemoryCustomers", "MemoryQuotes"]


class MemoryCustomers:
    """The Customers port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def by_tax_id(self, tax_id: str) -> Customer | None:
        """Return the customer with this tax id."""
        table = self._store.table("customer")
        return next((c for c in table.values() if c.person.tax_id == tax_id), None)

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Customer, ...]:
        """Return customers by number."""
        table = self._store.table("customer")
        return tuple(table[number] for number in sorted(set(numbers)) if number in table)

    def save(self, customers: Sequence[Customer]) -> None:
        """Insert or replace customers."""
        self._store.writable("customer").update({c.number: c for c in customers})


class MemoryQuotes:
    """The Quotes port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def by_reference(self, reference: str) -> Quote | None:
        """Return the quote asked for under a caller's key."""
        table = self._store.table("quote")
        return next((quote for quote in table.values() if quote.reference == reference), None)

    def by_number(self, number: str) -> Quote:
        """Return a quote."""
        quote: Quote | None = self._store.table("quote").get(number)
        if quote is None:
            raise NotFound("contracts.quote.unknown", "no such quote", quote=number)
        return quote

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Quote, ...]:
        """Return quotes by number."""
        table = self._store.table("quote")
        return tuple(table[number] for number in sorted(set(numbers)) if number in table)

    def save(self, quotes: Sequence[Quote]) -> None:
        """Insert or replace quotes."""
        self._store.writable("quote").update({quote.number: quote for quote in quotes})


class MemoryContracts:
    """The Contracts port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Contract, ...]:
        """Return contracts by number."""
        table = self._store.table("contract")
        return tuple(table[number] for number in sorted(set(numbers)) if number in table)

    def in_state(self, state: ContractState) -> tuple[Contract, ...]:
        """Return the contracts in a state."""
        table = self._store.table("contract")
        return tuple(table[n] for n in sorted(table) if table[n].state is state)

    def save(self, contracts: Sequence[Contract]) -> None:
        """Insert or replace contracts; one contract a day at a supply point."""
        table = self._store.writable("contract")
        table.update({contract.number: contract for contract in contracts})
        supplied = [
            (contract.number, supply)
            for contract in table.values()
            for supply in contract.supplies
            if supply.period is not None
        ]
        for number, supply in supplied:
            for other, twin in supplied:
                if other != number and _overlap(supply, twin):
                    raise Conflict(
                        "supply.point_taken", "another contract has the supply point then"
                    )


def _overlap(one: Supply, other: Supply) -> bool:
    if one.site.cups != other.site.cups or one.period is None or other.period is None:
        return False
    return one.period.meets(other.period) is not None
