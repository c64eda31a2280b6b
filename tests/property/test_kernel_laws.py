"""The laws of the kernel: money, quantities, rounding, periods, calendars, time, identifiers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from energyretail.domain.shared import (
    TARGET,
    CreditorIdentifier,
    Cups,
    Energy,
    Iban,
    Invalid,
    MarketTime,
    Money,
    Period,
    Rounding,
    RoundingMode,
    add_months,
    decimal_of,
    easter_sunday,
)
from energyretail.testing import strategies

CENTS = st.integers(-(10**14), 10**14)
EUROS = CENTS.map(lambda cents: Money.of_cents(cents, "EUR"))
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=6)
DAYS = st.dates(date(2002, 1, 1), date(2099, 12, 31))
ROUNDINGS = st.builds(Rounding, st.sampled_from(RoundingMode), st.integers(0, 6))
INSTANTS = DAYS.flatmap(
    lambda day: st.integers(0, 86_399).map(
        lambda second: (
            datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
        )
    )
)
MADRID = MarketTime("Europe/Madrid")


PERIODS = strategies.periods(open_ended=True)
CLOSED = strategies.periods()


class TestMoney:
    @given(EUROS, EUROS, EUROS)
    def test_adds_in_any_order_and_grouping(self, a: Money, b: Money, c: Money) -> None:
        assert a + b == b + a
        assert (a + b) + c == a + (b + c)

    @given(EUROS, EUROS)
    def test_takes_back_what_was_added(self, a: Money, b: Money) -> None:
        assert a + b - b == a
        assert a + -a == Money.zero("EUR")
        assert a - b == -(b - a)

    @given(st.lists(EUROS, max_size=20))
    def test_totals_are_sums_of_cents(self, amounts: list[Money]) -> None:
        assert Money.total(amounts, "EUR").cents == sum(amount.cents for amount in amounts)

    @given(CENTS)
    def test_goes_through_cents_unchanged(self, cents: int) -> None:
        assert Money.of_cents(cents, "EUR").cents == cents

    @given(EUROS, st.integers(1, 60))
    def test_distributes_to_the_cent_and_evenly(self, amount: Money, parts: int) -> None:
        shares = amount.distribute(parts)

        assert len(shares) == parts
        assert Money.total(shares, "EUR") == amount
        assert max(s.cents for s in shares) - min(s.cents for s in shares) <= 1
        assert list(shares) == sorted(shares, key=lambda share: -share.cents)

    @given(
        EUROS,
        st.decimals(min_value=-100, max_value=100, places=9),
        st.decimals(min_value=-100, max_value=100, places=9),
    )
    def test_multiplies_exactly(self, amount: Money, a: Decimal, b: Decimal) -> None:
        assert Fraction((amount * a).amount) == Fraction(amount.amount) * Fraction(a)
        assert amount * a + amount * b == amount * (a + b)

    @given(EUROS, EUROS)
    def test_compares_as_cents_do(self, a: Money, b: Money) -> None:
        assert (a < b) == (a.cents < b.cents)
        assert (a <= b) == (a.cents <= b.cents)

    @given(EUROS, CENTS)
    def test_refuses_another_currency(self, amount: Money, cents: int) -> None:
        other = Money.of_cents(cents, "DKK")

        for mix in (lambda: amount + other, lambda: amount - other, lambda: amount < other):
            with pytest.raises(Invalid) as caught:
                mix()
            assert caught.value.code == "money.currency_mix"

    @given(AMOUNTS, ROUNDINGS)
    def test_refuses_to_lose_a_fraction_of_a_cent(
        self, amount: Decimal, rounding: Rounding
    ) -> None:
        money = Money(amount, "EUR").rounded(rounding)

        if money.amount == money.amount.quantize(Decimal("0.01")):
            assert Money.of_cents(money.cents, "EUR") == money
        else:
            with pytest.raises(Invalid) as caught:
                _ = money.cents
            assert caught.value.code == "money.not_whole_cents"


class TestRounding:
    @given(AMOUNTS, ROUNDINGS)
    def test_moves_by_less_than_one_unit_of_the_last_place(
        self, amount: Decimal, rounding: Rounding
    ) -> None:
        unit = Decimal(1).scaleb(-rounding.decimals)
        moved = abs(rounding.apply(amount) - amount)

        assert moved < unit
        if rounding.mode not in (RoundingMode.DOWN, RoundingMode.UP):
            assert moved <= unit / 2

    @given(AMOUNTS, ROUNDINGS)
    def test_changes_nothing_the_second_time(self, amount: Decimal, rounding: Rounding) -> None:
        once = rounding.apply(amount)

        assert rounding.apply(once) == once
        assert once.as_tuple().exponent == -rounding.decimals

    @given(AMOUNTS, ROUNDINGS)
    def test_treats_debit_and_credit_alike(self, amount: Decimal, rounding: Rounding) -> None:
        assert rounding.apply(-amount) == -rounding.apply(amount)

    @given(AMOUNTS, AMOUNTS, ROUNDINGS)
    def test_keeps_the_order(self, a: Decimal, b: Decimal, rounding: Rounding) -> None:
        low, high = sorted((a, b))

        assert rounding.apply(low) <= rounding.apply(high)


class TestQuantities:
    @given(st.lists(AMOUNTS, max_size=20))
    def test_energy_adds_exactly(self, parts: list[Decimal]) -> None:
        assert Energy.total(map(Energy, parts)).kwh == sum(parts)

    @given(AMOUNTS, AMOUNTS)
    def test_energy_takes_back_what_was_added(self, a: Decimal, b: Decimal) -> None:
        assert Energy(a) + Energy(b) - Energy(b) == Energy(a)
        assert Energy(a) + -Energy(a) == Energy(Decimal(0))

    @given(st.floats() | st.booleans() | st.none() | st.binary())
    def test_no_float_nor_flag_becomes_a_number(self, value: Any) -> None:
        with pytest.raises(Invalid) as caught:
            decimal_of(value)
        assert caught.value.code == "number.type"

    @given(st.sampled_from(["NaN", "-NaN", "sNaN", "Infinity", "-inf"]))
    def test_no_number_is_without_end(self, value: str) -> None:
        with pytest.raises(Invalid) as caught:
            decimal_of(value)
        assert caught.value.code == "number.not_finite"


class TestPeriod:
    @given(CLOSED)
    def test_has_as_many_days_as_it_yields(self, period: Period) -> None:
        days = list(period.each_day())

        assert len(days) == period.days == len(set(days))
        assert all(day in period for day in days)
        assert period.until not in period
        assert period.start - timedelta(days=1) not in period

    @given(PERIODS, PERIODS, DAYS)
    def test_meets_in_the_days_of_both(self, a: Period, b: Period, day: date) -> None:
        both = a.meets(b)

        assert both == b.meets(a)
        assert (both is not None and day in both) == (day in a and day in b)

    @given(PERIODS, PERIODS)
    def test_meets_nobody_only_when_one_ends_before_the_other(self, a: Period, b: Period) -> None:
        apart = (a.end is not None and a.end <= b.start) or (b.end is not None and b.end <= a.start)

        assert (a.meets(b) is None) == apart

    @given(PERIODS, PERIODS)
    def test_covers_what_it_meets_whole(self, a: Period, b: Period) -> None:
        both = a.meets(b)

        assert a.covers(a)
        if both is not None:
            assert a.covers(both)
            assert b.covers(both)

    @given(PERIODS, st.lists(DAYS, max_size=6))
    def test_splits_into_parts_that_leave_no_day_out_and_none_twice(
        self, period: Period, cuts: list[date]
    ) -> None:
        parts = period.split(cuts)

        assert parts[0].start == period.start
        assert parts[-1].end == period.end
        assert all(a.end == b.start for a, b in pairwise(parts))
        assert {part.start for part in parts[1:]} == {
            cut for cut in cuts if cut in period and cut != period.start
        }

    @given(DAYS, DAYS)
    def test_is_never_empty(self, start: date, end: date) -> None:
        assume(end <= start)

        with pytest.raises(Invalid) as caught:
            Period(start, end)
        assert caught.value.code == "period.empty"

    @given(st.integers(2002, 2099), st.integers(1, 12))
    def test_months_follow_one_another(self, year: int, month: int) -> None:
        this = Period.month(year, month)
        following = add_months(this.start, 1)

        assert this.until == following
        assert 28 <= this.days <= 31
        assert Period.month(following.year, following.month).start == this.until


class TestAddMonths:
    @given(DAYS, st.integers(-500, 500))
    @example(date(2024, 2, 29), 12)
    @example(date(2026, 1, 31), 1)
    def test_lands_in_the_month_that_many_later(self, day: date, months: int) -> None:
        landed = add_months(day, months)

        assert (landed.year - day.year) * 12 + landed.month - day.month == months
        assert landed.day <= day.day
        assert landed.day == day.day or (landed + timedelta(days=1)).day == 1

    @given(DAYS, st.integers(0, 200), st.integers(0, 200))
    def test_goes_in_steps_from_the_first_of_a_month(self, day: date, a: int, b: int) -> None:
        first = day.replace(day=1)

        assert add_months(add_months(first, a), b) == add_months(first, a + b)


class TestWorkingDays:
    @given(DAYS)
    def test_finds_the_nearest_working_day_on_either_side(self, day: date) -> None:
        after, before = TARGET.on_or_after(day), TARGET.on_or_before(day)

        assert before <= day <= after
        assert TARGET.is_working(before)
        assert TARGET.is_working(after)
        assert (before == after) == TARGET.is_working(day)
        assert (after - before).days <= 6

    @given(DAYS, st.integers(1, 60))
    def test_adds_as_many_working_days_as_lie_between(self, day: date, count: int) -> None:
        landed = TARGET.add(day, count)
        between = (day + timedelta(days=i) for i in range(1, (landed - day).days + 1))

        assert TARGET.is_working(landed)
        assert sum(TARGET.is_working(each) for each in between) == count

    @given(DAYS, st.integers(0, 60))
    def test_comes_back_to_a_working_day(self, day: date, count: int) -> None:
        start = TARGET.on_or_after(day)

        assert TARGET.add(TARGET.add(start, count), -count) == start

    @given(st.integers(1583, 4099))
    def test_easter_is_a_sunday_in_spring(self, year: int) -> None:
        easter = easter_sunday(year)

        assert easter.weekday() == 6
        assert date(year, 3, 22) <= easter <= date(year, 4, 25)


class TestMarketTime:
    @given(DAYS)
    @example(date(2026, 3, 29))
    @example(date(2026, 10, 25))
    def test_days_have_their_real_hours(self, day: date) -> None:
        hours = MADRID.hours_of(day)
        next_day = MADRID.start_of(day + timedelta(days=1))

        assert len(hours) in (23, 24, 25)
        assert hours[0] == MADRID.start_of(day)
        assert {MADRID.day_of(hour) for hour in hours} == {day}
        ticks = [hour.astimezone(UTC) for hour in (*hours, next_day)]
        assert {b - a for a, b in pairwise(ticks)} == {timedelta(hours=1)}

    @given(st.integers(2002, 2080))
    def test_years_lose_an_hour_and_get_it_back(self, year: int) -> None:
        days = Period(date(year, 1, 1), date(year + 1, 1, 1)).each_day()
        lengths = [len(MADRID.hours_of(day)) for day in days]

        assert lengths.count(23) == lengths.count(25) == 1
        assert sum(lengths) == 24 * len(lengths)

    @given(INSTANTS)
    def test_no_instant_is_without_a_zone(self, instant: datetime) -> None:
        with pytest.raises(Invalid) as caught:
            MADRID.day_of(instant.replace(tzinfo=None))
        assert caught.value.code == "time.naive"

    @given(INSTANTS)
    def test_every_instant_lies_in_the_day_it_is_given(self, instant: datetime) -> None:
        day = MADRID.day_of(instant)

        assert MADRID.start_of(day) <= instant < MADRID.start_of(day + timedelta(days=1))


DIGITS = "0123456789"


class TestIdentifiers:
    @given(st.text(DIGITS, min_size=16, max_size=16))
    def test_a_cups_with_its_letters_worked_out_is_one(self, digits: str) -> None:
        cups = Cups.of_digits(digits)

        assert Cups(cups.value) == cups
        assert Cups(f" {cups.value[:8].lower()}-{cups.value[8:]} ") == cups

    @given(st.text(DIGITS, min_size=16, max_size=16), st.integers(0, 15), st.sampled_from(DIGITS))
    def test_a_cups_notices_a_wrong_digit(self, digits: str, place: int, digit: str) -> None:
        assume(digits[place] != digit)
        value = Cups.of_digits(digits).value
        wrong = value[: 2 + place] + digit + value[3 + place :]

        with pytest.raises(Invalid) as caught:
            Cups(wrong)
        assert caught.value.code == "supply.cups.check_letters"

    @given(st.text(DIGITS, min_size=20, max_size=20))
    def test_an_iban_with_its_digits_worked_out_is_one(self, account: str) -> None:
        iban = Iban.of_account("ES", account)

        assert Iban(iban.value) == iban
        assert Iban(" ".join(iban.value[i : i + 4] for i in range(0, 24, 4))) == iban

    @given(st.text(DIGITS, min_size=20, max_size=20), st.integers(0, 18))
    def test_an_iban_notices_two_digits_that_changed_places(self, account: str, at: int) -> None:
        assume(account[at] != account[at + 1])
        value = Iban.of_account("ES", account).value
        swapped = account[:at] + account[at + 1] + account[at] + account[at + 2 :]

        with pytest.raises(Invalid) as caught:
            Iban(value[:4] + swapped)
        assert caught.value.code == "payments.iban.check_digits"

    @given(st.text(DIGITS, min_size=16, max_size=16), st.sampled_from("\u0660\u0966\uff10"))
    def test_no_digits_of_another_script_are_taken(self, digits: str, zero: str) -> None:
        other = str.maketrans({each: chr(ord(zero) + int(each)) for each in DIGITS})
        iban = Iban.of_account("ES", digits + "0000").value

        for kind, value in ((Cups, Cups.of_digits(digits).value), (Iban, iban)):
            with pytest.raises(Invalid):
                kind(value[:2] + value[2:4].translate(other) + value[4:])

    @given(st.text(DIGITS, min_size=20, max_size=20))
    def test_an_iban_has_one_pair_of_check_digits(self, account: str) -> None:
        sound = Iban.of_account("ES", account).value

        taken = {f"ES{check:02d}{account}" for check in range(100) if _is_iban(check, account)}

        assert taken == {sound}

    @given(
        st.sampled_from((Cups, Iban, CreditorIdentifier)),
        st.one_of(st.text(), st.from_regex(r"\A *[A-Za-z]{2}[ .-]?\d{2}[\w .-]{10,28}\Z")),
    )
    def test_any_other_text_is_refused_or_taken_in_its_one_spelling(
        self, kind: type[Cups | Iban | CreditorIdentifier], text: str
    ) -> None:
        try:
            value = kind(text).value
        except Invalid:
            return
        assert value.isascii()
        assert value.isalnum()
        assert value == value.upper()
        assert kind(value).value == value


def _is_iban(check: int, account: str) -> bool:
    try:
        Iban(f"ES{check:02d}{account}")
    except Invalid:
        return False
    return True
