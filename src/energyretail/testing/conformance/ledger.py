"""What every implementation of the ledger's ports promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import attrs
import pytest

from energyretail.application.ledger import OpenItems, PostedEntries
from energyretail.application.ledger.ports import LedgerState
from energyretail.application.shared import Books, Work
from energyretail.domain.ledger import Account, Entry, OpenItem, Posting
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, Money, customer_number

__all__ = ["BooksConformance", "LedgerWorld", "bill_entry", "euros"]


class _Reads(LedgerState, PostedEntries, OpenItems, Protocol):
    """All that is read of the ledger."""


@attrs.frozen
class LedgerWorld:
    """One implementation, empty: its transaction, its books, and what is read of them."""

    work: Work
    books: Books
    ledger: _Reads

    def post(self, *entries: Entry) -> None:
        """Post in one committed transaction."""
        with self.work() as transaction:
            self.books.post(entries)
            transaction.commit()


def euros(cents: int) -> Money:
    """Return whole cents in euros."""
    return Money.of_cents(cents, "EUR")


def bill_entry(
    key: str, item: str, cents: int, *, customer: str = "C000001", day: date = date(2026, 4, 8)
) -> Entry:
    """Return an entry that has `customer` owe `cents` on `item`, against revenue."""
    owed = Posting(Account.RECEIVABLE, euros(cents), CustomerNumber(customer), InvoiceNumber(item))
    return Entry(key, day, "A bill", (owed, Posting(Account.REVENUE, euros(-cents))))


def _keys(entries: Sequence[Entry]) -> list[str]:
    return [entry.key for entry in entries]


class BooksConformance:
    """Subclass in a test and give a fixture `world` that returns an empty LedgerWorld."""

    def test_gives_back_what_was_posted_in_the_order_asked(self, world: LedgerWorld) -> None:
        first, second = bill_entry("a", "F1", 100), bill_entry("b", "F2", 200)

        world.post(first, second)

        assert world.ledger.entries(["b", "missing", "a"]) == (second, first)

    def test_leaves_an_entry_that_stands_as_it_is(self, world: LedgerWorld) -> None:
        world.post(bill_entry("a", "F1", 100))

        world.post(bill_entry("a", "F1", 999), bill_entry("b", "F2", 1), bill_entry("b", "F2", 7))

        assert world.ledger.entries(["a"]) == (bill_entry("a", "F1", 100),)
        assert world.ledger.entries(["b"]) == (bill_entry("b", "F2", 1),)

    def test_posts_nothing_without_commit(self, world: LedgerWorld) -> None:
        with world.work():
            world.books.post([bill_entry("a", "F1", 100)])
            seen = world.ledger.entries(["a"])

        assert seen == (bill_entry("a", "F1", 100),)
        assert world.ledger.entries(["a"]) == ()
        assert world.ledger.open_items() == ()

    def test_refuses_to_post_outside_a_transaction(self, world: LedgerWorld) -> None:
        with pytest.raises(RuntimeError):
            world.books.post([bill_entry("a", "F1", 100)])

    def test_adds_up_an_item_over_its_entries_and_leaves_settled_ones_out(
        self, world: LedgerWorld
    ) -> None:
        world.post(
            bill_entry("a", "F1", 100, day=date(2026, 4, 8)),
            bill_entry("b", "F2", 50, customer="C000002"),
            bill_entry("c", "F1", -30, day=date(2026, 4, 1)),
            bill_entry("d", "F2", -50, customer="C000002"),
            bill_entry("e", "F3", -5, customer="C000002"),
        )

        assert world.ledger.open_items() == (
            OpenItem(InvoiceNumber("F1"), customer_number(1), date(2026, 4, 1), euros(70)),
            OpenItem(InvoiceNumber("F3"), customer_number(2), date(2026, 4, 8), euros(-5)),
        )
        assert [item.item for item in world.ledger.open_items("C000002")] == ["F3"]

    def test_adds_up_the_whole_ledger(self, world: LedgerWorld) -> None:
        world.post(bill_entry("invoice:F1", "F1", 100), bill_entry("payment:1", "F1", -40))

        (total,) = world.ledger.totals()

        assert world.ledger.imbalances() == ()
        assert world.ledger.unbalanced_entries() == ()
        assert (total.receivable, total.open) == (euros(60), euros(60))
        assert (total.invoiced, total.documents) == (euros(100), euros(0))

    def test_keeps_many_entries_in_order(self, world: LedgerWorld) -> None:
        entries = [bill_entry(f"k{i:03d}", f"F{i:03d}", i + 1) for i in range(200)]

        world.post(*entries)

        assert world.ledger.entries(_keys(entries)) == tuple(entries)
