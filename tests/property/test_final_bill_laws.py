"""Laws of the end of supply: a final bill comes, or a person sees in time that it does not."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import billing
from energyretail.domain.markets import FINAL_BILLS, SPAIN
from energyretail.domain.shared import TARGET, Cups, Invalid, Money, Period
from energyretail.testing import strategies

markets = st.sampled_from(sorted(FINAL_BILLS)).map(FINAL_BILLS.__getitem__)
END = date(2026, 3, 1)
POINT = Cups.of_digits("0031000000000001")


class TestAnEndedSupply:
    @given(strategies.ended_supplies(), markets, st.integers(0, 200))
    def test_has_a_final_bill_or_shows_from_the_margin_on(
        self, supply: billing.EndedSupply, rules: billing.FinalBillRules, days: int
    ) -> None:
        today = supply.ended_on + timedelta(days=days)

        item = billing.final_bill_item(supply, rules=rules, today=today)

        due = billing.final_bill_due(supply.ended_on, rules)
        is_time = today >= due - timedelta(days=rules.margin_days)
        is_beyond = supply.billed_until is not None and supply.billed_until > supply.ended_on
        shows = not supply.is_finally_billed and (is_time or is_beyond)
        assert (item is not None) == shows
        if item is not None:
            assert item.key == f"{supply.key}/{supply.ended_on}"
            assert item.text
            assert item.way_out

    @given(strategies.ended_supplies(), markets)
    def test_shows_before_its_deadline_is_over(
        self, supply: billing.EndedSupply, rules: billing.FinalBillRules
    ) -> None:
        due = billing.final_bill_due(supply.ended_on, rules)
        before = [due - timedelta(days=n) for n in range(rules.margin_days + 1)]

        shown = [billing.final_bill_item(supply, rules=rules, today=day) for day in before]

        assert all(item is None for item in shown) == supply.is_finally_billed

    def test_shows_at_once_when_it_is_billed_beyond_its_end(self) -> None:
        beyond = END + timedelta(days=1)
        supply = billing.EndedSupply("K000001", "C000001", POINT, END, beyond)

        item = billing.final_bill_item(supply, rules=SPAIN.final_bill, today=END)

        assert item is not None
        assert item.code == "billing.final_bill.beyond_end"


class TestTheDeadline:
    @pytest.mark.parametrize(
        ("market", "due", "refund"),
        [
            # The last day of supply is 28 February; each limit counts from the day after it.
            ("EU", date(2026, 4, 11), None),
            ("ES", date(2026, 4, 11), None),
            ("FR", date(2026, 3, 28), date(2026, 4, 15)),
            ("DE", date(2026, 4, 11), date(2026, 4, 15)),
            # Issued on Wednesday 1 April 2026; Good Friday and Easter Monday do not count.
            ("GB", date(2026, 4, 11), date(2026, 4, 17)),
        ],
    )
    def test_is_the_markets(self, market: str, due: date, refund: date | None) -> None:
        rules = FINAL_BILLS[market]

        assert billing.final_bill_due(END, rules) == due
        assert billing.refund_due(END, date(2026, 4, 1), rules) == refund
        assert rules.on(END).source

    @given(markets, strategies.days(date(2022, 1, 1), date(2030, 1, 1)))
    def test_leaves_no_more_than_six_weeks(self, rules: billing.FinalBillRules, end: date) -> None:
        assert end < billing.final_bill_due(end, rules) < end + timedelta(weeks=6)

    @given(markets, strategies.days(date(2022, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
    def test_comes_no_earlier_for_a_later_end(
        self, rules: billing.FinalBillRules, end: date, more: int
    ) -> None:
        later = end + timedelta(days=more)

        assert billing.final_bill_due(end, rules) < billing.final_bill_due(later, rules)

    def test_is_not_guessed_for_a_day_nobody_wrote_one_for(self) -> None:
        with pytest.raises(Invalid, match=r"billing.final_bill.gap"):
            billing.final_bill_due(date(2010, 1, 1), FINAL_BILLS["DE"])

    def test_is_one_on_any_day(self) -> None:
        known = FINAL_BILLS["FR"].deadlines[0]
        twice = (known, attrs.evolve(known, valid=Period(date(2020, 1, 1))))

        with pytest.raises(Invalid, match=r"billing.final_bill.overlap"):
            billing.FinalBillRules("XX", TARGET, twice)

    def test_is_shown_no_later_than_it_is_due(self) -> None:
        with pytest.raises(Invalid, match=r"billing.final_bill.margin"):
            billing.FinalBillRules("XX", TARGET, (), margin_days=-1)

    def test_is_at_least_a_day(self) -> None:
        with pytest.raises(Invalid, match=r"billing.final_bill.limit"):
            billing.TimeLimit(0, billing.TimeUnit.DAYS)


class TestARefund:
    @given(strategies.money(), markets)
    def test_is_more_than_nothing_and_says_until_when(
        self, amount: Money, rules: billing.FinalBillRules
    ) -> None:
        cents = abs(int(amount.amount)) + 1
        owed = billing.RefundOwed(
            "F26-000001", "C000001", Money.of_cents(cents, "EUR"), date(2026, 4, 1), END
        )

        item = billing.refund_item(owed, rules=rules, today=END)

        due = billing.refund_due(END, owed.since, rules)
        assert str(owed.amount) in item.text
        assert ("due on" in item.text) == (due is not None)
        assert due is None or str(due) in item.text

    @pytest.mark.parametrize("cents", [0, -1])
    def test_is_not_of_nothing(self, cents: int) -> None:
        with pytest.raises(Invalid, match=r"billing.refund.amount"):
            billing.RefundOwed("F26-000001", "C000001", Money.of_cents(cents, "EUR"), END, END)
