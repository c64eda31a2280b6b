"""Laws of instalment plans: parts sum exactly, what is asked stays, a settlement loses no cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from energyretail.domain import billing
from energyretail.domain.ledger import Account, Entry, balance_of
from energyretail.domain.shared import (
    TARGET,
    Invalid,
    InvoiceNumber,
    Money,
    Outdated,
    Period,
    Refused,
    add_months,
    contract_number,
    customer_number,
)
from energyretail.testing import strategies

cents = st.integers(-50, 50) | st.integers(-(10**9), 10**9)
moneys = cents.map(lambda n: Money.of_cents(n, "EUR"))
plans = strategies.instalment_plans
billing_contract, billing_customer = contract_number(1), customer_number(1)
EXCISE = frozenset({"excise"})


def whole(bill: billing.Invoice) -> billing.ClosingBill:
    """Return a bill that nothing was taken off yet."""
    return billing.ClosingBill(bill, (billing.ItemLeft(bill.item, bill.gross),))


@st.composite
def closing_bills(draw: st.DrawFn) -> billing.ClosingBill:
    """A bill with anything left on its item and on those of the bills it corrects."""
    place = draw(st.integers(1, 10**6))
    bill = attrs.evolve(draw(strategies.invoices()), number=InvoiceNumber(f"F31-{place:06d}"))
    older = [f"{bill.number}/{n}" for n in range(draw(st.integers(0, 3)))]
    items = [*map(InvoiceNumber, older), bill.item]
    return billing.ClosingBill(bill, tuple(billing.ItemLeft(i, draw(moneys)) for i in items))


def total(amounts: list[Money] | tuple[Money, ...]) -> Money:
    return Money.total(amounts, "EUR")


def asked(plan: billing.InstalmentPlan, count: int) -> billing.InstalmentPlan:
    numbered = (
        attrs.evolve(each, asked=InvoiceNumber(f"AN26-{n:06d}")) if n <= count else each
        for n, each in enumerate(plan.instalments, 1)
    )
    return attrs.evolve(plan, instalments=tuple(numbered))


def sum_by_rate(
    shares: list[billing.TaxShare] | tuple[billing.TaxShare, ...],
) -> dict[tuple[str, Decimal], tuple[int, int]]:
    found: dict[tuple[str, Decimal], tuple[int, int]] = {}
    for share in shares:
        base, amount = found.get(share.key, (0, 0))
        found[share.key] = (base + share.base.cents, amount + share.amount.cents)
    return {key: sums for key, sums in found.items() if sums != (0, 0)}


class TestSpread:
    @given(moneys, st.integers(1, 400))
    def test_sums_exactly_and_differs_by_a_cent_at_most(self, amount: Money, count: int) -> None:
        parts = billing.spread(amount, count)

        assert len(parts) == count
        assert total(parts) == amount
        assert max(p.cents for p in parts) - min(p.cents for p in parts) <= 1

    @given(moneys, st.integers(1, 60))
    def test_is_never_half_a_cent_off_on_the_way(self, amount: Money, count: int) -> None:
        reached = 0
        for place, part in enumerate(billing.spread(amount, count), 1):
            reached += part.cents
            assert abs(reached * count - amount.cents * place) * 2 <= count

    @given(moneys, st.integers(1, 60))
    def test_mirrors_a_negative_amount(self, amount: Money, count: int) -> None:
        mirrored = tuple(-part for part in billing.spread(-amount, count))

        assert billing.spread(amount, count) == mirrored

    @given(moneys, st.integers(-3, 0))
    def test_refuses_no_part(self, amount: Money, count: int) -> None:
        with pytest.raises(Invalid) as caught:
            billing.spread(amount, count)

        assert caught.value.code == "billing.instalments.count"


class TestDueDates:
    @given(plans())
    def test_are_working_days_of_the_span_each_its_own(self, plan: billing.InstalmentPlan) -> None:
        days = [each.due_on for each in plan.instalments]

        assert len(set(days)) == len(days)
        assert all(day in plan.span and TARGET.is_working(day) for day in days)

    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from([1, 2, 3, 4, 6, 12]))
    def test_lie_whole_months_apart_where_the_months_can_be_divided(
        self, first: date, count: int
    ) -> None:
        span = Period(first, add_months(first, 12))

        days = billing.due_dates(span, months=12, count=count, first_due=first, calendar=TARGET)

        nominal = [add_months(first, part * 12 // count) for part in range(count)]
        assert all(abs((day - wanted).days) <= 5 for day, wanted in zip(days, nominal, strict=True))

    @given(plans(), st.integers(1, 8))
    def test_go_on_from_plan_to_plan_for_years(
        self, plan: billing.InstalmentPlan, more: int
    ) -> None:
        for _ in range(more):
            before = plan
            plan, _ = billing.true_up(plan, expected=plan.expected, calendar=TARGET)
            assert plan.first_day == before.span.until
            assert len(plan.instalments) == len(before.instalments)

    @given(st.integers(0, 27), st.sampled_from([29, 30, 31]), st.integers(1, 3))
    def test_find_a_day_where_a_month_has_no_such_day(
        self, later: int, day: int, months: int
    ) -> None:
        first = date(2025, 1, day)
        plan, _ = billing.set_up(
            contract=billing_contract,
            customer=billing_customer,
            tariff="any",
            tax=None,
            first_day=first,
            months=months,
            count=1,
            expected=Money.of_cents(100, "EUR"),
            at_end=billing.EndOfPlan.TRUE_UP,
            calendar=TARGET,
            first_due=first + timedelta(days=later),
        )

        for _ in range(15):
            plan, _ = billing.true_up(plan, expected=plan.expected, calendar=TARGET)

        assert plan.instalments[0].due_on in plan.span


class TestReview:
    @given(plans(), moneys, st.data())
    def test_keeps_what_is_asked_and_sums_to_the_new_total(
        self, plan: billing.InstalmentPlan, expected: Money, data: st.DataObject
    ) -> None:
        count = data.draw(st.integers(0, len(plan.instalments) - 1))
        before = asked(plan, count)

        after, _ = billing.review(before, expected=expected, read_version=1)

        assert after.instalments[:count] == before.instalments[:count]
        assert total([each.amount for each in after.instalments]) == expected
        rest = [each.amount.cents for each in after.instalments[count:]]
        assert expected == plan.expected or max(rest) - min(rest) <= 1
        assert [each.carried for each in after.instalments] == [
            each.carried for each in plan.instalments
        ]
        assert after.version == (1 if expected == plan.expected else 2)

    @given(plans(), moneys)
    def test_refuses_when_all_is_asked_or_settled_or_another_version_was_read(
        self, plan: billing.InstalmentPlan, expected: Money
    ) -> None:
        assume(expected != plan.expected)
        whole = asked(plan, len(plan.instalments))
        settled = attrs.evolve(plan, settled_on=plan.span.until)

        with pytest.raises(Refused, match="all_asked"):
            billing.review(whole, expected=expected)
        with pytest.raises(Refused, match="settled"):
            billing.review(settled, expected=expected)
        with pytest.raises(Outdated):
            billing.review(plan, expected=expected, read_version=2)


class TestAdvance:
    @given(moneys, st.decimals(0, 30, places=1))
    def test_is_its_net_and_vat_at_its_rate_to_the_cent(self, gross: Money, rate: Decimal) -> None:
        net, share = billing.split_gross(gross, tax="IVA", rate=rate)

        assert net + share.amount == gross
        assert abs(net.amount * (100 + rate) - gross.amount * 100) * 200 <= (100 + rate)
        mirrored, other = billing.split_gross(-gross, tax="IVA", rate=rate)
        assert (-mirrored, -other) == (net, share)

    @given(plans(), st.data())
    def test_posts_what_is_payable_and_sums_to_zero(
        self, plan: billing.InstalmentPlan, data: st.DataObject
    ) -> None:
        advances = data.draw(strategies.advances_of(plan, count=len(plan.instalments)))
        assume(all(each.gross or each.carried for each in advances))

        entries = [billing.advance_posting(each) for each in advances]

        assert not any(balance_of(entry.postings) for entry in entries)
        assert owed(entries) == plan.expected + plan.carried
        assert on(entries, Account.CARRIED) == -plan.carried


class TestSettlement:
    @given(strategies.invoices(), plans(), st.data())
    def test_leaves_the_bill_less_the_advances_by_rate_and_in_gross(
        self, bill: billing.Invoice, plan: billing.InstalmentPlan, data: st.DataObject
    ) -> None:
        advances = data.draw(strategies.advances_of(plan, count=len(plan.instalments)))

        settled = billing.settle(bill.bill, [each.deduction for each in advances])

        taken = [share for each in advances for share in each.taxes]
        whole = sum_by_rate([*settled.taxes, *taken])
        assert whole == sum_by_rate(billing.tax_shares(bill.bill.taxes))
        assert settled.gross + total([each.gross for each in advances]) == bill.gross
        assert settled.net + total([each.net for each in advances]) == bill.net
        residual_tax = total([share.amount for share in settled.taxes])
        assert settled.net + residual_tax == settled.gross

    @given(strategies.invoices(), plans(), st.data())
    def test_refuses_a_document_twice(
        self, bill: billing.Invoice, plan: billing.InstalmentPlan, data: st.DataObject
    ) -> None:
        (advance,) = data.draw(strategies.advances_of(plan, count=1))

        with pytest.raises(Invalid) as caught:
            billing.settle(bill.bill, [advance.deduction, advance.deduction])

        assert caught.value.code == "billing.settlement.twice"

    @given(st.lists(strategies.invoices(), min_size=1, max_size=3), plans(), st.data())
    def test_shares_every_document_out_over_several_bills_once(
        self,
        bills: list[billing.Invoice],
        plan: billing.InstalmentPlan,
        data: st.DataObject,
    ) -> None:
        advances = data.draw(strategies.advances_of(plan, count=len(plan.instalments)))
        deductions = tuple(each.deduction for each in advances)

        shares = billing.share_out([bill.gross for bill in bills], deductions)

        assert len(shares) == len(bills)
        assert tuple(document for share in shares for document in share) == deductions


class TestClosing:
    @given(strategies.invoices(), plans(), st.booleans(), st.data())
    def test_owes_the_bill_in_the_end_and_holds_no_advance(
        self,
        bill: billing.Invoice,
        plan: billing.InstalmentPlan,
        goes_on: bool,
        data: st.DataObject,
    ) -> None:
        count = data.draw(st.integers(0, len(plan.instalments)))
        advances = data.draw(strategies.advances_of(plan, count=count))
        known = asked(plan, count)

        closing, _ = billing.close_plan(
            known, [whole(bill)], advances, on=date(2031, 1, 1), goes_on=goes_on, calendar=TARGET
        )

        entries = [
            *(billing.advance_posting(each) for each in advances if each.gross or each.carried),
            *filter(None, (billing.posting_of(bill, excise_components=EXCISE), closing.entry)),
        ]
        assert not any(balance_of(entry.postings) for entry in entries)
        assert not on(entries, Account.ADVANCES)
        assert on(entries, Account.VAT) == -bill.tax
        # The plan took `carried` over from an earlier bill: owed by now, or with the next plan.
        following = closing.following.carried if closing.following else Money.zero("EUR")
        assert owed(entries) + following == bill.gross + plan.carried
        assert plan.carried + on(entries, Account.CARRIED) == following

    @given(strategies.invoices(), plans())
    def test_carries_the_rest_only_where_the_plan_says_so_and_supply_goes_on(
        self, bill: billing.Invoice, plan: billing.InstalmentPlan
    ) -> None:
        closing, _ = billing.close_plan(
            plan, [whole(bill)], (), on=date(2031, 1, 1), goes_on=True, calendar=TARGET
        )

        assert closing.following is not None
        assert closing.following.first_day == plan.span.until
        assert len(closing.following.instalments) == len(plan.instalments)
        rolls = plan.at_end is billing.EndOfPlan.ROLL_OVER
        expected = bill.gross + plan.carried if rolls else Money.zero("EUR")
        assert closing.following.carried == expected
        assert closing.plan.settled_on == date(2031, 1, 1)

    @given(
        st.lists(closing_bills(), min_size=1, max_size=3, unique_by=lambda one: one.bill.item),
        plans(),
        st.data(),
    )
    def test_moves_all_that_the_bills_and_what_they_correct_leave_and_no_more(
        self,
        bills: list[billing.ClosingBill],
        plan: billing.InstalmentPlan,
        data: st.DataObject,
    ) -> None:
        rolling = attrs.evolve(plan, at_end=billing.EndOfPlan.ROLL_OVER)
        advances = data.draw(strategies.advances_of(plan, count=len(plan.instalments)))

        closing, _ = billing.close_plan(
            asked(rolling, len(advances)),
            bills,
            advances,
            on=date(2031, 1, 1),
            goes_on=True,
            calendar=TARGET,
        )

        assert closing.following is not None
        left = total([each.owed for each in bills])
        assert closing.residual == closing.following.carried
        assert closing.residual == left - total([each.gross for each in advances])
        after = [each.after(closing.entry) for each in bills]
        assert not any(item.amount for each in after for item in each.left)
        # The documents tell so too: nobody is to pay what the next instalments ask for.
        for item in (item for each in bills for item in each.left):
            told = [one.deduction.gross for one in closing.taken_off if one.bill == item.item]
            assert total(told) == item.amount
        assert len({one.deduction.document for one in closing.carried}) == len(closing.carried)

    @given(strategies.invoices(), plans(), st.booleans(), st.data())
    def test_posts_what_is_taken_off_and_nothing_else(
        self,
        bill: billing.Invoice,
        plan: billing.InstalmentPlan,
        goes_on: bool,
        data: st.DataObject,
    ) -> None:
        count = data.draw(st.integers(0, len(plan.instalments)))
        advances = data.draw(strategies.advances_of(plan, count=count))

        closing, _ = billing.close_plan(
            asked(plan, count),
            [whole(bill)],
            advances,
            on=date(2031, 1, 1),
            goes_on=goes_on,
            calendar=TARGET,
        )

        taken = [one.deduction.gross for one in closing.taken_off]
        assert (closing.entry is None) == (not any(taken))
        if closing.entry is not None:
            assert owed([closing.entry]) == -total(taken)

    @given(strategies.invoices(), plans(), st.data())
    def test_refuses_an_advance_given_twice_or_in_another_currency(
        self, bill: billing.Invoice, plan: billing.InstalmentPlan, data: st.DataObject
    ) -> None:
        (one,) = data.draw(strategies.advances_of(plan, count=1))
        pounds = attrs.evolve(
            one, net=Money.zero("GBP"), gross=Money.zero("GBP"), carried=Money.zero("GBP"), taxes=()
        )
        known = asked(plan, 1)

        for advances, code in (
            ([one, one], "billing.settlement.twice"),
            ([pounds], "money.currency_mix"),
        ):
            with pytest.raises(Invalid) as refused:
                billing.close_plan(
                    known,
                    [whole(bill)],
                    advances,
                    on=date(2031, 1, 1),
                    goes_on=False,
                    calendar=TARGET,
                )
            assert refused.value.code == code


class TestHeldForPlans:
    chains = st.lists(st.integers(1, 60), max_size=12)

    @given(chains, st.integers(0, 400), st.integers(1, 400), st.booleans())
    def test_ends_no_bill_inside_a_span_and_loses_no_day(
        self, gaps: list[int], begins: int, length: int, ends: bool
    ) -> None:
        first = date(2026, 1, 1)
        days = [first + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]
        periods = [Period(*pair) for pair in pairwise(days)]
        plan = Period(first + timedelta(days=begins), first + timedelta(days=begins + length))
        end = days[-1] if ends else None

        due = billing.held_for_plans(periods, plans=[plan], ends=end)

        starts = [first, *(period.until for period in due)]
        assert [period.start for period in due] == starts[: len(due)]
        assert {period.until for period in due} <= {period.until for period in periods}
        assert not any(
            plan.start < period.until < plan.until and period.until != end for period in due
        )
        closing = [period for period in due if period.until >= plan.until]
        assert len(closing) <= 1

    @given(chains, st.integers(0, 400), st.integers(1, 400), st.integers(1, 400))
    def test_ends_no_bill_inside_a_plan_because_one_before_is_not_settled(
        self, gaps: list[int], begins: int, length: int, before: int
    ) -> None:
        """A plan that another point keeps open says nothing of bills that have no day of it."""
        first = date(2026, 1, 1)
        days = [first + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]
        periods = [Period(*pair) for pair in pairwise(days)]
        plan = Period(first + timedelta(days=begins), first + timedelta(days=begins + length))
        over = Period(first - timedelta(days=before), first)

        due = billing.held_for_plans(periods, plans=[over, plan], ends=None)

        assert due == billing.held_for_plans(periods, plans=[plan], ends=None)

    @given(chains)
    def test_changes_nothing_without_a_plan(self, gaps: list[int]) -> None:
        first = date(2026, 1, 1)
        days = [first + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]
        periods = tuple(Period(*pair) for pair in pairwise(days))

        assert billing.held_for_plans(periods, plans=(), ends=None) == periods


def on(entries: list[Entry], account: Account) -> Money:
    return total([p.amount for entry in entries for p in entry.postings if p.account is account])


def owed(entries: list[Entry]) -> Money:
    return on(entries, Account.RECEIVABLE)
