"""The ERP in dictionaries, and what it is told from tuples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from energyretail.application.erp import ErpContract, ErpCustomer, ErpEntry
from energyretail.domain.ledger import Entry
from energyretail.domain.shared import Conflict, Invalid

__all__ = ["MemoryErp", "MemoryErpFacts"]


class MemoryErp:
    """The Erp port without a partner; keeps its promises and nothing else."""

    def __init__(self) -> None:
        self.customers: dict[str, ErpCustomer] = {}
        self.contracts: dict[str, ErpContract] = {}
        self._entries: dict[str, ErpEntry] = {}

    def upsert_customer(self, customer: ErpCustomer) -> None:
        """Keep the customer under its number."""
        self.customers[customer.number] = customer

    def upsert_contract(self, contract: ErpContract) -> None:
        """Keep the contract under its number."""
        self.contracts[contract.number] = contract

    def post(self, entry: ErpEntry) -> None:
        """Keep a balanced entry once under its key."""
        sums: Counter[str] = Counter()
        for posting in entry.postings:
            sums[posting.currency] += posting.cents
        if any(sums.values()):
            raise Invalid("erp.fault.unbalanced", "debit and credit differ", key=entry.key)
        if self._entries.setdefault(entry.key, entry) != entry:
            raise Conflict("erp.key_reused", "another entry has this key", key=entry.key)

    def find(self, key: str) -> ErpEntry | None:
        """Return what stands under the key."""
        return self._entries.get(key)

    def entries(self, *, after: str | None = None, limit: int = 500) -> tuple[ErpEntry, ...]:
        """Return a page by ascending key."""
        keys = sorted(key for key in self._entries if after is None or key > after)
        return tuple(self._entries[key] for key in keys[:limit])

    def balance(
        self, *, account: str, currency: str, customer: str | None = None, item: str | None = None
    ) -> int:
        """Add up the postings that match."""
        return sum(
            posting.cents
            for entry in self._entries.values()
            for posting in entry.postings
            if (posting.account, posting.currency) == (account, currency)
            and customer in (None, posting.customer)
            and item in (None, posting.item)
        )


class MemoryErpFacts:
    """The ErpFacts port over values given once."""

    def __init__(
        self,
        customers: Iterable[ErpCustomer] = (),
        contracts: Iterable[ErpContract] = (),
        entries: Iterable[Entry] = (),
    ) -> None:
        self._customers = {customer.number: customer for customer in customers}
        self._contracts = {contract.number: contract for contract in contracts}
        self._entries = {entry.key: entry for entry in entries}

    def customers(self, numbers: Sequence[str]) -> tuple[ErpCustomer, ...]:
        """Return those that are known."""
        return tuple(self._customers[n] for n in numbers if n in self._customers)

    def contracts(self, numbers: Sequence[str]) -> tuple[ErpContract, ...]:
        """Return those that are known."""
        return tuple(self._contracts[n] for n in numbers if n in self._contracts)

    def entries(self, keys: Sequence[str]) -> tuple[Entry, ...]:
        """Return those that are known."""
        return tuple(self._entries[k] for k in keys if k in self._entries)
