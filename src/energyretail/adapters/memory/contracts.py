"""Customers, quotes and contracts in dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

import attrs

from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain.contracts import Contract, ContractState, Quote
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Conflict, Cups, NotFound, Period

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
        table = self._store.writable("customer")
        after = table | {customer.number: customer for customer in customers}
        if _shared(after.values(), lambda customer: customer.person.tax_id):
            raise Conflict("parties.tax_id_taken", "another customer has the tax id")
        table.update(after)
        contracts = self._store.writable("contract")
        contracts.update({number: _joined(one, table) for number, one in contracts.items()})


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
        table = self._store.writable("quote")
        after = table | {quote.number: quote for quote in quotes}
        if _shared(after.values(), lambda quote: quote.reference):
            raise Conflict("contracts.quote.reference_reused", "another quote has the reference")
        table.update(after)


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
        customers = self._store.table("customer")
        new = (_joined(_with_known(contract, table), customers) for contract in contracts)
        after = table | {contract.number: contract for contract in new}
        if _shared(after.values(), lambda contract: contract.quote):
            raise Conflict("contracts.contract.quote_taken", "another contract has the quote")
        if _doubly_supplied(after.values()):
            raise Conflict("supply.point_taken", "another contract has the supply point then")
        table.update(after)


def _joined(contract: Contract, customers: Mapping[str, Customer]) -> Contract:
    """Return the contract with the kind its customer has."""
    customer = customers.get(contract.customer)
    if customer is None or customer.person.kind is contract.kind:
        return contract
    return attrs.evolve(contract, kind=customer.person.kind)


def _with_known(contract: Contract, known: Mapping[str, Contract]) -> Contract:
    """Return the contract with every supply it ever had."""
    if contract.number not in known:
        return contract
    named = {supply.site.cups for supply in contract.supplies}
    kept = (s for s in known[contract.number].supplies if s.site.cups not in named)
    return attrs.evolve(contract, supplies=(*contract.supplies, *kept))


T = TypeVar("T")


def _shared(rows: Iterable[T], key: Callable[[T], str]) -> bool:
    keys = [key(row) for row in rows]
    return len(set(keys)) < len(keys)


def _doubly_supplied(contracts: Iterable[Contract]) -> bool:
    by_point: dict[Cups, list[Period]] = {}
    for supply in (supply for contract in contracts for supply in contract.supplies):
        if supply.period is not None:
            by_point.setdefault(supply.site.cups, []).append(supply.period)
    return any(
        one.meets(other) is not None
        for periods in by_point.values()
        for one, other in combinations(periods, 2)
    )
