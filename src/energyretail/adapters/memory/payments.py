"""Mandates, collections, payment files and bank entries in dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import attrs

from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain import payments
from energyretail.domain.ledger import Account
from energyretail.domain.parties import Person
from energyretail.domain.shared import (
    Conflict,
    ContractNumber,
    CustomerNumber,
    InvoiceNumber,
    MandateReference,
    Money,
)

__all__ = [
    "MemoryBankEntries",
    "MemoryCollections",
    "MemoryDebtors",
    "MemoryMandates",
    "MemoryPaymentFiles",
    "MemoryUnpaidItems",
]


class MemoryDebtors:
    """The Debtors port over the customers of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def parties(self, customers: Sequence[str]) -> Mapping[str, payments.Party]:
        """Return customers' names and addresses."""
        table = self._store.table("customer")
        return {number: _party(table[number].person) for number in customers if number in table}


def _party(person: Person) -> payments.Party:
    address = person.address
    return payments.Party(
        person.name, address.town, address.country, address.street, address.postcode
    )


class MemoryMandates:
    """The Mandates port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, mandates: Sequence[payments.Mandate]) -> None:
        """Add mandates, once each."""
        table = self._store.writable("mandate")
        for mandate in mandates:
            table.setdefault(mandate.umr, mandate)

    def save(self, mandates: Sequence[payments.Mandate]) -> None:
        """Replace mandates."""
        table = self._store.writable("mandate")
        table.update({mandate.umr: mandate for mandate in mandates if mandate.umr in table})

    def named(self, references: Sequence[str]) -> tuple[payments.Mandate, ...]:
        """Return mandates, ordered by reference."""
        table = self._store.table("mandate")
        return tuple(table[umr] for umr in sorted(set(references)) if umr in table)


class MemoryCollections:
    """The Collections port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, collections: Sequence[payments.Collection]) -> None:
        """Add collections; raises Conflict for one that is there."""
        table = self._store.writable("collection")
        for collection in collections:
            busy = any(c.item == collection.item and c.in_flight for c in table.values())
            if busy or collection.end_to_end_id in table:
                raise Conflict(
                    "payments.collection.exists", "collected already", run=collection.msg_id
                )
            table[collection.end_to_end_id] = collection

    def save(self, collections: Sequence[payments.Collection]) -> None:
        """Replace collections."""
        self._store.writable("collection").update({c.end_to_end_id: c for c in collections})

    def named(self, end_to_end_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return collections, ordered by id."""
        wanted = frozenset(end_to_end_ids)
        return self._where(lambda c: c.end_to_end_id in wanted)

    def move(
        self, msg_id: str, before: payments.CollectionState, after: payments.CollectionState
    ) -> None:
        """Note a state for the collections of a file that are in another."""
        found = self._where(lambda c: c.msg_id == msg_id and c.state is before)
        self.save([attrs.evolve(one, state=after) for one in found])

    def of_batches(self, payment_information_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return the collections of batches, ordered by id."""
        wanted = frozenset(payment_information_ids)
        return self._where(lambda c: c.payment_information_id in wanted)

    def _where(
        self, wanted: Callable[[payments.Collection], bool]
    ) -> tuple[payments.Collection, ...]:
        table = self._store.table("collection")
        return tuple(table[key] for key in sorted(table) if wanted(table[key]))


class MemoryPaymentFiles:
    """The PaymentFiles port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, file: payments.PaymentFile) -> None:
        """Add a file; raises Conflict for one that is there."""
        table = self._store.writable("payment_file")
        if file.msg_id in table:
            raise Conflict("payments.file.exists", "made already", msg_id=file.msg_id)
        table[file.msg_id] = file

    def named(self, msg_ids: Sequence[str]) -> tuple[payments.PaymentFile, ...]:
        """Return files, ordered by id."""
        table = self._store.table("payment_file")
        return tuple(table[key] for key in sorted(set(msg_ids)) if key in table)

    def move(self, msg_id: str, before: payments.FileState, after: payments.FileState) -> None:
        """Note a state for a file that is in another."""
        table = self._store.writable("payment_file")
        if msg_id in table and table[msg_id].state is before:
            table[msg_id] = attrs.evolve(table[msg_id], state=after)


class MemoryBankEntries:
    """The BankEntries port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def known(self, references: Sequence[str]) -> Mapping[str, Money]:
        """Return the amounts booked under references."""
        table = self._store.table("bank_entry")
        return {key: table[key][0].amount for key in references if key in table}

    def add(self, entries: Sequence[payments.BankEntry], *, source: str, on: date) -> None:
        """Note entries as booked; raises Conflict for a reference that is there."""
        table = self._store.writable("bank_entry")
        for entry in entries:
            _ = entry.amount.cents
            if entry.reference in table:
                raise Conflict("payments.entry.exists", "booked already", source=source)
            table[entry.reference] = (entry, source, on)


class MemoryUnpaidItems:
    """The UnpaidItems port over the entries, invoices, mandates and collections of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def due(self, by: date) -> tuple[payments.UnpaidItem, ...]:
        """Return the items due up to a day, and all credit."""
        found = []
        for (customer, item), amount in self._open().items():
            invoice = self._store.table("invoice").get(item)
            is_due = invoice is not None and invoice.due_on <= by
            if amount.cents and (is_due or amount.cents < 0):
                contract = ContractNumber("") if invoice is None else invoice.contract
                due_on = by if invoice is None else invoice.due_on
                found.append(self._unpaid(item, customer, contract, due_on, amount))
        return tuple(sorted(found, key=lambda one: (one.customer, one.due_on, one.item)))

    def _open(self) -> dict[tuple[CustomerNumber, InvoiceNumber], Money]:
        sums: dict[tuple[CustomerNumber, InvoiceNumber], Money] = {}
        for entry in self._store.table("entry").values():
            for posting in entry.postings:
                if posting.account is Account.RECEIVABLE:
                    key = (posting.customer, posting.item)
                    zero = Money.zero(posting.amount.currency)
                    sums[key] = sums.get(key, zero) + posting.amount
        return sums

    def _unpaid(
        self,
        item: InvoiceNumber,
        customer: CustomerNumber,
        contract: ContractNumber,
        due_on: date,
        amount: Money,
    ) -> payments.UnpaidItem:
        tried = sorted(
            (c for c in self._store.table("collection").values() if c.item == item),
            key=lambda c: c.attempt,
        )
        return payments.UnpaidItem(
            item=item,
            customer=customer,
            contract=contract,
            due_on=due_on,
            open=amount,
            umr=self._reference(contract),
            attempts=tried[-1].attempt if tried else 0,
            given_back=sum(c.reason is not None for c in tried),
            in_flight=any(c.in_flight for c in tried),
            last_reason=tried[-1].reason if tried else None,
        )

    def _reference(self, contract: ContractNumber) -> MandateReference | None:
        of_contract = [m for m in self._store.table("mandate").values() if m.contract == contract]
        latest = max(
            of_contract,
            key=lambda m: (m.state is payments.MandateState.ACTIVE, m.signed_on, m.umr),
            default=None,
        )
        return latest.umr if latest else None
