"""Bringing customers, contracts and entries of the ledger to the ERP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from energyretail.application.erp.erp import Erp, ErpContract, ErpCustomer, ErpEntry, ErpPosting
from energyretail.application.shared import Channel
from energyretail.domain.ledger import Account, Entry
from energyretail.domain.shared import Conflict, Invalid

__all__ = ["ErpFacts", "SendContract", "SendCustomer", "SendEntry", "erp_entry"]


class ErpFacts(Protocol):
    """What we know and the ERP must know; keys that name nothing are left out."""

    def customers(self, numbers: Sequence[str]) -> tuple[ErpCustomer, ...]:
        """Return the customers of these numbers as they are now."""
        ...

    def contracts(self, numbers: Sequence[str]) -> tuple[ErpContract, ...]:
        """Return the contracts of these numbers as they are now."""
        ...

    def entries(self, keys: Sequence[str]) -> tuple[Entry, ...]:
        """Return the ledger's entries of these keys."""
        ...


def erp_entry(entry: Entry, chart: Mapping[Account, str]) -> ErpEntry:
    """Return `entry` in the numbers of the chart of accounts."""
    postings = tuple(
        ErpPosting(
            account=chart[posting.account],
            cents=posting.amount.cents,
            currency=posting.amount.currency,
            customer=posting.customer,
            item=posting.item,
        )
        for posting in entry.postings
    )
    return ErpEntry(key=entry.key, day=entry.day, text=entry.text, postings=postings)


class SendCustomer:
    """Tell the ERP how a customer is now; sent twice it changes nothing.

    A key is a customer number, or one with the version that caused the message
    (``C000001@2``): whichever it names, the ERP gets the customer as it is by then.
    """

    channel = Channel.ERP
    kind = "customer"

    def __init__(self, erp: Erp, facts: ErpFacts):
        self._erp = erp
        self._facts = facts

    def load(self, keys: Sequence[str]) -> Mapping[str, ErpCustomer]:
        """Return the customers by key."""
        numbers = {key: key.partition("@")[0] for key in keys}
        known = {
            customer.number: customer
            for customer in self._facts.customers(sorted(set(numbers.values())))
        }
        return {key: known[number] for key, number in numbers.items() if number in known}

    def deliver(self, message: ErpCustomer, *, maybe_sent: bool) -> None:
        """Upsert the customer, whatever became of an earlier attempt."""
        self._erp.upsert_customer(message)


class SendContract:
    """Tell the ERP how a contract is now; sent twice it changes nothing."""

    channel = Channel.ERP
    kind = "contract"

    def __init__(self, erp: Erp, facts: ErpFacts):
        self._erp = erp
        self._facts = facts

    def load(self, keys: Sequence[str]) -> Mapping[str, ErpContract]:
        """Return the contracts by number."""
        return {contract.number: contract for contract in self._facts.contracts(keys)}

    def deliver(self, message: ErpContract, *, maybe_sent: bool) -> None:
        """Upsert the contract, whatever became of an earlier attempt."""
        self._erp.upsert_contract(message)


class SendEntry:
    """Post an entry of the ledger once: after an unknown end it asks before it posts.

    `chart` gives every Account its number in the ERP's chart; a missing one raises Invalid
    ``erp.chart.incomplete`` when the sender is built, not when the first bill is posted.
    """

    channel = Channel.ERP
    kind = "entry"

    def __init__(self, erp: Erp, facts: ErpFacts, chart: Mapping[Account, str]):
        if missing := sorted(account.value for account in Account if account not in chart):
            raise Invalid("erp.chart.incomplete", "accounts without a number", missing=missing)
        self._erp = erp
        self._facts = facts
        self._chart = dict(chart)

    def load(self, keys: Sequence[str]) -> Mapping[str, ErpEntry]:
        """Return the entries by key."""
        return {entry.key: erp_entry(entry, self._chart) for entry in self._facts.entries(keys)}

    def deliver(self, message: ErpEntry, *, maybe_sent: bool) -> None:
        """Post the entry; with `maybe_sent` only if the ERP, asked first, does not have it.

        Raises Conflict ``erp.key_reused`` when the ERP has something else under the key.
        """
        if maybe_sent and self._stands(message):
            return
        self._erp.post(message)

    def _stands(self, entry: ErpEntry) -> bool:
        found = self._erp.find(entry.key)
        if found is not None and found != entry:
            raise Conflict(
                "erp.key_reused", "the ERP has another entry under this key", key=entry.key
            )
        return found is not None
