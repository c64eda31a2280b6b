"""What every implementation of the long lists of the ledger promises."""

from __future__ import annotations

from datetime import date
from functools import partial

import attrs

from energyretail.application.ledger import EntryShelf, OpenItemShelf
from energyretail.domain.ledger import Account, Entry, OpenItem, Posting
from energyretail.domain.shared import CustomerNumber, InvoiceNumber
from energyretail.testing.conformance.ledger import LedgerWorld, bill_entry, euros
from energyretail.testing.conformance.pages import check_pages, leaf_through

__all__ = ["LedgerShelves", "LedgerShelvesConformance"]

DAY, NEXT_DAY = date(2026, 4, 8), date(2026, 4, 9)


@attrs.frozen
class LedgerShelves:
    """One implementation, empty, with what fills it."""

    world: LedgerWorld
    items: OpenItemShelf
    entries: EntryShelf


def _open(item: str, cents: int, *, customer: str = "C000001") -> OpenItem:
    return OpenItem(InvoiceNumber(item), CustomerNumber(customer), DAY, euros(cents))


def _paid(item: str, cents: int) -> Entry:
    return bill_entry(f"paid:{item}", item, -cents, day=NEXT_DAY)


class LedgerShelvesConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty LedgerShelves."""

    def test_gives_what_is_open_once_in_order_of_item(self, shelves: LedgerShelves) -> None:
        check_pages(shelves.items.page, ())
        shelves.world.post(
            *(bill_entry(f"invoice:{item}", item, 500) for item in ("F3", "F1", "F4", "F2")),
            _paid("F2", 500),
            _paid("F3", 200),
            _paid("F4", 600),
        )

        check_pages(shelves.items.page, [_open("F1", 500), _open("F3", 300), _open("F4", -100)])

    def test_goes_on_when_the_last_item_was_settled_meanwhile(self, shelves: LedgerShelves) -> None:
        shelves.world.post(*(bill_entry(f"a:{item}", item, 5) for item in ("F1", "F2", "F3")))

        found = leaf_through(
            shelves.items.page, 1, meanwhile=lambda: shelves.world.post(_paid("F1", 5))
        )

        assert [each.item for each in found] == ["F1", "F2", "F3"]

    def test_asks_what_one_customer_owes(self, shelves: LedgerShelves) -> None:
        shelves.world.post(
            bill_entry("a", "F1", 5),
            bill_entry("b", "F2", 7, customer="C000002"),
            bill_entry("c", "F3", 9, customer="C000002"),
        )
        page = shelves.items.page
        theirs = [_open("F2", 7, customer="C000002"), _open("F3", 9, customer="C000002")]

        check_pages(partial(page, customer="C000002"), theirs)
        check_pages(partial(page, customer="C000009"), [])

    def test_gives_every_entry_once_in_the_order_posted(self, shelves: LedgerShelves) -> None:
        entries = [bill_entry(key, f"F-{key}", 100) for key in "cadb"]
        shelves.world.post(*entries)
        more = bill_entry("A", "F9", 1)

        check_pages(shelves.entries.page, entries)
        found = leaf_through(shelves.entries.page, 3, meanwhile=lambda: shelves.world.post(more))
        assert found == (*entries, more)
        assert shelves.entries.page(after="?", limit=9).items == ()

    def test_asks_entries_by_item_and_customer(self, shelves: LedgerShelves) -> None:
        bill, other = bill_entry("a", "F1", 5), bill_entry("b", "F2", 5, customer="C000002")
        moved = Entry(
            "c",
            DAY,
            "Credit moved",
            (
                Posting(Account.RECEIVABLE, euros(-5), CustomerNumber("C000001"), bill_item(bill)),
                Posting(Account.RECEIVABLE, euros(5), CustomerNumber("C000002"), bill_item(other)),
            ),
        )
        shelves.world.post(bill, other, moved)
        page = shelves.entries.page

        check_pages(partial(page, item="F1"), [bill, moved])
        check_pages(partial(page, customer="C000002"), [other, moved])
        check_pages(partial(page, item="F1", customer="C000002"), [moved])
        check_pages(partial(page, item="F9"), [])


def bill_item(entry: Entry) -> InvoiceNumber | None:
    """Return the item an entry posts first on."""
    return entry.postings[0].item
