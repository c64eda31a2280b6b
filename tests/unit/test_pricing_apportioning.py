"""Each way to apportion gives the share its table says, and an anchor day its months."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from energyretail.domain import pricing
from energyretail.domain.pricing import Apportioning, Per, Proration, time_share
from energyretail.domain.shared import (
    Invalid,
    Period,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

# 15 days of 2023, 15 of the leap year 2024.
WINTER = Period(date(2023, 12, 17), date(2024, 1, 16))
SIX_PLACES = Rounding(RoundingMode.HALF_UP, 6)


def share(period: Period, per: Per, policy: Apportioning, anchor_day: int = 1) -> Fraction:
    return pricing.exact(time_share(period, per, policy, anchor_day))


class TestTable:
    @pytest.mark.parametrize(
        ("policy", "year", "month"),
        [
            (Apportioning.DAYS_365, Fraction(30, 365), Fraction(30 * 12, 365)),
            (Apportioning.DAYS_366, Fraction(30, 366), Fraction(30 * 12, 366)),
            (Apportioning.DAYS_360, Fraction(30, 360), Fraction(30, 30)),
            (
                Apportioning.DAYS_IN_YEAR,
                Fraction(15, 365) + Fraction(15, 366),
                12 * (Fraction(15, 365) + Fraction(15, 366)),
            ),
            (
                Apportioning.DAYS_IN_MONTH,
                (Fraction(15, 31) + Fraction(15, 31)) / 12,
                Fraction(15, 31) + Fraction(15, 31),
            ),
            (Apportioning.DAYS_30_4375, 30 / Fraction("365.25"), 30 / Fraction("30.4375")),
            (Apportioning.DAYS_30_4167, Fraction(30, 365), 30 / Fraction("30.4167")),
        ],
    )
    def test_gives_the_share_of_a_year_and_of_a_month(
        self, policy: Apportioning, year: Fraction, month: Fraction
    ) -> None:
        assert share(WINTER, Per.YEAR, policy) == year
        assert share(WINTER, Per.MONTH, policy) == month

    @pytest.mark.parametrize("policy", Apportioning)
    def test_counts_days_for_a_price_a_day_whatever_the_policy(self, policy: Apportioning) -> None:
        assert share(WINTER, Per.DAY, policy) == 30

    @pytest.mark.parametrize(
        ("first", "until", "expected"),
        [
            (date(2024, 1, 1), date(2025, 1, 1), 1),
            (date(2023, 12, 31), date(2024, 1, 1), Fraction(1, 365)),
            (date(2024, 12, 31), date(2025, 1, 1), Fraction(1, 366)),
            (date(2023, 1, 1), date(2026, 1, 1), 3),
        ],
    )
    def test_takes_each_year_by_its_own_days(
        self, first: date, until: date, expected: Fraction
    ) -> None:
        assert share(Period(first, until), Per.YEAR, Apportioning.DAYS_IN_YEAR) == expected

    @pytest.mark.parametrize("month", range(1, 13))
    def test_makes_each_month_one_where_months_count_their_days(self, month: int) -> None:
        period = Period.month(2024, month)

        assert share(period, Per.MONTH, Apportioning.DAYS_IN_MONTH) == 1
        assert share(period, Per.YEAR, Apportioning.DAYS_IN_MONTH) == Fraction(1, 12)


class TestAnchorDay:
    def test_makes_the_month_that_the_document_shows(self) -> None:
        august = Period(date(2025, 8, 25), date(2025, 9, 25))

        assert share(august, Per.MONTH, Apportioning.DAYS_IN_MONTH, 25) == 1
        one = Period(date(2025, 9, 24), date(2025, 9, 25))
        assert share(one, Per.MONTH, Apportioning.DAYS_IN_MONTH, 25) == Fraction(1, 31)
        after = Period(date(2025, 9, 25), date(2025, 9, 26))
        assert share(after, Per.MONTH, Apportioning.DAYS_IN_MONTH, 25) == Fraction(1, 30)

    @pytest.mark.parametrize(
        ("first", "until", "days"),
        [
            (date(2025, 1, 31), date(2025, 2, 28), 28),
            (date(2025, 2, 28), date(2025, 3, 31), 31),
            (date(2024, 1, 31), date(2024, 2, 29), 29),
            (date(2024, 2, 29), date(2024, 3, 31), 31),
            (date(2025, 3, 31), date(2025, 4, 30), 30),
            (date(2025, 4, 30), date(2025, 5, 31), 31),
            (date(2025, 12, 31), date(2026, 1, 31), 31),
        ],
    )
    def test_of_31_begins_shorter_months_on_their_last_day(
        self, first: date, until: date, days: int
    ) -> None:
        for day in Period(first, until).each_day():
            one = Period(day, date.fromordinal(day.toordinal() + 1))
            assert share(one, Per.MONTH, Apportioning.DAYS_IN_MONTH, 31) == Fraction(1, days)
        assert share(Period(first, until), Per.MONTH, Apportioning.DAYS_IN_MONTH, 31) == 1

    @pytest.mark.parametrize("anchor", [1, 15, 28, 29, 30, 31])
    def test_makes_twelve_months_a_year_whatever_it_is(self, anchor: int) -> None:
        start = date(2024, 1, anchor)
        year = Period(start, start.replace(year=2025))

        assert share(year, Per.MONTH, Apportioning.DAYS_IN_MONTH, anchor) == 12
        assert share(year, Per.YEAR, Apportioning.DAYS_IN_MONTH, anchor) == 1

    @pytest.mark.parametrize("day", [0, 32, -1])
    def test_is_refused_where_no_month_has_it(self, day: int) -> None:
        with pytest.raises(Invalid) as found:
            Proration(Per.MONTH, Apportioning.DAYS_365, day)

        assert (found.value.code, found.value.facts["day"]) == ("pricing.anchor_day", str(day))

    @pytest.mark.parametrize("day", [1, 31])
    def test_may_be_the_first_or_the_31st(self, day: int) -> None:
        assert Proration(Per.MONTH, Apportioning.DAYS_365, day).anchor_day == day


class TestPriceOfADay:
    def times(
        self, value: str, per: Per, policy: Apportioning, period: Period, rounding: Rounding | None
    ) -> pricing.Derivation:
        price = pricing.given("price", value, "EUR")
        return Proration(per, policy).times("line", price, period, rounding)

    def test_is_made_and_rounded_before_it_is_used(self) -> None:
        april = Period.month(2024, 4)

        made = self.times("38.043426", Per.YEAR, Apportioning.DAYS_366, april, SIX_PLACES)

        # 38.043426 / 366 = 0.10394378...
        assert pricing.exact(made) == 30 * Fraction("0.103944")
        (part,) = made.parts
        assert pricing.recompute(part) == Decimal("0.103944")

    def test_is_exact_without_a_rounding(self) -> None:
        april = Period.month(2024, 4)

        made = self.times("38.043426", Per.YEAR, Apportioning.DAYS_366, april, None)

        assert pricing.exact(made) == 30 * Fraction("38.043426") / 366

    def test_is_made_for_each_year_or_month_on_its_own(self) -> None:
        of_years = self.times("100", Per.YEAR, Apportioning.DAYS_IN_YEAR, WINTER, SIX_PLACES)
        of_months = self.times(
            "100", Per.MONTH, Apportioning.DAYS_IN_MONTH,
            Period(date(2024, 1, 31), date(2024, 2, 2)), SIX_PLACES,
        )  # fmt: skip

        assert pricing.exact(of_years) == 15 * Fraction("0.273973") + 15 * Fraction("0.273224")
        assert pricing.exact(of_months) == Fraction("3.225806") + Fraction("3.448276")

    def test_that_is_quoted_is_never_rounded(self) -> None:
        whole = Rounding(RoundingMode.HALF_UP, 0)

        made = self.times("0.4", Per.DAY, Apportioning.DAYS_365, WINTER, whole)

        assert pricing.exact(made) == 12

    def test_of_power_is_made_for_one_kw_and_charged_for_each(self) -> None:
        price, power = pricing.given("price", "38.043426", "EUR"), pricing.given("power", 5, "kW")
        by_year = Proration(Per.YEAR, Apportioning.DAYS_366)

        made = by_year.times("line", price, Period.month(2024, 4), SIX_PLACES, power)

        assert pricing.exact(made) == 5 * 30 * Fraction("0.103944")
        assert (made.name, made.factors) == ("line", power.factors)

    @pytest.mark.parametrize(
        ("mode", "price_decimals", "a_day"),
        [
            # 500 / 366 = 1.3661202...
            (RoundingMode.HALF_UP, None, Fraction(500, 366)),
            (RoundingMode.HALF_UP, 6, Fraction("1.366120")),
            (RoundingMode.UP, 6, Fraction("1.366121")),
            (RoundingMode.HALF_UP, 0, 1),
        ],
    )
    def test_of_a_bill_is_rounded_as_its_amounts_are_to_places_of_its_own(
        self, mode: RoundingMode, price_decimals: int | None, a_day: Fraction
    ) -> None:
        policy = RoundingPolicy(RoundingScope.LINE, Rounding(mode, 2), price_decimals)
        fixed = pricing.StandingCharge(
            name="fixed",
            tax_code=pricing.NO_TAX,
            price=(pricing.always("price", 500, "BOE"),),
            per=Per.YEAR,
            apportioning=Apportioning.DAYS_366,
        )
        tariff = pricing.Tariff("T", "T", "EUR", (fixed,), (), policy)

        bill = pricing.rate(tariff, pricing.Usage(), period=Period.month(2024, 4))

        (line,) = bill.lines
        assert pricing.exact(line.derivation.rounded(None)) == 30 * a_day
