"""Identifiers are judged as published, and as python-stdnum and schwifty judge them."""

from __future__ import annotations

import csv
import os
import random
import re
import string
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import ean
from stdnum import iban as stdnum_iban
from stdnum.es import cups
from stdnum.eu import at_02, eic

from energyretail.domain.shared import (
    IBAN_STRUCTURES,
    SCHEMES,
    Invalid,
    check_identifier,
)

DATA = Path(os.environ.get("ENERGYRETAIL_DATA", Path(__file__).parents[3] / "shared" / "data"))
SEED = 20_261_122
OF_EACH = 20_000
ALPHANUMERIC = string.digits + string.ascii_uppercase


def is_sound(scheme: str, text: str) -> bool:
    """Tell whether `text` is taken and without a warning."""
    try:
        return not check_identifier(scheme, text).warnings
    except Invalid:
        return False


class TestPublishedVectors:
    @pytest.fixture
    def vectors(self) -> list[dict[str, str]]:
        path = DATA / "identifiers" / "vectors.csv"
        if not path.exists():
            pytest.skip(f"the published identifiers are not at {DATA}")
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def test_are_judged_as_published(self, vectors: list[dict[str, str]]) -> None:
        judged = {row["value"]: is_sound(row["scheme"], row["value"]) for row in vectors}

        assert len(judged) == 56
        assert judged == {row["value"]: row["expected"] == "valid" for row in vectors}

    def test_are_refused_by_their_check_digits_alone_and_gsrn_warns(
        self, vectors: list[dict[str, str]]
    ) -> None:
        for row in vectors:
            if row["expected"] == "valid":
                continue
            rules = SCHEMES[row["scheme"]].kind.rules
            try:
                code = check_identifier(row["scheme"], row["value"]).warnings[0].code
                assert row["scheme"] in {"GSRN-18", "GB-MPRN"}
            except Invalid as error:
                code = error.code
            assert code == f"{rules.code}.{rules.check}"


def _text(chance: random.Random, alphabet: str, length: int) -> str:
    return "".join(chance.choices(alphabet, k=length))


def _any_account(chance: random.Random) -> str:
    return _account(chance, chance.choice(sorted(IBAN_STRUCTURES)))


def _account(chance: random.Random, country: str) -> str:
    alphabets = {"n": string.digits, "a": string.ascii_uppercase, "c": ALPHANUMERIC}
    parts = re.findall(r"([0-9]+)!([nac])", IBAN_STRUCTURES[country])
    national = "".join(_text(chance, alphabets[kind], int(count)) for count, kind in parts)
    return f"{country}{stdnum_iban.calc_check_digits(f'{country}00{national}')}{national}"


def _supply_point(chance: random.Random) -> str:
    digits = _text(chance, string.digits, 16)
    point = chance.choice(["", "0F", "1P", "2R", "3C", "4X", "5Y", "6Z"])
    return f"ES{digits}{cups.calc_check_digits(f'ES{digits}')}{point}"


def _code(chance: random.Random) -> str:
    # Some end on the hyphen that no code may end on.
    stem = _text(chance, string.digits, 2) + _text(chance, ALPHANUMERIC + "-", 13)
    return stem + eic.calc_check_digit(stem)


def _creditor(chance: random.Random) -> str:
    business, national = _text(chance, ALPHANUMERIC, 3), _text(chance, ALPHANUMERIC, 9)
    stem = f"{_text(chance, string.ascii_uppercase, 2)}00{business}{national}"
    return stem[:2] + at_02.calc_check_digits(stem) + stem[4:]


def _metering_point(chance: random.Random) -> str:
    digits = _text(chance, string.digits, 17)
    return digits + ean.calc_check_digit(digits)


def _is_iban(text: str) -> bool:
    """Tell what schwifty says; stdnum must agree where both know the country's present form."""
    try:
        IBAN(text)
        taken = True
    except SchwiftyException:
        taken = False
    # stdnum takes the check digits 00, 01 and 99, and knows Brazil's form before 2026.
    if text[:2] != "BR" and text[2:4] not in {"00", "01", "99"}:
        assert stdnum_iban.is_valid(text, check_country=False) == taken
    return taken


def _is_metering_point(text: str) -> bool:
    return (
        len(text) == 18
        and set(text) <= set(string.digits)
        and ean.calc_check_digit(text[:-1]) == text[-1]
    )


ORACLES: dict[str, tuple[Callable[[random.Random], str], Callable[[str], bool]]] = {
    "IBAN": (_any_account, _is_iban),
    "EIC": (_code, eic.is_valid),
    "ES-CUPS": (_supply_point, cups.is_valid),
    "SEPA-CI": (_creditor, at_02.is_valid),
    "GSRN-18": (_metering_point, _is_metering_point),
}


def spoilt(chance: random.Random, scheme: str, text: str) -> str:
    """Return `text` with one slip behind its country, whose own oracle is the other test."""
    place = chance.randrange(2, len(text))
    slip = chance.randrange(4)
    # A creditor's shape is open, and stdnum looks at none of it: digits stay digits.
    if scheme == "SEPA-CI" and slip < 2:
        slip = 2
    if slip == 0:
        return text[:place] + text[place + 1 :]
    if slip == 1:
        return text[:place] + text[place] + text[place:]
    if slip == 2:
        other = string.digits if text[place].isdigit() else ALPHANUMERIC
        return text[:place] + chance.choice(other) + text[place + 1 :]
    left = 2 if place < 5 else place - 1
    return text[:left] + text[left + 1] + text[left] + text[left + 2 :]


class TestRandomIdentifiers:
    @pytest.mark.parametrize("scheme", ORACLES)
    def test_are_judged_as_the_oracle_judges(self, scheme: str) -> None:
        make, oracle = ORACLES[scheme]
        chance = random.Random(f"{SEED}/{scheme}")
        seen: Counter[bool] = Counter()

        for number in range(OF_EACH):
            text = make(chance)
            if number % 2:
                text = spoilt(chance, scheme, text)
            expected = oracle(text)
            assert is_sound(scheme, text) == expected, text
            seen[expected] += 1

        print(  # noqa: T201 - the figures are asked for
            f"{scheme}: {seen.total()} agree, {seen[True]} sound, {seen[False]} not"
        )
        assert seen.total() == OF_EACH
        assert min(seen.values()) > OF_EACH // 4, "both answers are asked for"

    def test_are_a_hundred_thousand(self) -> None:
        assert OF_EACH * len(ORACLES) == 100_000

    @pytest.mark.parametrize("country", IBAN_STRUCTURES)
    def test_of_every_country_have_digits_and_letters_where_schwifty_has_them(
        self, country: str
    ) -> None:
        sound = _account(random.Random(f"{SEED}/{country}"), country)
        for place in range(4, len(sound)):
            for other in "0A":
                national = sound[4:place] + other + sound[place + 1 :]
                digits = stdnum_iban.calc_check_digits(f"{country}00{national}")
                text = f"{country}{digits}{national}"

                assert is_sound("IBAN", text) == _is_iban(text), text

    def test_of_countries_that_registered_no_iban_are_refused(self) -> None:
        for first in string.ascii_uppercase:
            for second in string.ascii_uppercase:
                country = first + second
                text = f"{country}{stdnum_iban.calc_check_digits(f'{country}00' + '1' * 18)}"
                if country not in IBAN_STRUCTURES:
                    assert not stdnum_iban.is_valid(text + "1" * 18)
                    assert not is_sound("IBAN", text + "1" * 18)
