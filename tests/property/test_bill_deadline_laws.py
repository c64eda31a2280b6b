"""Laws of the days by which a bill must be with the customer."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import billing
from energyretail.domain.markets import BILL_DEADLINES, FINAL_BILLS
from energyretail.domain.shared import TARGET, Invalid, Period
from energyretail.testing import strategies

GERMANY = BILL_DEADLINES["DE"]
END = date(2026, 3, 1)
markets = st.sampled_from(sorted(BILL_DEADLINES)).map(BILL_DEADLINES.__getitem__)
ends = strategies.days(date(2022, 1, 1), date(2030, 1, 1))


class TestABill:
    def test_is_there_six_weeks_after_its_period_in_germany(self) -> None:
        # The last day billed is Saturday 28 February; the limit counts from the day after it.
        assert billing.bill_due_by(END, GERMANY) == date(2026, 4, 11)

    def test_of_a_month_of_electricity_is_there_after_three(self) -> None:
        assert billing.bill_due_by(END, GERMANY, monthly_electricity=True) == date(2026, 3, 21)

    def test_that_is_final_has_its_six_weeks_however_often_bills_come(self) -> None:
        assert billing.final_bill_due(END, FINAL_BILLS["DE"]) == date(2026, 4, 11)

    def test_names_its_law(self) -> None:
        assert GERMANY.on(END).source == "EnWG § 40c Abs. 2"

    @given(markets, ends, st.booleans())
    def test_is_there_later_for_a_later_end_and_never_after_the_long_limit(
        self, rules: billing.BillRules, end: date, monthly: bool
    ) -> None:
        due = billing.bill_due_by(end, rules, monthly_electricity=monthly)

        assert end < due <= billing.bill_due_by(end, rules)
        assert due < billing.bill_due_by(
            end + timedelta(days=1), rules, monthly_electricity=monthly
        )

    def test_is_not_guessed_for_a_day_nobody_wrote_a_limit_for(self) -> None:
        # The section is in force since 27 July 2021.
        assert billing.bill_due_by(date(2021, 7, 27), GERMANY) == date(2021, 9, 6)
        with pytest.raises(Invalid, match=r"billing.bill_deadline.gap"):
            billing.bill_due_by(date(2021, 7, 26), GERMANY)

    def test_has_one_limit_on_any_day(self) -> None:
        known = GERMANY.deadlines[0]
        twice = (known, attrs.evolve(known, valid=Period(date(2025, 1, 1))))

        with pytest.raises(Invalid, match=r"billing.bill_deadline.overlap"):
            billing.BillRules("XX", TARGET, twice)
