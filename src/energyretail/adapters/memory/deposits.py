"""Deposits, and the ends of supplies, over dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from energyretail.adapters.memory.billing import in_force
from energyretail.adapters.memory.ledger import MemoryLedger
from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain.billing import Deposit, DepositState, EndedSupply, HeldDeposit
from energyretail.domain.contracts import Contract, ContractState
from energyretail.domain.shared import Conflict, CustomerNumber, InvoiceNumber, NotFound
from energyretail.domain.supply import Supply

__all__ = ["MemoryDeposits", "MemoryEndedSupplies"]

_LIVE = (DepositState.ASKED, DepositState.HELD)


class MemoryDeposits:
    """The Deposits port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store
        self._ended = MemoryEndedSupplies(store)

    def add(self, deposit: Deposit) -> None:
        """Keep a deposit; one at a time a contract."""
        table = self._store.writable("deposit")
        if deposit.number in table:
            raise Conflict("billing.deposit.number_twice", "a deposit has this number already")
        if any(one.state in _LIVE for one in self.of_contract(deposit.contract)):
            raise Conflict("billing.deposit.second", "the contract has a deposit already")
        table[deposit.number] = deposit

    def save(self, deposits: Sequence[Deposit]) -> None:
        """Replace deposits."""
        table = self._store.writable("deposit")
        if any(deposit.number not in table for deposit in deposits):
            raise NotFound("billing.deposit.unknown", "no such deposit")
        table.update({deposit.number: deposit for deposit in deposits})

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Deposit, ...]:
        """Return deposits by number."""
        table = self._store.table("deposit")
        return tuple(table[number] for number in sorted(set(numbers)) if number in table)

    def of_contract(self, contract: str) -> tuple[Deposit, ...]:
        """Return the deposits of a contract."""
        table = self._store.table("deposit")
        return tuple(table[n] for n in sorted(table) if table[n].contract == contract)

    def held(self, *, after: str, limit: int) -> tuple[HeldDeposit, ...]:
        """Return deposits we hold."""
        table = self._store.table("deposit")
        numbers = [n for n in sorted(table) if n > after and table[n].state is DepositState.HELD]
        return tuple(self._held(table[number]) for number in numbers[:limit])

    def held_of(self, contracts: Sequence[str]) -> tuple[HeldDeposit, ...]:
        """Return the deposits we hold for some contracts."""
        table = self._store.table("deposit")
        found = (table[number] for number in sorted(table))
        return tuple(
            self._held(one)
            for one in found
            if one.contract in contracts and one.state is DepositState.HELD
        )

    def holder_of(self, contract: str) -> CustomerNumber:
        """Return whose a contract is."""
        found: Contract | None = self._store.table("contract").get(contract)
        if found is None:
            raise NotFound("contracts.contract.unknown", "no such contract", contract=contract)
        return found.customer

    def _held(self, deposit: Deposit) -> HeldDeposit:
        documents = (*self._store.table("invoice").values(), *self._store.table("advance").values())
        own = {one.number for one in documents if one.contract == deposit.contract}
        items = MemoryLedger(self._store).open_items(deposit.customer)
        tried = [c for c in self._store.table("collection").values() if c.item in own]
        failed = (c.returned_on for c in tried if c.returned_on is not None)
        return HeldDeposit(
            deposit,
            tuple(item for item in items if item.item in own),
            max(failed, default=None),
            self._is_finally_billed(deposit.contract),
            any(c.in_flight for c in tried),
            self._final_bill(deposit.contract),
        )

    def _final_bill(self, number: str) -> InvoiceNumber | None:
        contract: Contract | None = self._store.table("contract").get(number)
        ends = {(one.site.cups, one.ended_on) for one in contract.supplies} if contract else ()
        found = [
            bill.number
            for bill in in_force(self._store)
            if bill.contract == number and (bill.cups, bill.period.until) in ends
        ]
        return found[-1] if found else None

    def _is_finally_billed(self, number: str) -> bool:
        contract: Contract | None = self._store.table("contract").get(number)
        if contract is None or contract.state is not ContractState.ENDED:
            return False
        return all(one.is_finally_billed for one in self._ended.of_contract(contract))


class MemoryEndedSupplies:
    """The EndedSupplies port over the contracts and invoices of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def without_final_bill(self, *, after: str, limit: int) -> tuple[EndedSupply, ...]:
        """Return ended supplies whose bills do not reach their end exactly."""
        contracts = self._store.table("contract").values()
        ended = (one for contract in contracts for one in self.of_contract(contract))
        found = [one for one in ended if one.key > after and not one.is_finally_billed]
        return tuple(sorted(found, key=lambda one: one.key)[:limit])

    def of_contract(self, contract: Contract) -> Iterator[EndedSupply]:
        """Yield the supplies of a contract that have ended."""
        for supply in contract.supplies:
            if supply.ended_on is not None:
                yield EndedSupply(
                    contract.number,
                    contract.customer,
                    supply.site.cups,
                    supply.ended_on,
                    self._billed_until(contract, supply),
                )

    def _billed_until(self, contract: Contract, supply: Supply) -> date | None:
        ends = (
            bill.period.until
            for bill in in_force(self._store)
            if (bill.contract, bill.cups) == (contract.number, supply.site.cups)
        )
        return max(ends, default=None)
