"""Laws of the terms by which documents are consolidated: which days, and which documents."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import billing
from energyretail.domain.shared import Invalid, customer_number

OURS = customer_number(1)
DAY = timedelta(days=1)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
cut_days = st.integers(1, 28)


class TestCuts:
    @given(days, cut_days)
    def test_are_the_last_of_their_day_of_a_month(self, today: date, day: int) -> None:
        cut = billing.cuts_on(today)[day]

        assert cut.day == day
        assert cut <= today
        assert all((today - back * DAY).day != day for back in range((today - cut).days)), (
            "none of that day of a month is later"
        )

    @given(days)
    def test_are_of_every_day_that_all_months_have(self, today: date) -> None:
        assert list(billing.cuts_on(today)) == list(range(1, 29))

    @given(days, cut_days)
    def test_come_once_a_month(self, today: date, day: int) -> None:
        cut = billing.cuts_on(today)[day]
        before = billing.cuts_on(cut - DAY)[day]

        assert before.day == day
        assert 28 <= (cut - before).days <= 31


class TestTerms:
    @given(days, st.integers(0, 400), cut_days, days)
    def test_hold_between_their_days(self, since: date, lasts: int, day: int, cut: date) -> None:
        ended_on = since + lasts * DAY
        for_ever = billing.ConsolidationTerms(OURS, day, since)
        ended = billing.ConsolidationTerms(OURS, day, since, ended_on)

        assert for_ever.holds_for(cut) == (cut > since)
        assert ended.holds_for(cut) == (since < cut <= ended_on)

    @pytest.mark.parametrize("day", [0, -1, 29, 31])
    def test_name_a_day_that_every_month_has(self, day: int) -> None:
        with pytest.raises(Invalid, match=r"billing.consolidation.day"):
            billing.ConsolidationTerms(OURS, day, date(2026, 1, 1))

    @given(days, st.integers(1, 400))
    def test_end_no_earlier_than_they_began(self, since: date, early: int) -> None:
        with pytest.raises(Invalid, match=r"billing.consolidation.days"):
            billing.ConsolidationTerms(OURS, 1, since, since - early * DAY)
