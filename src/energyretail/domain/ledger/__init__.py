"""Double entry: accounts, immutable postings, open items."""

from energyretail.domain.ledger.entries import Account, Entry, EntryPosted, Posting, balance_of
from energyretail.domain.ledger.open_items import OpenItem, allocate_credit, open_items

__all__ = [
    "Account",
    "Entry",
    "EntryPosted",
    "OpenItem",
    "Posting",
    "allocate_credit",
    "balance_of",
    "open_items",
]
