"""The long lists of contracts: what a person or a caller leafs through."""

from __future__ import annotations

from typing import Protocol

import attrs

from energyretail.application.shared import Page
from energyretail.domain.contracts import Contract, ContractState, Quote, QuoteState
from energyretail.domain.parties import Customer
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber
from energyretail.domain.supply import Supply

__all__ = [
    "ContractShelf",
    "CustomerShelf",
    "PointSupply",
    "QuoteShelf",
    "SupplyPoint",
    "SupplyPointShelf",
]


@attrs.frozen
class PointSupply:
    """A supply of a point, and whose it is."""

    contract: ContractNumber
    customer: CustomerNumber
    supply: Supply


@attrs.frozen
class SupplyPoint:
    """A supply point with every supply it ever was wished for, in order of contract number."""

    cups: Cups
    supplies: tuple[PointSupply, ...]


class CustomerShelf(Protocol):
    """The customers, in order of number."""

    def page(
        self, *, after: str, limit: int, tax_id: str | None = None, email: str | None = None
    ) -> Page[Customer]:
        """Return up to `limit` of them beyond the number `after` (empty for all)."""
        ...


class QuoteShelf(Protocol):
    """The quotes, in order of number."""

    def page(
        self,
        *,
        after: str,
        limit: int,
        state: QuoteState | None = None,
        reference: str | None = None,
    ) -> Page[Quote]:
        """Return up to `limit` of them beyond the number `after` (empty for all)."""
        ...


class ContractShelf(Protocol):
    """The contracts with their supplies, in order of number."""

    def page(
        self,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
        state: ContractState | None = None,
        cups: Cups | None = None,
    ) -> Page[Contract]:
        """Return up to `limit` of them beyond the number `after` (empty for all).

        Of those that have a supply at `cups`, in whatever state, when it is given.
        """
        ...


class SupplyPointShelf(Protocol):
    """The supply points of our contracts, in order of CUPS."""

    def page(
        self, *, after: str, limit: int, customer: str | None = None, prefix: str | None = None
    ) -> Page[SupplyPoint]:
        """Return up to `limit` of them beyond the CUPS `after` (empty for all).

        Of those that `customer` has or had a supply at, and that begin with `prefix`; each
        comes with all its supplies, other customers' too.
        """
        ...

    def by_cups(self, cups: Cups) -> SupplyPoint:
        """Return one point; raises NotFound ``supply.point.unknown``."""
        ...
