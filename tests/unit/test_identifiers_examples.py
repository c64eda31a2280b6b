"""Identifiers of all markets, by examples: spelling, policy, what a text could be."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis.strategies import SearchStrategy

from energyretail.domain.shared import (
    SCHEMES,
    CheckPolicy,
    CheckWarning,
    CreditorIdentifier,
    Cups,
    Eic,
    Gsrn,
    Iban,
    Identification,
    Identifier,
    Invalid,
    Malo,
    Mpan,
    Mprn,
    Nmi,
    Pod,
    Prm,
    check_identifier,
    identify,
)
from energyretail.testing.strategies.identifiers import identifiers


class TestSchemes:
    @pytest.mark.parametrize("code", SCHEMES)
    def test_tell_everything_and_show_an_example(self, code: str) -> None:
        scheme = SCHEMES[code]

        assert scheme.code == code
        assert all(getattr(scheme, field.name) for field in attrs.fields(type(scheme)))
        assert check_identifier(code, scheme.example).warnings == ()
        assert isinstance(scheme.parse(scheme.example), scheme.kind)

    def test_have_a_type_and_a_code_of_their_own(self) -> None:
        kinds = {scheme.kind for scheme in SCHEMES.values()}

        assert len(kinds) == len({kind.rules.code for kind in kinds}) == len(SCHEMES)
        assert kinds == set(Identifier.__subclasses__())

    def test_have_their_policy(self) -> None:
        policies = {code: scheme.policy for code, scheme in SCHEMES.items()}

        assert {code for code, policy in policies.items() if policy is CheckPolicy.WARN} == {
            "GSRN-18", "GB-MPRN",
        }  # fmt: skip
        assert {code for code, policy in policies.items() if policy is CheckPolicy.NONE} == {
            "FR-PRM", "FR-PCE", "IT-POD", "IT-PDR", "DE-MELO",
        }  # fmt: skip

    def test_have_their_strategy(self) -> None:
        for code in SCHEMES:
            assert isinstance(identifiers(code), SearchStrategy)
        with pytest.raises(KeyError):
            identifiers("ES-NIF")


class TestSpelling:
    @pytest.mark.parametrize(
        ("code", "written", "value"),
        [
            ("GB-MPAN", "13 1234 5678 907", "1312345678907"),
            ("GB-MPAN", "S 01 801 101 13 1234 5678 907", "1312345678907"),
            ("GB-MPAN", "0100180A1312345678907", "1312345678907"),
            ("AU-NMI", "2001985732-8", "2001985732"),
            ("AU-NMI", "naaamys582", "NAAAMYS582"),
            ("EIC", " 10yes-ree------0", "10YES-REE------0"),
            ("FR-PCE", "GI 123 456", "GI123456"),
            ("IBAN", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("IT-POD", "IT001E12345678x", "IT001E12345678X"),
        ],
    )
    def test_becomes_the_one_of_the_scheme(self, code: str, written: str, value: str) -> None:
        assert check_identifier(code, written).value == value

    def test_of_an_nmi_has_its_checksum_on_forms(self) -> None:
        assert Nmi("2001985732").with_checksum == "20019857328"
        assert Nmi.parse("QAAAVZZZZZ3").checksum == "3"

    def test_keeps_the_kinds_apart(self) -> None:
        assert Prm("12345678901234") != SCHEMES["IT-PDR"].parse("12345678901234")
        assert Malo("41373559241") < Malo("48662918097")
        assert str(Pod("IT001E12345678")) == "IT001E12345678"


class TestRefusal:
    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda: Mpan("131234567890"), "supply.mpan.shape"),
            (lambda: Mpan("0180110113123456789079"), "supply.mpan.shape"),
            (lambda: Mpan("1312345678908"), "supply.mpan.check_digit"),
            (lambda: Mpan.parse("018011011312345678908"), "supply.mpan.check_digit"),
            (lambda: Mprn("12345"), "supply.mprn.shape"),
            (lambda: Malo("01373559241"), "supply.malo.shape"),
            (lambda: Malo("41373559242"), "supply.malo.check_digit"),
            (lambda: Gsrn("57131318000000000"), "supply.gsrn.shape"),
            (lambda: Nmi("20019857328"), "supply.nmi.shape"),
            (lambda: Nmi.parse("20019857329"), "supply.nmi.check_digit"),
            (lambda: Nmi.parse("2001985732X"), "supply.nmi.shape"),
            (lambda: Eic("10YFR-RTE------D"), "supply.eic.check_character"),
            (lambda: Eic("10YFRRTEC"), "supply.eic.shape"),
            (lambda: Eic("23X--130302DLGW-"), "supply.eic.shape"),
            (lambda: Iban("XX8937040044053201"), "payments.iban.country"),
            (lambda: Iban("DE8937040044053201300"), "payments.iban.length"),
            (lambda: Iban("DE8937040044053201300A"), "payments.iban.shape"),
            (lambda: Iban("DE88370400440532013000"), "payments.iban.check_digits"),
            (lambda: Iban("Eſ9121000418450200051332"), "payments.iban.shape"),
            # 97 less than the one pair (98): the rest is the same, and nobody computes it.
            (lambda: Iban("DE01000000000000000048"), "payments.iban.check_digits"),
            (lambda: Iban.of_account("DE", "3704_0044"), "payments.iban.shape"),
            (lambda: CreditorIdentifier.of_national("E", "1"), "payments.creditor.shape"),
            (lambda: Cups("ES1234000000000001JN0G"), "supply.cups.shape"),
            (lambda: check_identifier("ES-NIF", "1"), "identifiers.scheme"),
        ],
    )
    def test_has_a_stable_code(self, make: Callable[[], object], code: str) -> None:
        with pytest.raises(Invalid) as caught:
            make()

        assert caught.value.code == code

    def test_names_what_was_wrong(self) -> None:
        with pytest.raises(Invalid) as caught:
            Malo("41373559242")

        assert str(caught.value) == (
            "supply.malo.check_digit: check digit does not fit (malo=41373559242)"
        )


class TestWarning:
    def test_takes_what_the_danish_hub_sends(self) -> None:
        found = check_identifier("GSRN-18", "579999993331812345")

        assert found == Identification("GSRN-18", Gsrn("579999993331812345"))
        assert found.warnings == (
            CheckWarning("supply.gsrn.check_digit", "check digit does not fit"),
        )

    def test_is_read_from_the_value_as_well(self) -> None:
        assert [each.code for each in Mprn("3938424404").warnings] == ["supply.mprn.check_digits"]
        assert Mprn("3938424403").warnings == ()


class TestWorkedOut:
    def test_digits_are_those_of_published_examples(self) -> None:
        assert Mpan.of_digits("180002167984").value == "1800021679848"
        assert Mprn.of_digits("39384244").value == "3938424403"
        assert Malo.of_digits("4866291809").value == "48662918097"
        assert Gsrn.of_digits("57748970110915234").value == "577489701109152347"
        assert Eic.of_stem("10YFR-RTE------").value == "10YFR-RTE------C"
        assert Iban.of_account("CH", "09000000250094239").value == "CH2909000000250094239"
        assert CreditorIdentifier.of_national("DE", "09999999999").value == "DE98ZZZ09999999999"


class TestIdentify:
    def test_names_every_scheme_a_text_could_be_of(self) -> None:
        found = identify("12345678901234")

        assert [each.scheme for each in found] == ["FR-PRM", "FR-PCE", "IT-PDR"]

    def test_names_doubtful_ones_with_their_doubt(self) -> None:
        (found,) = identify("579999993331812345")

        assert found.scheme == "GSRN-18"
        assert found.warnings

    def test_names_nothing_for_what_is_nothing(self) -> None:
        assert identify("hello world!") == ()
