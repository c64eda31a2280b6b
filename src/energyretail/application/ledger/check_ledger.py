"""Check that the books add up."""

from __future__ import annotations

import attrs

from energyretail.application.ledger.ports import LedgerState, LedgerTotals
from energyretail.domain.shared import Money

__all__ = ["CheckLedger", "LedgerReport"]


@attrs.frozen
class LedgerReport:
    """The result of a check; `problems` is empty when the books are sound."""

    imbalances: tuple[Money, ...]
    totals: tuple[LedgerTotals, ...]
    problems: tuple[str, ...]

    @property
    def imbalance_cents(self) -> int:
        """How many cents the ledger is out, over all currencies, never netted; 0 is right."""
        return sum(abs(amount.cents) for amount in self.imbalances)


class CheckLedger:
    """Find out whether the ledger is sound.

    Rules: every entry and every currency sums to zero; the receivable account equals the open
    items; what the invoices say equals what they posted.
    """

    def __init__(self, *, ledger: LedgerState):
        self._ledger = ledger

    def __call__(self) -> LedgerReport:
        """Add everything up; reads only."""
        imbalances = self._ledger.imbalances()
        totals = self._ledger.totals()
        problems = [
            *(f"ledger.imbalance: the ledger is out by {amount}" for amount in imbalances),
            *(f"ledger.entry.unbalanced: {key}" for key in self._ledger.unbalanced_entries()),
            *(problem for total in totals for problem in _problems(total)),
        ]
        return LedgerReport(imbalances, totals, tuple(problems))


def _problems(total: LedgerTotals) -> tuple[str, ...]:
    found = []
    if total.receivable != total.open:
        found.append(f"ledger.receivable: {total.receivable} posted, {total.open} in open items")
    if total.documents != total.invoiced:
        found.append(f"ledger.invoiced: invoices say {total.documents}, posted {total.invoiced}")
    return tuple(found)
