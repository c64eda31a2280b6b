"""Double entry: immutable entries whose postings sum to zero."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain.shared import CustomerNumber, Event, Invalid, InvoiceNumber, Money

__all__ = ["Account", "Entry", "EntryPosted", "Posting", "balance_of"]


class Account(enum.Enum):
    """What a posting is about; the chart of accounts in the settings gives each its number."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    EXCISE = "excise"
    VAT = "vat"
    ROUNDING = "rounding"
    BANK = "bank"
    SUSPENSE = "suspense"
    ADVANCES = "advances"
    CARRIED = "carried"
    DEPOSITS = "deposits"
    INTEREST = "interest"


@attrs.frozen
class Posting:
    """One side of an entry: debit is positive, credit negative, in whole cents.

    A posting on RECEIVABLE names the customer and the open item (the invoice number) it
    changes; the open amount of an item is the sum of its postings, never stored.

    Raises Invalid ``ledger.posting.item`` (an item goes with RECEIVABLE alone).
    """

    account: Account
    amount: Money
    customer: CustomerNumber | None = None
    item: InvoiceNumber | None = None

    def __attrs_post_init__(self) -> None:
        _ = self.amount.cents
        if (self.account is Account.RECEIVABLE) != (self.item is not None):
            raise Invalid(
                "ledger.posting.item", "an item goes with RECEIVABLE alone", account=self.account
            )


@attrs.frozen
class Entry:
    """A set of postings made at once; `key` is its natural key (``invoice:F26-000001``).

    Raises Invalid when it has no posting, mixes currencies, or does not sum to zero.
    """

    key: str
    day: date
    text: str
    postings: tuple[Posting, ...]

    def __attrs_post_init__(self) -> None:
        if not self.postings:
            raise Invalid("ledger.entry.empty", "an entry has postings", entry=self.key)
        if balance := balance_of(self.postings):
            raise Invalid(
                "ledger.entry.unbalanced", "debit and credit differ", entry=self.key, by=balance
            )


def balance_of(postings: Iterable[Posting]) -> Money:
    """Add up postings of one currency, debit positive; raises Invalid for none at all."""
    amounts = [posting.amount for posting in postings]
    if not amounts:
        raise Invalid("ledger.nothing", "nothing to add up")
    return Money.total(amounts, amounts[0].currency)


@attrs.frozen
class EntryPosted(Event):
    """An entry stands in the ledger."""

    name: ClassVar[str] = "ledger.entry.posted"
    key: str
