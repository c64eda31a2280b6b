"""What the use cases of deposits need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from energyretail.domain.billing import Deposit, HeldDeposit
from energyretail.domain.shared import CustomerNumber

__all__ = ["Deposits"]


class Deposits(Protocol):
    """The deposits asked from customers; part of the open transaction."""

    def add(self, deposit: Deposit) -> None:
        """Keep a deposit that is asked.

        Raises Conflict ``billing.deposit.second`` when one is asked or held for the contract
        already, ``billing.deposit.number_twice``.
        """
        ...

    def save(self, deposits: Sequence[Deposit]) -> None:
        """Replace deposits by number; raises NotFound ``billing.deposit.unknown``."""
        ...

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Deposit, ...]:
        """Return the deposits with these numbers, in order of number; unknown ones are left out.

        Within a transaction they are locked until it ends.
        """
        ...

    def of_contract(self, contract: str) -> tuple[Deposit, ...]:
        """Return every deposit of a contract, in order of number."""
        ...

    def held(self, *, after: str, limit: int) -> tuple[HeldDeposit, ...]:
        """Return up to `limit` deposits we hold beyond the number `after`, in order of number.

        Within a transaction they are locked until it ends.
        """
        ...

    def held_of(self, contracts: Sequence[str]) -> tuple[HeldDeposit, ...]:
        """Return the deposits we hold for some contracts, in order of number, locked likewise."""
        ...

    def holder_of(self, contract: str) -> CustomerNumber:
        """Return whose a contract is; raises NotFound ``contracts.contract.unknown``."""
        ...
