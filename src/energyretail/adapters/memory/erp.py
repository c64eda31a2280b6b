"""The ERP in dictionaries, and what it is told from the tables of a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.erp import ErpContract, ErpCustomer, ErpEntry
from energyretail.domain.contracts import Contract
from energyretail.domain.ledger import Entry
from energyretail.domain.parties import Customer
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
    """The ErpFacts port over the customers, contracts and entries of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def customers(self, numbers: Sequence[str]) -> tuple[ErpCustomer, ...]:
        """Return the customers that exist, by number."""
        table = self._store.table("customer")
        return tuple(_customer(table[n]) for n in sorted(set(numbers)) if n in table)

    def contracts(self, numbers: Sequence[str]) -> tuple[ErpContract, ...]:
        """Return the contracts that exist, by number, their supply points in order."""
        table = self._store.table("contract")
        return tuple(_contract(table[n]) for n in sorted(set(numbers)) if n in table)

    def entries(self, keys: Sequence[str]) -> tuple[Entry, ...]:
        """Return the entries that exist, oldest first."""
        wanted = frozenset(keys)
        return tuple(e for key, e in self._store.table("entry").items() if key in wanted)


def _customer(customer: Customer) -> ErpCustomer:
    person, address = customer.person, customer.person.address
    return ErpCustomer(
        number=customer.number,
        kind=person.kind.value,
        name=person.name,
        tax_id=person.tax_id,
        email=person.email,
        street=address.street,
        postcode=address.postcode,
        town=address.town,
        country=address.country,
        language=person.language,
    )


def _contract(contract: Contract) -> ErpContract:
    return ErpContract(
        number=contract.number,
        customer=contract.customer,
        product=contract.product,
        state=contract.state.value,
        signed_on=contract.signature.signed_on if contract.signature else None,
        supply_points=tuple(supply.site.cups.value for supply in contract.supplies),
    )
