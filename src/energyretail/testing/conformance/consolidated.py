"""What every store of consolidated invoices promises."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import attrs
import pytest

from energyretail.application.billing import (
    ConsolidatedInvoices,
    ConsolidatedInvoiceShelf,
    ConsolidationBook,
)
from energyretail.application.ledger import OpenItems
from energyretail.application.payments import UnpaidItems
from energyretail.application.shared import Books
from energyretail.domain.billing import (
    ConsolidatedInvoice,
    ConsolidatedMember,
    ConsolidatedTotals,
    ConsolidationTerms,
    Invoice,
    ToConsolidate,
    cuts_on,
    posting_of,
)
from energyretail.domain.shared import (
    Conflict,
    CustomerNumber,
    InvoiceNumber,
    NotFound,
    customer_number,
    invoice_number,
)
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    BillingWorld,
    contract_of,
    readings_of,
)
from energyretail.testing.conformance.billing_shelves import summary_of
from energyretail.testing.conformance.pages import check_pages, leaf_through

__all__ = ["ConsolidatedConformance", "ConsolidatedWorld"]

OURS = customer_number(1)
LATER = SECOND + timedelta(days=3)


@attrs.frozen
class ConsolidatedWorld:
    """One implementation, empty, with what fills it."""

    billing: BillingWorld
    invoices: ConsolidatedInvoices
    shelf: ConsolidatedInvoiceShelf
    book: ConsolidationBook
    books: Books
    ledger: OpenItems
    unpaid: UnpaidItems

    def bill(self, supply: int, *, customer: int = 1) -> Invoice:
        """Issue the first document of the `supply`-th contract and point, on SECOND."""
        self.billing.sign(contract_of(supply, customer=customer))
        self.billing.read(readings_of(supply, START, 100), readings_of(supply, SECOND, 150))
        # Numbers that go down show that it is not they that order.
        return self.billing.bill_first(f"F26-{900 - supply:06d}", today=SECOND)

    def left(self, *, before: date = LATER, after: str = "", limit: int = 100) -> list[str]:
        """Return the numbers of what is left of our customer."""
        asked = [ToConsolidate(OURS, before)]
        found = self.invoices.left(asked, after=after, limit=limit)
        return [member.number for member in found]

    def agree(
        self, customer: CustomerNumber, *, day: int, since: date, ended_on: date | None = None
    ) -> ConsolidationTerms:
        """Keep the terms of a customer."""
        terms = ConsolidationTerms(customer, day, since, ended_on)
        with self.billing.work() as transaction:
            self.book.take(customer)
            self.book.keep(terms)
            transaction.commit()
        return terms

    def due(self, today: date = LATER, *, after: str = "", limit: int = 9) -> list[ToConsolidate]:
        """Return who is due on a day."""
        return list(self.book.due(cuts_on(today), after=after, limit=limit))

    def consolidate(
        self,
        *members: Invoice,
        count: int = 1,
        before: date = LATER,
        customer: CustomerNumber = OURS,
        due_on: date = LATER,
    ) -> ConsolidatedInvoice:
        """Keep a consolidated invoice of documents, in one transaction."""
        totals = ConsolidatedTotals.nothing("EUR").plus(map(ConsolidatedMember.of, members))
        issued, _ = ConsolidatedInvoice.issue(
            totals,
            number=invoice_number("G", LATER, count),
            customer=customer,
            issued_before=before,
            issued_on=LATER,
            due_on=due_on,
        )
        with self.billing.work() as transaction:
            self.invoices.add([issued])
            self.invoices.add_members([(member.number, issued.number) for member in members])
            transaction.commit()
        return issued

    def post(self, *documents: Invoice) -> None:
        """Post documents."""
        entries = (posting_of(each, excise_components=frozenset()) for each in documents)
        with self.billing.work() as transaction:
            self.books.post([entry for entry in entries if entry is not None])
            transaction.commit()


class ConsolidatedConformance:
    """Subclass in a test and give a fixture `whole` that returns an empty ConsolidatedWorld."""

    def test_leaves_every_document_of_a_customer_in_order_of_issue(
        self, whole: ConsolidatedWorld
    ) -> None:
        issued = [whole.bill(supply) for supply in (1, 2, 3)]
        whole.bill(4, customer=2)
        numbers = [each.number for each in issued]

        assert whole.left() == numbers
        assert whole.left(limit=2) == numbers[:2]
        assert whole.left(after=numbers[1]) == numbers[2:]
        assert whole.left(before=SECOND) == []
        found = whole.invoices.left([ToConsolidate(OURS, LATER)], after="", limit=9)
        assert found == tuple(map(ConsolidatedMember.of, issued))

    def test_leaves_one_customers_documents_after_the_others(
        self, whole: ConsolidatedWorld
    ) -> None:
        theirs = [whole.bill(supply, customer=2) for supply in (1, 3)]
        ours = [whole.bill(supply) for supply in (2, 4)]
        asked = [ToConsolidate(OURS, LATER), ToConsolidate(customer_number(2), LATER)]
        expected = [each.number for each in (*ours, *theirs)]

        def left(after: str, limit: int = 9) -> list[str]:
            found = whole.invoices.left(asked, after=after, limit=limit)
            return [member.number for member in found]

        assert left("") == expected
        assert left("", 3) == expected[:3]
        for place, number in enumerate(expected):
            assert left(number) == expected[place + 1 :]
        assert whole.invoices.left([], after="", limit=9) == ()

    def test_leaves_what_was_issued_from_a_day_on(self, whole: ConsolidatedWorld) -> None:
        only = whole.bill(1)

        def left(since: date) -> list[str]:
            asked = [ToConsolidate(OURS, LATER, issued_from=since)]
            return [one.number for one in whole.invoices.left(asked, after="", limit=9)]

        assert left(SECOND) == [only.number]
        assert left(SECOND + timedelta(days=1)) == []

    def test_leaves_no_member(self, whole: ConsolidatedWorld) -> None:
        first, second = whole.bill(1), whole.bill(2)
        whole.consolidate(first)

        assert whole.left() == [second.number]

    def test_leaves_what_corrects_a_member(self, whole: ConsolidatedWorld) -> None:
        whole.consolidate(whole.bill(1))
        whole.billing.read(readings_of(1, SECOND, 160, version=2))
        note, rebill = whole.billing.correct_first("2", day=SECOND)

        assert whole.left() == [note.number, rebill.number]

    def test_gives_back_what_was_kept(self, whole: ConsolidatedWorld) -> None:
        issued = whole.consolidate(whole.bill(1), whole.bill(2))

        assert whole.invoices.known(ToConsolidate(OURS, LATER)) == issued
        assert whole.shelf.by_number(issued.number) == issued
        assert whole.invoices.known(ToConsolidate(OURS, SECOND)) is None
        assert whole.invoices.known(ToConsolidate(customer_number(2), LATER)) is None

    def test_keeps_many_at_once(self, whole: ConsolidatedWorld) -> None:
        documents = [whole.bill(supply, customer=supply) for supply in (2, 1)]
        made = [
            ConsolidatedInvoice.issue(
                ConsolidatedTotals.nothing("EUR").plus([ConsolidatedMember.of(one)]),
                number=invoice_number("G", LATER, 9 - place),
                customer=one.customer,
                issued_before=LATER,
                issued_on=LATER,
                due_on=LATER,
            )[0]
            for place, one in enumerate(documents)
        ]
        with whole.billing.work() as transaction:
            whole.invoices.add(made)
            whole.invoices.add_members(
                [(one.number, of.number) for one, of in zip(documents, made, strict=True)]
            )
            transaction.commit()

        assert [whole.shelf.by_number(one.number) for one in made] == made
        check_pages(whole.shelf.page, made)
        for one, of in zip(documents, made, strict=True):
            members = whole.shelf.members(of.number, after="", limit=9).items
            assert [member.number for member in members] == [one.number]

    def test_makes_all_its_members_due_on_its_day_and_no_others(
        self, whole: ConsolidatedWorld
    ) -> None:
        first, second, other = (whole.bill(supply) for supply in (1, 2, 3))
        whole.post(first, second, other)
        issued = whole.consolidate(first, second, due_on=first.due_on + timedelta(days=30))
        due = {one.number: issued.due_on for one in (first, second)}

        before = whole.unpaid.due(issued.due_on - timedelta(days=1))
        on_the_day = whole.unpaid.due(issued.due_on)

        assert [one.item for one in before] == [other.number]
        assert {one.item: one.due_on for one in on_the_day} == due | {other.number: other.due_on}
        assert {one.contract for one in on_the_day} == {"K000001", "K000002", "K000003"}
        items = whole.ledger.open_items(OURS)
        assert {one.item: one.due_on for one in items} == due | {other.number: other.due_on}

    def test_holds_a_document_once_for_ever(self, whole: ConsolidatedWorld) -> None:
        first, second = whole.bill(1), whole.bill(2)
        whole.consolidate(first)

        with pytest.raises(Conflict, match=r"billing.consolidated.member_twice"):
            whole.consolidate(second, first, count=2, before=SECOND)
        assert whole.left() == [second.number]
        assert whole.invoices.known(ToConsolidate(OURS, SECOND)) is None

    def test_holds_no_document_twice_in_one(self, whole: ConsolidatedWorld) -> None:
        first = whole.bill(1)

        with pytest.raises(Conflict, match=r"billing.consolidated.member_twice"):
            whole.consolidate(first, first)

    def test_consolidates_a_customers_days_once(self, whole: ConsolidatedWorld) -> None:
        first, second = whole.bill(1), whole.bill(2)
        whole.consolidate(first)

        with pytest.raises(Conflict, match=r"billing.consolidated.twice"):
            whole.consolidate(second, count=2)

    def test_gives_a_number_once(self, whole: ConsolidatedWorld) -> None:
        first, second = whole.bill(1), whole.bill(2)
        whole.consolidate(first)

        with pytest.raises(Conflict, match=r"billing.consolidated.number_twice"):
            whole.consolidate(second, before=SECOND)

    def test_leafs_through_all_and_a_customers(self, whole: ConsolidatedWorld) -> None:
        other = whole.bill(2, customer=2)
        issued = [
            whole.consolidate(whole.bill(1), count=9),
            whole.consolidate(other, count=8, customer=other.customer),
            whole.consolidate(whole.bill(3), count=7, before=SECOND),
        ]

        check_pages(whole.shelf.page, issued)
        check_pages(partial(whole.shelf.page, customer=OURS), [issued[0], issued[2]])
        assert whole.shelf.page(after="G26-000001", limit=9).items == ()

    def test_leafs_through_its_members_in_order_of_issue(self, whole: ConsolidatedWorld) -> None:
        members = [whole.bill(supply) for supply in (1, 2, 3)]
        issued = whole.consolidate(*members)
        whole.consolidate(whole.bill(4), count=2, before=SECOND)

        check_pages(partial(whole.shelf.members, issued.number), list(map(summary_of, members)))

    def test_tells_that_a_member_was_taken_back(self, whole: ConsolidatedWorld) -> None:
        member = whole.bill(1)
        issued = whole.consolidate(member)
        whole.billing.read(readings_of(1, SECOND, 160, version=2))
        note, _ = whole.billing.correct_first("2", day=LATER)

        (told,) = whole.shelf.members(issued.number, after="", limit=9).items

        assert told == attrs.evolve(summary_of(member), cancelled_by=note.number)
        assert whole.shelf.by_number(issued.number) == issued

    def test_leafs_through_the_lines_of_its_members(self, whole: ConsolidatedWorld) -> None:
        members = [whole.bill(supply) for supply in (1, 2)]
        issued = whole.consolidate(*members)
        whole.consolidate(whole.bill(3), count=2, before=SECOND)

        read = partial(whole.shelf.lines, issued.number)
        found = leaf_through(read, 3)

        assert [(one.invoice, one.cups, one.position) for one in found] == [
            (member.number, member.cups, position)
            for member in members
            for position in range(1, len(member.lines) + 1)
        ]
        lines = [line for member in members for line in member.lines]
        assert [one.line.amount for one in found] == [line.amount for line in lines]
        assert [one.line.label for one in found] == [line.label for line in lines]
        check_pages(read, found)

    @pytest.mark.parametrize(
        "after", ["F26-000899", "F26-000001/1", "/", "x/-1", "F26-000899/99", "F26-000899/٣"]
    )
    def test_has_no_line_beyond_one_that_is_none(
        self, whole: ConsolidatedWorld, after: str
    ) -> None:
        issued = whole.consolidate(whole.bill(1))

        assert whole.shelf.lines(issued.number, after=after, limit=9).items == ()

    @pytest.mark.parametrize("number", ["G26-000009", "", "F26-000899"])
    def test_knows_no_other(self, whole: ConsolidatedWorld, number: str) -> None:
        whole.consolidate(whole.bill(1))
        shelf = whole.shelf

        with pytest.raises(NotFound, match=r"billing.consolidated.unknown"):
            shelf.by_number(number)
        for read in (shelf.members, shelf.lines):
            with pytest.raises(NotFound, match=r"billing.consolidated.unknown"):
                read(number, after="", limit=9)

    def test_makes_no_member_of_what_was_never_issued(self, whole: ConsolidatedWorld) -> None:
        issued = whole.consolidate(whole.bill(1))

        with (
            pytest.raises(NotFound, match=r"billing.invoice.unknown"),
            whole.billing.work(),
        ):
            whole.invoices.add_members([(InvoiceNumber("F26-000777"), issued.number)])
