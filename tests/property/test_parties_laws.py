"""Laws of who buys energy: what the domain takes, every door and partner can carry."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.application.imports.tables import CUSTOMERS, SUPPLY_POINTS
from energyretail.domain.parties import (
    EMAIL_MAX,
    NAME_MAX,
    STREET_MAX,
    TOWN_MAX,
    Address,
    CustomerKind,
    Person,
)
from energyretail.domain.shared import POWER_MAX, Invalid, Power

HOME = Address("Mayor 1", "28013", "Madrid", "ES")
CONTROLS = st.sampled_from(["\x00", "\n", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\ufffe"])
BOUNDS = {"street": STREET_MAX, "town": TOWN_MAX, "name": NAME_MAX}
# What adapters/smtp refuses before it talks to the relay.
RELAY = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


def person(name: str = "Ana", email: str = "ana@example.org", language: str = "es") -> Person:
    return Person(CustomerKind.HOME, name, "40000003J", email, HOME, language)


def address(street: str = "Mayor 1", postcode: str = "28013", town: str = "Madrid") -> Address:
    return Address(street, postcode, town, "ES")


def made(field: str, text: str) -> Person | Address:
    return person(name=text) if field == "name" else address(**{field: text})


def code(field: str) -> str:
    return "parties.name" if field == "name" else f"parties.address.{field}"


class TestLines:
    @pytest.mark.parametrize("field", BOUNDS)
    def test_reach_to_the_bound_and_no_further(self, field: str):
        made(field, "ñ" * BOUNDS[field])

        with pytest.raises(Invalid) as refused:
            made(field, "ñ" * (BOUNDS[field] + 1))
        assert refused.value.code == code(field)

    @pytest.mark.parametrize("field", BOUNDS)
    @given(before=st.text("aé ", max_size=5), control=CONTROLS, after=st.text("aé ", max_size=5))
    def test_hold_no_control_character(self, field: str, before: str, control: str, after: str):
        with pytest.raises(Invalid) as refused:
            made(field, f"{before}{control}{after}")
        assert refused.value.code == code(field)

    @pytest.mark.parametrize("field", ["name", "town"])
    @pytest.mark.parametrize("blank", ["", " ", "\u00a0 ", " x", "x\u00a0"])
    def test_are_neither_blank_nor_begin_or_end_so(self, field: str, blank: str):
        with pytest.raises(Invalid) as refused:
            made(field, blank)
        assert refused.value.code == code(field)

    def test_may_be_missing_where_no_street_has_a_name(self):
        assert address(street="", postcode="").town == "Madrid"

    @pytest.mark.parametrize("postcode", ["2" * 17, "28\x00", "28013\n", "28_013"])
    def test_keep_a_postcode_to_letters_and_digits(self, postcode: str):
        with pytest.raises(Invalid) as refused:
            address(postcode=postcode)
        assert refused.value.code == "parties.address.postcode"

    @pytest.mark.parametrize("language", ["", "ES", "esp", "e\n"])
    def test_name_a_language_by_two_letters(self, language: str):
        with pytest.raises(Invalid) as refused:
            person(language=language)
        assert refused.value.code == "parties.language"


class TestEmail:
    @pytest.mark.parametrize(
        "email",
        ["a@x", "ana.o'hara+casa@example.org", "^_`{|}~@x-y.es", f"{'a' * 64}@{'b' * 63}.es"],
    )
    def test_is_taken(self, email: str):
        assert person(email=email).email == email

    @pytest.mark.parametrize(
        "email",
        [
            "",
            "a",
            "@x",
            "a@",
            "a@b@c",
            "a,b@x",
            "a<b@x.org",
            "zoé;x@é.es",
            "a@x.org\n",
            '"a b"@x',
            "a..b@x",
            ".a@x",
            "a@-x",
            "a@x..es",
            f"{'a' * 65}@x",
            f"a@{'b' * 64}",
            f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}",
        ],
    )
    def test_is_refused(self, email: str):
        with pytest.raises(Invalid) as refused:
            person(email=email)
        assert refused.value.code == "parties.email"

    @given(st.text(st.characters(max_codepoint=0x250), max_size=12), st.text(max_size=6))
    def test_that_is_taken_the_relay_takes(self, local: str, domain: str):
        try:
            email = person(email=f"{local}@{domain}").email
        except Invalid:
            return

        assert email.isascii()
        assert RELAY.fullmatch(email)
        assert len(email) <= EMAIL_MAX


class TestPower:
    def test_reaches_to_a_gigawatt_and_no_further(self):
        assert Power(POWER_MAX).value == POWER_MAX

        with pytest.raises(Invalid) as refused:
            Power(POWER_MAX + Decimal("0.001"))
        assert refused.value.code == "power.too_large"


class TestImportedColumns:
    @given(st.sampled_from([c for c in CUSTOMERS.fields if not c.choices]), st.text(max_size=160))
    def test_take_no_text_the_domain_refuses(self, column, cell: str):
        try:
            text = column.read(cell)
        except Invalid:
            return
        if text is None:
            return
        row = {c.name: c.example for c in CUSTOMERS.fields} | {column.name: text}

        where = Address(row["street"], row["postcode"], row["town"], row["country"])
        Person(CustomerKind.HOME, row["name"], row["tax_id"], row["email"], where, row["language"])

    @given(st.integers(0, 10**9).map(str))
    def test_take_no_power_the_domain_refuses(self, cell: str):
        column = next(each for each in SUPPLY_POINTS.fields if each.name == "power_p1_kw")
        if int(cell) > POWER_MAX:
            with pytest.raises(Invalid):
                column.read(cell)
        else:
            assert Power(column.read(cell)).value == int(cell)
