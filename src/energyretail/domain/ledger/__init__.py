"""Double entry: accounts, immutable postings, open items."""

from energyretail.domain.ledger.entries import Account, Entry, EntryPosted, Posting, balance_of

__all__ = ["Account", "Entry", "EntryPosted", "Posting", "balance_of"]
