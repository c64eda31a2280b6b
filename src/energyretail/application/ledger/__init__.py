"""What is done with the books: credit is allocated, the whole is checked."""

from energyretail.application.ledger.allocate_credits import AllocateCredits
from energyretail.application.ledger.check_ledger import CheckLedger, LedgerReport
from energyretail.application.ledger.ports import (
    LedgerState,
    LedgerTotals,
    OpenItems,
    PostedEntries,
)
from energyretail.application.ledger.shelves import EntryShelf, OpenItemShelf

__all__ = [
    "AllocateCredits",
    "CheckLedger",
    "EntryShelf",
    "LedgerReport",
    "LedgerState",
    "LedgerTotals",
    "OpenItemShelf",
    "OpenItems",
    "PostedEntries",
]
