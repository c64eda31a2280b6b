"""What every implementation of the long lists of payments promises."""

from __future__ import annotations

from datetime import date
from functools import partial

import attrs
import pytest

from energyretail.application.payments import (
    BankEntryShelf,
    BookedEntry,
    CollectionShelf,
    MandateShelf,
    PaymentFileShelf,
    PaymentFileSummary,
)
from energyretail.domain import payments
from energyretail.domain.shared import CustomerNumber
from energyretail.testing.conformance.pages import check_pages, leaf_through
from energyretail.testing.conformance.payments import (
    PaymentsWorld,
    collection,
    euros,
    mandate,
    payment_file,
)

__all__ = ["PaymentShelves", "PaymentShelvesConformance"]

DAY = date(2026, 4, 30)
STATE = payments.CollectionState


@attrs.frozen
class PaymentShelves:
    """One implementation, empty, with what fills it."""

    world: PaymentsWorld
    collections: CollectionShelf
    mandates: MandateShelf
    files: PaymentFileShelf
    entries: BankEntryShelf

    def book(self, *references: str) -> None:
        """Book an entry of one euro under each reference."""
        entries = [payments.BankEntry(reference, euros(100), DAY) for reference in references]
        with self.world.work() as transaction:
            self.world.entries.add(entries, source="file-1", on=DAY)
            transaction.commit()


def _returned(item: str, attempt: int = 1) -> payments.Collection:
    return attrs.evolve(
        collection(item, attempt), state=STATE.RETURNED, reason="AM04", returned_on=DAY
    )


class PaymentShelvesConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty PaymentShelves."""

    def test_gives_every_collection_once_in_the_order_made(self, shelves: PaymentShelves) -> None:
        check_pages(shelves.collections.page, ())
        made = [collection(item) for item in ("F3", "F1", "F4", "F2")]
        shelves.world.keep(*made)

        check_pages(shelves.collections.page, made)

    def test_misses_no_collection_while_others_are_made(self, shelves: PaymentShelves) -> None:
        shelves.world.keep(collection("F5"), collection("F6"))

        found = leaf_through(
            shelves.collections.page, 1, meanwhile=lambda: shelves.world.keep(collection("F1"))
        )

        assert found == tuple(map(collection, ("F5", "F6", "F1")))
        assert shelves.collections.page(after="F9-1", limit=9).items == ()

    def test_keeps_a_collection_in_its_place_when_it_changes(self, shelves: PaymentShelves) -> None:
        shelves.world.keep(collection("F1"), collection("F2"))
        with shelves.world.work() as transaction:
            shelves.world.collections.save([_returned("F1")])
            transaction.commit()

        check_pages(shelves.collections.page, [_returned("F1"), collection("F2")])

    def test_asks_collections_by_item_state_and_return(self, shelves: PaymentShelves) -> None:
        early = attrs.evolve(_returned("F3"), state=STATE.RETURNED_EARLY)
        other = attrs.evolve(collection("F4"), customer=CustomerNumber("C2"), state=STATE.SENT)
        first, again = _returned("F1"), collection("F1", 2)
        shelves.world.keep(first, again, early, other)
        page = shelves.collections.page

        check_pages(partial(page, item="F1"), [first, again])
        check_pages(partial(page, customer="C2"), [other])
        check_pages(partial(page, state=STATE.REQUESTED), [again])
        check_pages(partial(page, returned=True), [first, early])
        check_pages(partial(page, returned=False), [again, other])
        check_pages(partial(page, returned=True, item="F1", state=STATE.RETURNED), [first])

    def test_gives_every_mandate_once_in_order_of_reference(self, shelves: PaymentShelves) -> None:
        mandates = [mandate(f"K{number}-1", contract=f"K{number}") for number in (1, 2, 3)]
        shelves.world.keep(*reversed(mandates))

        check_pages(shelves.mandates.page, mandates)
        assert shelves.mandates.page(after="K1-9", limit=9).items == tuple(mandates[1:])

    def test_asks_mandates_by_contract_customer_and_state(self, shelves: PaymentShelves) -> None:
        ended = attrs.evolve(mandate(), state=payments.MandateState.ENDED)
        other = attrs.evolve(mandate("K2-1", contract="K2"), customer=CustomerNumber("C2"))
        shelves.world.keep(ended, mandate("K1-2"), other)
        page = shelves.mandates.page

        check_pages(partial(page, contract="K1"), [ended, mandate("K1-2")])
        check_pages(partial(page, customer="C2"), [other])
        check_pages(partial(page, state=payments.MandateState.ENDED), [ended])
        check_pages(partial(page, contract="K2", state=payments.MandateState.ENDED), [])

    def test_gives_every_file_once_without_its_bytes(self, shelves: PaymentShelves) -> None:
        files = [payment_file(f"LUMA-2026043{number}-1") for number in (0, 1, 2)]
        shelves.world.keep(*reversed(files))

        check_pages(
            shelves.files.page,
            [
                PaymentFileSummary(
                    file.msg_id,
                    file.file_name,
                    file.sha256,
                    file.control_sum,
                    file.count,
                    file.due_on,
                    payments.FileState.CREATED,
                )
                for file in files
            ],
        )

    @pytest.mark.parametrize("references", [(), ("B",), ("B", "C", "A")])
    def test_gives_every_entry_once_in_the_order_booked(
        self, shelves: PaymentShelves, references: tuple[str, ...]
    ) -> None:
        shelves.book(*references)

        check_pages(
            shelves.entries.page,
            [BookedEntry(each, euros(100), DAY, "file-1", DAY) for each in references],
        )
        assert shelves.entries.page(after="?", limit=9).items == ()
