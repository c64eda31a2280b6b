"""What the use cases of contracts need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from energyretail.domain.contracts import Contract, ContractState, Quote
from energyretail.domain.parties import Customer
from energyretail.domain.pricing import PublishedFigures, Tariff
from energyretail.domain.shared import Period

__all__ = ["Contracts", "Customers", "Quotes", "Tariffs"]


class Tariffs(Protocol):
    """The products we sell, each with its tariff."""

    def tariff(self, code: str) -> Tariff:
        """Return the tariff of a product; raises NotFound for an unknown code."""
        ...

    def published(self, names: Collection[str], days: Period) -> PublishedFigures:
        """Return the published figures of these names over some days, as far as they are known."""
        ...


class Quotes(Protocol):
    """The quotes given."""

    def by_reference(self, reference: str) -> Quote | None:
        """Return the quote asked for under the caller's key, if there is one."""
        ...

    def by_number(self, number: str) -> Quote:
        """Return a quote; raises NotFound ``contracts.quote.unknown``."""
        ...

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Quote, ...]:
        """Return the quotes with these numbers, in order of number."""
        ...

    def save(self, quotes: Sequence[Quote]) -> None:
        """Insert or replace quotes by number.

        Raises Conflict ``contracts.quote.reference_reused`` for a reference that another
        quote has.
        """
        ...


class Customers(Protocol):
    """The customers, one for each tax id."""

    def by_tax_id(self, tax_id: str) -> Customer | None:
        """Return the customer with this tax id, if there is one."""
        ...

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Customer, ...]:
        """Return the customers with these numbers, in order of number.

        Within a transaction they are locked until it ends.
        """
        ...

    def save(self, customers: Sequence[Customer]) -> None:
        """Insert or replace customers by number.

        Raises Conflict ``parties.tax_id_taken`` for a tax id that another customer has.
        """
        ...


class Contracts(Protocol):
    """The contracts with their supplies."""

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Contract, ...]:
        """Return the contracts with these numbers, in order of number; unknown ones are left out.

        Within a transaction they are locked until it ends.
        """
        ...

    def in_state(self, state: ContractState) -> tuple[Contract, ...]:
        """Return the contracts in a state, in order of number."""
        ...

    def save(self, contracts: Sequence[Contract]) -> None:
        """Insert or replace contracts, with their supplies, by number.

        A contract's kind is its customer's, now and after the customer changes, whatever is
        given here. A supply is never taken away, it ends: one not given stays as it is.

        Raises Conflict ``supply.point_taken`` when a supply point would have two contracts on
        one day, ``contracts.contract.quote_taken`` when another contract was made of the quote.
        """
        ...
