"""Mandates, collections, payment files and bank entries in dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import attrs

from energyretail.adapters.memory.due_days import due_days
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
        """Add mandates, once each; raises Conflict for a second active one of a contract."""
        self._keep({mandate.umr: mandate for mandate in reversed(mandates)} | self._all())

    def save(self, mandates: Sequence[payments.Mandate]) -> None:
        """Replace account, state and use; raises Conflict as `add` does."""
        known = self._all()
        changed = {m.umr: _used(known[m.umr], m) for m in mandates if m.umr in known}
        self._keep(known | changed)

    def _all(self) -> dict[MandateReference, payments.Mandate]:
        return self._store.table("mandate")

    def _keep(self, after: dict[MandateReference, payments.Mandate]) -> None:
        active = payments.MandateState.ACTIVE
        if _repeats(mandate.contract for mandate in after.values() if mandate.state is active):
            raise Conflict(
                "payments.mandate.second_active", "the contract has an active mandate already"
            )
        self._store.writable("mandate").update(after)

    def named(self, references: Sequence[str]) -> tuple[payments.Mandate, ...]:
        """Return mandates, ordered by reference."""
        table = self._store.table("mandate")
        return tuple(table[umr] for umr in sorted(set(references)) if umr in table)


def _used(known: payments.Mandate, new: payments.Mandate) -> payments.Mandate:
    return attrs.evolve(
        known,
        iban=new.iban,
        state=new.state,
        first_used=new.first_used,
        last_used=new.last_used,
    )


def _repeats(keys: Iterable[str]) -> bool:
    found = list(keys)
    return len(set(found)) < len(found)


class MemoryCollections:
    """The Collections port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, collections: Sequence[payments.Collection]) -> None:
        """Add collections; raises Conflict for one that is there or an item in flight."""
        table = self._store.writable("collection")
        tried = {(c.item, c.attempt) for c in table.values()}
        busy = {c.item for c in table.values() if c.in_flight}
        for each in collections:
            if each.end_to_end_id in table or (each.item, each.attempt) in tried:
                raise Conflict("payments.collection.exists", "collected already")
            if each.in_flight and each.item in busy:
                raise _in_flight()
            table[each.end_to_end_id] = each
            tried.add((each.item, each.attempt))
            busy.update({each.item} if each.in_flight else ())

    def save(self, collections: Sequence[payments.Collection]) -> None:
        """Replace state, reason and day of return; raises Conflict for an item in flight."""
        table = self._store.writable("collection")
        known = [c for c in collections if c.end_to_end_id in table]
        after = table | {c.end_to_end_id: _ended(table[c.end_to_end_id], c) for c in known}
        if _repeats(c.item for c in after.values() if c.in_flight):
            raise _in_flight()
        table.update(after)

    def named(self, end_to_end_ids: Sequence[str]) -> tuple[payments.Collection, ...]:
        """Return collections, ordered by id."""
        wanted = frozenset(end_to_end_ids)
        return self._where(lambda c: c.end_to_end_id in wanted)

    def move(
        self, msg_id: str, before: payments.CollectionState, after: payments.CollectionState
    ) -> None:
        """Note a state for the collections of a file that are in another."""
        payments.check_move(before, after)
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


def _ended(known: payments.Collection, new: payments.Collection) -> payments.Collection:
    return attrs.evolve(known, state=new.state, reason=new.reason, returned_on=new.returned_on)


def _in_flight() -> Conflict:
    return Conflict("payments.collection.in_flight", "another collection of the item is in flight")


class MemoryPaymentFiles:
    """The PaymentFiles port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, file: payments.PaymentFile) -> None:
        """Add a file; raises Conflict for one that is there."""
        table = self._store.writable("payment_file")
        if file.msg_id in table or file.file_name in {one.file_name for one in table.values()}:
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
    """The UnpaidItems port over the entries, documents, mandates and collections of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def due(self, by: date) -> tuple[payments.UnpaidItem, ...]:
        """Return the items due up to a day, and all credit."""
        found = []
        documents = self._store.table("invoice") | {
            asked.number: asked for asked in self._store.table("advance").values()
        }
        days = due_days(self._store)
        for (customer, item), amount in self._open().items():
            document = documents.get(item)
            is_due = document is not None and days[item] <= by
            if amount.cents and (is_due or amount.cents < 0):
                contract = ContractNumber("") if document is None else document.contract
                due_on = days.get(item, by)
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
