"""What every implementation of billing's ports promises of documents that correct others."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest

from energyretail.application.billing import PricedBy
from energyretail.domain.billing import Invoice, InvoiceKind, credit
from energyretail.domain.shared import Conflict, InvoiceNumber
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    TARIFF,
    THIRD,
    BillingWorld,
    contract_of,
    reading_of,
    readings_of,
)

__all__ = ["CorrectionsConformance"]


class CorrectionsConformance:
    """Subclass in a test and give a fixture `world` that returns an empty BillingWorld."""

    def test_keeps_a_rectification_with_the_bill_it_leaves(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        invoice = world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 170, version=2))

        document = world.rectify_first("R-2", day=THIRD)

        assert world.invoices.of_contract("K000001") == (invoice, document)
        assert document.standing != document.bill
        assert world.outdated.outdated(after="", limit=9) == ()
        assert world.due(SECOND) == ()

    def test_finds_a_rectification_outdated_like_any_bill(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 170, version=2))
        document = world.rectify_first("R-2", day=THIRD)
        world.read(readings_of(1, SECOND, 160, version=3))

        (found,) = world.outdated.outdated(after="", limit=9)
        again = world.rectify_first("R-3", day=THIRD)

        assert found.invoice == document
        assert again.original == document.number
        assert world.invoices.by_numbers(["R-3"]) == (again,)

    def test_refuses_to_rectify_what_is_not_in_force(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 170, version=2))
        document = world.rectify_first("R-2", day=THIRD)

        with pytest.raises(Conflict) as refusal:
            world.add(attrs.evolve(document, number=InvoiceNumber("R-3")))

        assert refusal.value.code == "billing.credited_twice"

    def test_takes_the_whole_bill_back_by_a_credit_note_of_its_rectification(
        self, world: BillingWorld
    ) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        bill = world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 170, version=2))
        document = world.rectify_first("R-2", day=THIRD)
        note, _ = credit(document, number=InvoiceNumber("R-3"), issued_on=THIRD)
        world.add(note)

        with pytest.raises(Conflict) as twice:
            world.add(attrs.evolve(note, number=InvoiceNumber("R-4")))
        with pytest.raises(Conflict) as earlier:
            world.add(credit(bill, number=InvoiceNumber("R-4"), issued_on=THIRD)[0])

        assert twice.value.code == earlier.value.code == "billing.credited_twice"
        assert sum(each.gross.cents for each in world.invoices.of_contract("K000001")) == 0
        assert world.invoices.by_numbers(["R-3"]) == (note,)
        assert world.outdated.outdated(after="", limit=9) == ()
        assert world.outdated.priced_by() == ()
        # Its days are to be billed, and may be.
        (supply,) = world.due(SECOND)
        assert supply.billed_until is None
        again = world.bill_first("F-5", today=SECOND)
        assert again.bill == document.standing

    def test_tells_what_documents_in_force_were_priced_by(self, world: BillingWorld) -> None:
        world.sign(contract_of(1), contract_of(2))
        for number in (1, 2):
            world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
        none = world.outdated.priced_by()
        first = world.bill_first("F-1", today=SECOND)
        second = world.bill_first("F-2", today=SECOND)
        world.add(credit(second, number=InvoiceNumber("R-1"), issued_on=SECOND)[0])

        (priced,) = world.outdated.priced_by()

        assert none == ()
        assert priced == PricedBy(TARIFF, first.period, first.price_digest)
        assert len(first.price_digest) == 64

    def test_finds_what_is_repriced_until_it_is_confirmed(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        invoice = world.bill_first("F-1", today=SECOND)
        (priced,) = world.outdated.priced_by()
        now = attrs.evolve(priced, digest_now="now")

        found = world.outdated.outdated(after="", limit=9, repriced=[now])
        for _ in range(2):
            world.confirm(invoice.number, "now")

        assert [outdated.invoice for outdated in found] == [invoice]
        assert world.outdated.outdated(after="", limit=9, repriced=[now]) == ()
        later = attrs.evolve(now, digest_now="later")
        assert len(world.outdated.outdated(after="", limit=9, repriced=[later])) == 1
        elsewhere = attrs.evolve(later, digest="another")
        assert world.outdated.outdated(after="", limit=9, repriced=[elsewhere]) == ()

    def test_stops_a_loop_that_corrects_for_ever(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        bill = world.bill_first("F-0", today=SECOND)

        with pytest.raises(Conflict) as refusal:
            _correct_for_ever(world, bill)

        assert refusal.value.code == "billing.too_many_items"
        assert len(world.invoices.of_contract("K000001")) == 15

    def test_finds_what_rests_on_a_changed_index_on_both_sides(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.read(readings_of(1, THIRD, 200))
        first = world.bill_first("F-1", today=THIRD)
        second = world.bill_first("F-2", today=THIRD)
        none = world.outdated.outdated(after="", limit=9)
        world.read([reading_of(1, SECOND, "P3", 171, version=2)])

        found = world.outdated.outdated(after="", limit=9)

        assert none == ()
        assert [outdated.invoice for outdated in found] == [first, second]
        assert world.outdated.outdated(after=found[0].key, limit=9) == found[1:]
        assert world.outdated.outdated(after="", limit=1) == found[:1]
        current = found[0].supply.reading("P3", SECOND)
        assert (current.version, current.index_kwh) == (2, Decimal(171))
        assert {r.taken_on for r in found[0].supply.readings} == {START, SECOND}

    def test_finds_a_bill_of_whose_days_one_was_read_since(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, THIRD, 200))
        bill = world.bill_first("F-1", today=THIRD)
        none = world.outdated.outdated(after="", limit=9)
        world.read(readings_of(1, SECOND, 190))

        (found,) = world.outdated.outdated(after="", limit=9)
        _, again = world.correct_first("2", day=THIRD)

        assert none == ()
        assert found.invoice == bill
        assert {reading.taken_on for reading in again.readings} == {START, SECOND, THIRD}
        assert world.outdated.outdated(after="", limit=9) == ()

    def test_leaves_alone_what_the_real_reading_confirmed(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.bill_first("F-1", today=SECOND)

        world.read(readings_of(1, SECOND, 150, version=2))

        assert world.outdated.outdated(after="", limit=9) == ()

    def test_finds_a_corrected_document_no_more_until_it_changes_again(
        self, world: BillingWorld
    ) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 160, version=2))
        _, again = world.correct_first("2", day=THIRD)
        none = world.outdated.outdated(after="", limit=9)
        world.read(readings_of(1, SECOND, 155, version=3))

        (found,) = world.outdated.outdated(after="", limit=9)

        assert none == ()
        assert found.invoice == again


def _correct_for_ever(world: BillingWorld, bill: Invoice) -> None:
    for number in range(1, 999):
        note, _ = credit(bill, number=InvoiceNumber(f"R-{number}"), issued_on=SECOND)
        again = attrs.evolve(
            bill,
            number=InvoiceNumber(f"F-{number}"),
            kind=InvoiceKind.REBILL,
            original=bill.number,
        )
        world.add(note, again)
        bill = again
