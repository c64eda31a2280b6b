"""Laws of consolidated invoices: they are the sums of their members, however these come."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import billing
from energyretail.domain.shared import Invalid, Money, Refused, customer_number, invoice_number
from energyretail.testing import strategies

DAY = date(2026, 6, 1)
CENT = Money("0.01", "EUR")
documents = st.lists(strategies.invoices() | strategies.credit_notes(), max_size=6)


def totals_of(*chunks: list[billing.Invoice]) -> billing.ConsolidatedTotals:
    totals = billing.ConsolidatedTotals.nothing("EUR")
    for chunk in chunks:
        totals = totals.plus(map(billing.ConsolidatedMember.of, chunk))
    return totals


def issue(
    totals: billing.ConsolidatedTotals, *, before: date = DAY, due_on: date = DAY
) -> billing.ConsolidatedInvoice:
    return billing.ConsolidatedInvoice.issue(
        totals,
        number=invoice_number("G", DAY, 1),
        customer=customer_number(1),
        issued_before=before,
        issued_on=DAY,
        due_on=due_on,
    )[0]


class TestTotals:
    @given(documents, st.randoms(use_true_random=False), st.integers(0, 6))
    def test_are_the_same_in_any_order_and_chunks(self, members, random, cut: int) -> None:
        shuffled = list(members)
        random.shuffle(shuffled)

        assert totals_of(shuffled[:cut], shuffled[cut:]) == totals_of(members)

    @given(documents)
    def test_are_the_sums_of_the_members_by_rate(self, members: list[billing.Invoice]) -> None:
        totals = totals_of(members)

        base: Counter[tuple[str, Decimal]] = Counter()
        amount: Counter[tuple[str, Decimal]] = Counter()
        for member in members:
            for tax in member.taxes:
                base[tax.tax, tax.rate] += tax.base.cents
                amount[tax.tax, tax.rate] += tax.amount.cents
        assert totals.members == len(members)
        assert totals.net.cents == sum(member.net.cents for member in members)
        assert totals.gross.cents == sum(member.gross.cents for member in members)
        assert {share.key: share.base.cents for share in totals.taxes} == dict(base)
        assert {share.key: share.amount.cents for share in totals.taxes} == dict(amount)
        assert totals.net + totals.tax == totals.gross

    @given(strategies.invoices())
    def test_of_a_bill_and_its_credit_note_are_nothing(self, invoice: billing.Invoice) -> None:
        note, _ = billing.credit(
            invoice, number=invoice_number("R", DAY, 1), issued_on=invoice.issued_on
        )

        totals = totals_of([invoice, note])

        assert not totals.net
        assert not totals.gross
        assert all(not share.base and not share.amount for share in totals.taxes)


class TestConsolidatedInvoice:
    @given(strategies.invoices())
    def test_tells_what_it_adds_up(self, invoice: billing.Invoice) -> None:
        totals = totals_of([invoice])

        issued, (event,) = billing.ConsolidatedInvoice.issue(
            totals,
            number=invoice_number("G", DAY, 1),
            customer=invoice.customer,
            issued_before=DAY,
            issued_on=DAY,
            due_on=DAY,
        )

        assert issued.totals.gross == invoice.gross
        assert event == billing.ConsolidatedInvoiceIssued(
            issued.number, invoice.customer, 1, invoice.gross.cents
        )

    @given(st.lists(strategies.invoices(), min_size=1, max_size=5), st.dates())
    def test_is_due_on_one_day_no_earlier_than_any_member(
        self, members: list[billing.Invoice], ours: date
    ) -> None:
        day = billing.one_due_day(map(billing.ConsolidatedMember.of, members), ours=ours)

        assert day in {ours, *(member.due_on for member in members)}
        assert day >= ours
        assert all(day >= member.due_on for member in members)

    @given(strategies.invoices(), st.integers(0, 400))
    def test_says_when_its_members_are_due(self, invoice: billing.Invoice, days: int) -> None:
        whole = issue(totals_of([invoice]), due_on=DAY + timedelta(days=days))

        assert billing.payable_on(invoice.due_on, whole=whole) == whole.due_on
        assert billing.payable_on(invoice.due_on, whole=None) == invoice.due_on

    def test_is_not_of_nothing(self) -> None:
        with pytest.raises(Refused, match=r"billing.consolidated.nothing"):
            issue(totals_of([]))

    @given(strategies.invoices())
    def test_is_due_after_days_that_are_over(self, invoice: billing.Invoice) -> None:
        totals = totals_of([invoice])

        with pytest.raises(Invalid, match=r"billing.consolidated.due"):
            issue(totals, due_on=date(2026, 5, 31))
        with pytest.raises(Invalid, match=r"billing.consolidated.early"):
            issue(totals, before=date(2026, 6, 2))

    @given(strategies.invoices())
    def test_adds_up(self, invoice: billing.Invoice) -> None:
        totals = totals_of([invoice])

        with pytest.raises(Invalid, match=r"billing.consolidated.sum"):
            attrs.evolve(totals, gross=totals.gross + CENT)
