"""The laws of identifiers: one spelling, shape before all, and what check digits promise."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from energyretail.domain.shared import (
    IBAN_STRUCTURES,
    SCHEMES,
    CheckPolicy,
    Eic,
    Gsrn,
    Iban,
    Identifier,
    Invalid,
    Malo,
    Mpan,
    Mprn,
    Nmi,
    check_identifier,
    identify,
)
from energyretail.testing.strategies.identifiers import identifiers, spoilt_identifiers

EVERY = tuple(SCHEMES)
CHECKED = tuple(code for code in EVERY if SCHEMES[code].policy is not CheckPolicy.NONE)
# Where any one wrong character is noticed, and which characters of the value take part.
NOTICES_ALL = {
    "ES-CUPS": slice(2, 20),
    "GB-MPRN": slice(0, None),
    "GSRN-18": slice(0, None),
    "EIC": slice(0, None),
    "IBAN": slice(2, None),
    "SEPA-CI": slice(7, None),
}
ALPHANUMERIC = string.digits + string.ascii_uppercase


def drawn(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[str, Identifier]]:
    """Draw a scheme and a sound identifier of it."""
    return st.sampled_from(codes).flatmap(
        lambda code: identifiers(code).map(lambda found: (code, found))
    )


def is_noticed(code: str, text: str) -> bool:
    """Tell whether `text` is refused, or taken with a warning."""
    try:
        return bool(check_identifier(code, text).warnings)
    except Invalid:
        return True


def without_one(text: str, place: int, other: str) -> str:
    return text[:place] + other + text[place + 1 :]


class TestEveryScheme:
    @given(drawn(EVERY))
    def test_takes_what_its_strategy_draws_without_a_warning(
        self, case: tuple[str, Identifier]
    ) -> None:
        code, identifier = case

        found = check_identifier(code, identifier.value)

        assert (found.scheme, found.identifier, found.warnings) == (code, identifier, ())

    @given(drawn(EVERY), st.sampled_from(" \t\n\u00a0\u2009"), st.data())
    def test_has_one_spelling(
        self, case: tuple[str, Identifier], blank: str, data: st.DataObject
    ) -> None:
        code, identifier = case
        place = data.draw(st.integers(0, len(identifier.value)))
        written = f" {identifier.value[:place].lower()}{blank}{identifier.value[place:]} "

        found = check_identifier(code, written)

        assert found.value == identifier.value
        assert check_identifier(code, found.value) == found
        assert str(found.identifier) == found.value

    @given(st.sampled_from(EVERY), st.text() | st.text(ALPHANUMERIC + " .-", max_size=40))
    def test_refuses_other_text_or_takes_it_in_plain_characters(self, code: str, text: str) -> None:
        try:
            value = check_identifier(code, text).value
        except Invalid:
            return
        assert re.fullmatch(r"[0-9A-Z-]+", value)
        assert check_identifier(code, value).value == value

    @given(st.sampled_from(EVERY).flatmap(lambda code: st.tuples(
        st.just(code), spoilt_identifiers(code))))  # fmt: skip
    def test_notices_what_is_spoilt(self, case: tuple[str, str]) -> None:
        code, text = case

        assert is_noticed(code, text)
        assert not any(each.scheme == code and not each.warnings for each in identify(text)), (
            "and identify agrees"
        )

    @given(drawn(EVERY), st.integers(0, 40), st.sampled_from("#/_é٣Ⅷſ"))
    def test_refuses_a_wrong_shape_whatever_its_policy(
        self, case: tuple[str, Identifier], place: int, foreign: str
    ) -> None:
        code, identifier = case
        wrong = without_one(identifier.value, place % len(identifier.value), foreign)

        for text in (wrong, "", identifier.value + "0" * 35):
            with pytest.raises(Invalid) as caught:
                check_identifier(code, text)
            assert caught.value.code == f"{SCHEMES[code].kind.rules.code}.shape"

    @given(drawn(EVERY))
    def test_is_among_what_identify_finds(self, case: tuple[str, Identifier]) -> None:
        code, identifier = case

        found = identify(identifier.value)

        assert check_identifier(code, identifier.value) in found
        assert [each.scheme for each in found] == [
            each for each in EVERY if each in {one.scheme for one in found}
        ]


class TestCheckDigits:
    @given(drawn(tuple(NOTICES_ALL)), st.data())
    def test_notice_any_one_wrong_character(
        self, case: tuple[str, Identifier], data: st.DataObject
    ) -> None:
        code, identifier = case
        value = identifier.value
        place = data.draw(st.sampled_from(range(len(value))[NOTICES_ALL[code]]))
        alphabet = ALPHANUMERIC if code == "EIC" else _alphabet_of(value[place])
        other = data.draw(st.sampled_from(alphabet))
        assume(other != value[place])

        assert is_noticed(code, without_one(value, place, other))

    @given(drawn(("GB-MPAN", "DE-MALO")), st.sampled_from(string.digits))
    def test_are_the_only_ones_that_fit(self, case: tuple[str, Identifier], other: str) -> None:
        code, identifier = case
        assume(other != identifier.value[-1])

        assert is_noticed(code, identifier.value[:-1] + other)

    @given(st.text(string.digits, min_size=12, max_size=12), st.integers(0, 11),
           st.sampled_from(string.digits))  # fmt: skip
    @example("100000000000", 0, "0")
    def test_of_an_mpan_miss_a_digit_only_between_the_rests_0_and_10(
        self, digits: str, place: int, other: str
    ) -> None:
        assume(other != digits[place])
        rests = {_mpan_rest(digits), _mpan_rest(without_one(digits, place, other))}

        missed = not is_noticed("GB-MPAN", without_one(Mpan.of_digits(digits).value, place, other))

        assert missed == (rests == {0, 10})

    @given(st.integers(10**9, 10**10 - 1), st.integers(1, 9), st.sampled_from(string.digits))
    @example(4137355924, 1, "6")
    def test_of_a_market_location_miss_a_digit_only_5_off_at_an_even_place(
        self, number: int, place: int, other: str
    ) -> None:
        digits = str(number)
        assume(other != digits[place])
        off = abs(int(other) - int(digits[place]))

        missed = not is_noticed("DE-MALO", without_one(Malo.of_digits(digits).value, place, other))

        assert missed == (place % 2 == 1 and off == 5)

    def test_of_an_nmi_take_some_characters_for_others(self) -> None:
        assert Nmi("2001985730").checksum == Nmi("2001985734").checksum
        assert Nmi("2001985702").checksum == Nmi("2001985792").checksum

    @given(st.text(string.ascii_uppercase + string.digits, min_size=10, max_size=10))
    def test_of_an_nmi_may_be_left_out_and_are_no_part_of_it(self, characters: str) -> None:
        nmi = Nmi(characters)

        assert Nmi.parse(nmi.with_checksum) == Nmi.parse(characters) == nmi


class TestWorkedOutDigits:
    @pytest.mark.parametrize("code", CHECKED)
    @given(data=st.data())
    def test_always_check(self, code: str, data: st.DataObject) -> None:
        value = data.draw(identifiers(code)).value

        assert not is_noticed(code, value)

    @pytest.mark.parametrize("country", IBAN_STRUCTURES)
    def test_make_ibans_of_every_country_and_of_no_other_length(self, country: str) -> None:
        parts = re.findall(r"([0-9]+)!([nac])", IBAN_STRUCTURES[country])
        account = "".join(("A" if kind == "a" else "1") * int(count) for count, kind in parts)

        assert Iban.of_account(country, account).value[4:] == account
        for wrong in (account + "0", account[:-1]):
            with pytest.raises(Invalid, match=r"payments\.iban\.(length|shape)"):
                Iban.of_account(country, wrong)

    @given(st.sampled_from((Mpan, Mprn, Malo, Gsrn)), st.text())
    def test_are_refused_to_other_text(
        self, kind: type[Mpan | Mprn | Malo | Gsrn], text: str
    ) -> None:
        assume(not re.fullmatch(r"[0-9]+", text, re.ASCII))

        with pytest.raises(Invalid, match=re.escape(f"{kind.rules.code}.shape")):
            kind.of_digits(text)

    def test_of_an_eic_are_refused_where_they_would_be_a_hyphen(self) -> None:
        with pytest.raises(Invalid, match=r"supply\.eic\.shape"):
            Eic.of_stem("23X--130302DLGW")


def _alphabet_of(character: str) -> str:
    return string.digits if character.isdigit() else string.ascii_uppercase


def _mpan_rest(digits: str) -> int:
    weights = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
