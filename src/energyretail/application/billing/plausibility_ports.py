"""What judging and holding drafts needs of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from energyretail.application.shared import Page
from energyretail.domain.billing import BilledUse, HeldBill, HeldBillState
from energyretail.domain.shared import ContractNumber, Cups

__all__ = ["BilledBefore", "HeldBillShelf", "HeldBills", "SupplyName"]

SupplyName = tuple[ContractNumber, Cups]
"""A supply point under a contract."""


class BilledBefore(Protocol):
    """What supplies used until now, by their bills."""

    def before(
        self, first_days: Mapping[SupplyName, date], *, days: int, digits: int
    ) -> Mapping[SupplyName, tuple[BilledUse, ...]]:
        """Return by supply what its bills in force are for, in order of their days.

        Those that end by the first day asked for it, and less than `days` before it; of a
        rectified bill the one that stands. Registers have `digits` whole digits. A supply without
        bills is left out. One query, however many are asked for.
        """
        ...


class HeldBills(Protocol):
    """The drafts that were held; part of the open transaction."""

    def of_supplies(self, supplies: Sequence[SupplyName]) -> tuple[HeldBill, ...]:
        """Return all that were ever held of some supplies, in order of key."""
        ...

    def by_key(self, key: str) -> HeldBill:
        """Return a held draft by its natural key, locked while a transaction is open.

        Raises NotFound ``billing.held_bill.unknown``.
        """
        ...

    def save(self, bills: Sequence[HeldBill]) -> None:
        """Keep drafts, new or as they are by now.

        Raises Conflict ``billing.held_bill.second`` when two of a supply would be open, Outdated
        ``billing.held_bill.version`` when one was changed since it was read.
        """
        ...


class HeldBillShelf(Protocol):
    """The drafts that were held, ordered by key."""

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        state: HeldBillState | None = None,
    ) -> Page[HeldBill]:
        """Return up to `limit` of them beyond the key `after` (empty for all)."""
        ...
