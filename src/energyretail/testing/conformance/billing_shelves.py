"""What every implementation of the long list of documents promises."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import attrs
import pytest

from energyretail.application.billing import (
    Deductions,
    InvoiceCopy,
    InvoiceShelf,
    InvoiceSummary,
    LineCopy,
    TaxCopy,
)
from energyretail.domain.billing import (
    Deduction,
    DeductionKind,
    Invoice,
    InvoiceKind,
    TakenOff,
    settle,
    split_gross,
)
from energyretail.domain.shared import InvoiceNumber, Money, NotFound
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    BillingWorld,
    contract_of,
    point,
    readings_of,
)
from energyretail.testing.conformance.pages import check_pages, leaf_through

__all__ = ["InvoiceShelfConformance", "InvoiceShelves"]

LATER = SECOND + timedelta(days=3)


@attrs.frozen
class InvoiceShelves:
    """One implementation, empty, with what fills it."""

    world: BillingWorld
    shelf: InvoiceShelf
    deductions: Deductions

    def bill(self, supply: int, number: str, *, day: date = SECOND, customer: int = 0) -> Invoice:
        """Issue the first document of the `supply`-th contract and point."""
        self.world.sign(contract_of(supply, customer=customer or supply))
        self.world.read(readings_of(supply, START, 100), readings_of(supply, SECOND, 150))
        return self.world.bill_first(number, today=day)


def summary_of(invoice: Invoice, cancelled_by: str | None = None) -> InvoiceSummary:
    """Return the head of a document as a shelf has to give it."""
    return InvoiceSummary(
        number=invoice.number,
        kind=invoice.kind,
        stage=invoice.stage,
        contract=invoice.contract,
        customer=invoice.customer,
        cups=invoice.cups,
        tariff=invoice.tariff,
        period=invoice.period,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        original=invoice.original,
        cancelled_by=InvoiceNumber(cancelled_by) if cancelled_by else None,
    )


def _copy(invoice: Invoice, summary: InvoiceSummary, name: str) -> InvoiceCopy:
    lines = [attrs.asdict(line, recurse=False) for line in invoice.lines]
    taxes = [attrs.asdict(tax, recurse=False) for tax in invoice.taxes]
    for each in (*lines, *taxes):
        del each["derivation"]
    return InvoiceCopy(
        id=name,
        summary=summary,
        lines=tuple(LineCopy(**line) for line in lines),
        taxes=tuple(TaxCopy(**tax) for tax in taxes),
        prices=invoice.bill.prices,
        rounding=invoice.bill.policy.scope,
        deductions=(),
    )


class InvoiceShelfConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty InvoiceShelves."""

    def test_gives_every_document_once_in_order_of_issue(self, shelves: InvoiceShelves) -> None:
        check_pages(shelves.shelf.page, ())
        # Numbers that go down show that it is not they that order.
        issued = [shelves.bill(supply, f"F-{9 - supply}") for supply in (1, 2, 3, 4)]

        check_pages(shelves.shelf.page, [summary_of(each) for each in issued])

    def test_misses_none_while_others_are_issued(self, shelves: InvoiceShelves) -> None:
        first, second = shelves.bill(1, "F-5"), shelves.bill(2, "F-6")
        more: list[Invoice] = []

        found = leaf_through(
            shelves.shelf.page, 1, meanwhile=lambda: more.append(shelves.bill(3, "F-1"))
        )

        assert more
        assert found == tuple(summary_of(each) for each in (first, second, *more))

    def test_gives_nothing_after_a_number_never_issued(self, shelves: InvoiceShelves) -> None:
        shelves.bill(1, "F-5")

        assert shelves.shelf.page(after="F-4", limit=9).items == ()

    def test_tells_what_was_taken_back_and_by_what(self, shelves: InvoiceShelves) -> None:
        invoice = shelves.bill(1, "F-1")
        shelves.world.read(readings_of(1, SECOND, 160, version=2))
        note, rebill = shelves.world.correct_first("2", day=LATER)
        page = shelves.shelf.page

        check_pages(page, [summary_of(invoice, note.number), summary_of(note), summary_of(rebill)])
        check_pages(partial(page, kind=InvoiceKind.CREDIT_NOTE), [summary_of(note)])
        check_pages(partial(page, kind=InvoiceKind.REBILL, issued_from=LATER), [summary_of(rebill)])

    @pytest.mark.parametrize("after", ["", "F-1"])
    def test_is_asked_by_whose_it_is_and_when(self, shelves: InvoiceShelves, after: str) -> None:
        first = summary_of(shelves.bill(1, "F-1"))
        second = summary_of(shelves.bill(2, "F-2"))
        third = summary_of(shelves.bill(3, "F-3", day=LATER, customer=2))

        def read(**asked: object) -> tuple[InvoiceSummary, ...]:
            return shelves.shelf.page(after=after, limit=9, **asked).items  # type: ignore[arg-type]  # the filters of the test

        still = () if after else (first,)
        assert read() == (*still, second, third)
        assert read(contract="K000001") == read(customer="C000001") == still
        assert read(contract="K000002") == (second,)
        assert read(customer="C000002") == (second, third)
        assert read(cups=point(3)) == (third,)
        assert read(issued_from=LATER) == (third,)
        assert read(issued_from=SECOND, issued_until=LATER) == (*still, second)
        assert read(issued_until=SECOND) == ()
        assert read(customer="C000002", cups=point(3), kind=InvoiceKind.INVOICE) == (third,)

    def test_tells_one_document_by_number_and_by_name(self, shelves: InvoiceShelves) -> None:
        first, second = shelves.bill(1, "F-1"), shelves.bill(2, "F-2")

        told = [shelves.shelf.copy_of(invoice.number) for invoice in (first, second)]

        for invoice, copy in zip((first, second), told, strict=True):
            assert copy.id.startswith("inv_")
            assert copy == _copy(invoice, summary_of(invoice), copy.id)
            assert copy.estimated == invoice.bill.estimated
            assert shelves.shelf.copy_of(copy.id) == copy
        assert told[0].id != told[1].id

    def test_tells_of_one_document_what_was_taken_back(self, shelves: InvoiceShelves) -> None:
        invoice = shelves.bill(1, "F-1")
        shelves.world.read(readings_of(1, SECOND, 160, version=2))
        note, rebill = shelves.world.correct_first("2", day=LATER)
        copy_of = shelves.shelf.copy_of

        assert copy_of(invoice.number).summary == summary_of(invoice, note.number)
        assert copy_of(note.number).summary == summary_of(note)
        assert copy_of(rebill.number).summary.original == invoice.number

    def test_tells_of_one_document_what_is_taken_off_it(self, shelves: InvoiceShelves) -> None:
        bill, other = shelves.bill(1, "F-1"), shelves.bill(2, "F-2")
        net, share = split_gross(Money("50.00", "EUR"), tax="IVA", rate=Decimal("10.5"))
        advance = Deduction(
            DeductionKind.ADVANCE, "AN26-000001", net, (share,), Money("50.00", "EUR")
        )
        deposit = Deduction.untaxed(DeductionKind.DEPOSIT, "D26-000001", Money("120.13", "EUR"))
        carried = Deduction.untaxed(DeductionKind.CARRIED, "K000001/2026", Money("-4.66", "EUR"))
        taken = [TakenOff(bill.number, SECOND, each) for each in (carried, deposit, advance)]
        with shelves.world.work() as transaction:
            shelves.deductions.add(taken)
            transaction.commit()

        copy = shelves.shelf.copy_of(bill.number)

        assert copy.deductions == (advance, deposit, carried)
        assert copy.payable == bill.gross - Money("165.47", "EUR")
        assert copy.payable == settle(bill.bill, copy.deductions).gross
        untouched = shelves.shelf.copy_of(other.number)
        assert (untouched.deductions, untouched.payable) == ((), other.gross)

    @pytest.mark.parametrize(
        "name",
        ["F-9", "", "inv_", "inv_0", "inv_!!!!!!!!!!!!!", "inv_" + "z" * 13, "inv_" + "0" * 13],
    )
    def test_knows_no_other_document(self, shelves: InvoiceShelves, name: str) -> None:
        shelves.bill(1, "F-1")

        with pytest.raises(NotFound):
            shelves.shelf.copy_of(name)
