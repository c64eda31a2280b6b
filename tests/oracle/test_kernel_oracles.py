"""The kernel agrees with python-stdnum, schwifty, holidays and dateutil."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.es import cups as stdnum_cups
from stdnum.eu import at_02

from energyretail.domain.shared import (
    TARGET,
    CreditorIdentifier,
    Cups,
    Iban,
    Invalid,
    Period,
    easter_sunday,
)

DIGITS = "0123456789"


def is_taken(kind: type[Cups | Iban | CreditorIdentifier], value: str) -> bool:
    try:
        kind(value)
    except Invalid:
        return False
    return True


class TestCups:
    @given(st.text(DIGITS, min_size=16, max_size=16))
    def test_gets_the_letters_stdnum_gives(self, digits: str) -> None:
        cups = Cups.of_digits(digits)

        assert cups.value[18:20] == stdnum_cups.calc_check_digits(cups.value)
        assert stdnum_cups.is_valid(cups.value)

    @given(
        st.text(DIGITS, min_size=16, max_size=16),
        st.text("TRWAGMYFPDXBNJZSQVHLCKEIO", min_size=2, max_size=2),
        st.sampled_from(["", "0F", "1P", "2R", "3C", "4X", "5Y", "6Z", "0A", "F0"]),
    )
    def test_is_taken_where_stdnum_takes_it(self, digits: str, letters: str, point: str) -> None:
        value = f"ES{digits}{letters}{point}"

        assert is_taken(Cups, value) == stdnum_cups.is_valid(value)


class TestIban:
    @given(st.text(DIGITS, min_size=16, max_size=16))
    def test_gets_the_digits_schwifty_gives(self, account: str) -> None:
        # The national check digits stand in the middle: schwifty wants them right as well.
        theirs = IBAN.generate("ES", bank_code=account[:4], branch_code=account[4:8],
                               account_code=account[6:16])  # fmt: skip

        assert Iban.of_account("ES", str(theirs)[4:]).value == str(theirs)

    @given(st.sampled_from(["ES", "FR", "DE", "DK", "PT", "IT"]), st.data())
    def test_is_taken_where_schwifty_takes_it(self, country: str, data: st.DataObject) -> None:
        theirs = str(IBAN.random(country, random=data.draw(st.randoms(use_true_random=False))))
        place = data.draw(st.integers(4, len(theirs) - 1))
        other = theirs[:place] + data.draw(st.sampled_from(DIGITS)) + theirs[place + 1 :]

        assert is_taken(Iban, theirs)
        assert is_taken(Iban, other) or not _schwifty_takes(other)


def _schwifty_takes(value: str) -> bool:
    try:
        IBAN(value)
    except SchwiftyException:
        return False
    return True


class TestCreditorIdentifier:
    @given(
        st.sampled_from(["ES", "FR", "DE", "PT"]),
        st.integers(0, 99),
        st.text(DIGITS + "ABCXYZ", min_size=3, max_size=3),
        st.text(DIGITS + "ABCXYZ", min_size=8, max_size=11),
    )
    def test_is_taken_where_stdnum_takes_it(
        self, country: str, check: int, business: str, national: str
    ) -> None:
        value = f"{country}{check:02d}{business}{national}"
        sound = f"{country}{at_02.calc_check_digits(value)}{business}{national}"

        assert is_taken(CreditorIdentifier, sound)
        assert is_taken(CreditorIdentifier, value) == at_02.is_valid(value)


class TestCalendars:
    def test_easter_falls_where_dateutil_puts_it(self) -> None:
        assert all(easter_sunday(year) == easter(year) for year in range(1583, 4100))

    def test_target_closes_when_the_ecb_does(self) -> None:
        import holidays

        ecb = holidays.financial_holidays("ECB", years=range(2002, 2051))

        ours = {day for day in _days(2002, 2050) if TARGET.is_holiday(day)}

        assert ours == {day for day in ecb if day.year in range(2002, 2051)}


def _days(first: int, last: int) -> Iterator[date]:
    yield from Period(date(first, 1, 1), date(last, 12, 31) + timedelta(days=1)).each_day()
