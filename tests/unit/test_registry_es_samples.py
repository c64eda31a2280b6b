"""The official sample messages are read, and what we write is valid by the official schema."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import attrs
import pytest
from lxml import etree

from energyretail.adapters import registry_es
from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Cups, Invalid

DATA = Path(
    os.environ.get("ENERGYRETAIL_DATA", Path(__file__).parents[3] / "shared" / "data")
).joinpath("market", "es-cnmc")
REQUEST = "201607211259"

CLAIM = switching.Claim(
    request="202603000001",
    cups=Cups.of_digits("0021000000000001"),
    contract="K000001",
    customer_name="Ana María López Sánchez",
    customer_tax_id="12345678Z",
    customer_kind=CustomerKind.HOME,
    phone="600100200",
    email="ana@example.org",
    requested_on=date(2026, 3, 2),
)
ASKED, _ = registry_es.read_claim(registry_es.write_claim(CLAIM, issuer="4321"))
ON = date(2026, 3, 4)

WRITTEN = {
    "claim-home": registry_es.write_claim(CLAIM, issuer="4321"),
    "claim-company": registry_es.write_claim(
        attrs.evolve(
            CLAIM,
            customer_name="Panadería " * 12,
            customer_tax_id="B99999990",
            customer_kind=CustomerKind.COMPANY,
            phone="",
            email="a" * 70 + "@example.org",
            wanted_on=date(2026, 3, 20),
        ),
        issuer="4321",
    ),
    "claim-one-word": registry_es.write_claim(
        attrs.evolve(CLAIM, customer_name="Cher", customer_tax_id="X1234567L"), issuer="4321"
    ),
    "accepted": registry_es.write_answer(
        switching.ClaimAccepted(CLAIM.request, date(2026, 3, 9)), asked=ASKED, on=ON
    ),
    "rejected": registry_es.write_answer(
        switching.ClaimRejected(CLAIM.request, (("01", "no such point"), ("03", "tax id"))),
        asked=ASKED,
        on=ON,
    ),
    "activated": registry_es.write_answer(
        switching.SupplyActivated(CLAIM.request, CLAIM.cups, date(2026, 3, 9)), asked=ASKED, on=ON
    ),
}
SCHEMAS = {
    "claim": "CambiodeComercializadorSinCambios.xsd",
    "accepted": "AceptacionCambiodeComercializadorSinCambios.xsd",
    "rejected": "Rechazo.xsd",
    "activated": "ActivacionCambiodeComercializadorSinCambios.xsd",
}


def sample(name: str) -> bytes:
    path = DATA / "samples-electricity" / name
    if not path.exists():
        pytest.skip(f"the public sample messages are not at {DATA}")
    return path.read_bytes()


class TestOfficialSamples:
    def test_reads_the_acceptance(self) -> None:
        read = registry_es.read_answer(sample("c102_accept.xml"))

        assert read.answer == switching.ClaimAccepted(REQUEST, date(2016, 7, 6))
        assert read.header.key == f"1234.C1.{REQUEST}.01.02"

    def test_reads_both_reasons_of_the_rejection(self) -> None:
        read = registry_es.read_answer(sample("c102_reject.xml"))

        assert isinstance(read.answer, switching.ClaimRejected)
        assert [code for code, _ in read.answer.reasons] == ["01", "03"]

    def test_reads_a_rejection_after_the_acceptance(self) -> None:
        read = registry_es.read_answer(sample("c104.xml"))

        assert isinstance(read.answer, switching.ClaimRejected)
        assert read.header.step == "04"

    def test_reads_the_activation(self) -> None:
        read = registry_es.read_answer(sample("c105.xml"))

        assert read.answer == switching.SupplyActivated(
            REQUEST, Cups("ES1234000000000001JN0F"), date(2016, 8, 21)
        )

    @pytest.mark.parametrize("name", ["c101.xml", "c101_minim.xml"])
    def test_reads_the_claims_as_a_grid_operator(self, name: str) -> None:
        header, claim = registry_es.read_claim(sample(name))

        assert (claim.request, claim.customer_tax_id) == (REQUEST, "B99999990")
        assert header.issuer == "1234"

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("c106.xml", "registry_es.step_unknown"),
            ("c109.xml", "registry_es.step_unknown"),
            ("c111.xml", "registry_es.step_unknown"),
            ("b116.xml", "registry_es.process_unknown"),
            ("m105.xml", "registry_es.process_unknown"),
            ("t102_reject.xml", "registry_es.process_unknown"),
        ],
    )
    def test_tells_what_a_message_of_another_process_is(self, name: str, code: str) -> None:
        try:
            read = registry_es.read_answer(sample(name))
        except Invalid as error:
            pytest.fail(f"the header of {name} was not read: {error}")

        assert (read.answer, read.code) == (None, code)

    def test_reads_or_names_every_sample_of_the_set(self) -> None:
        sample("c101.xml")
        seen = {}
        for path in sorted((DATA / "samples-electricity").glob("*.xml")):
            try:
                read = registry_es.read_answer(path.read_bytes())
                seen[path.name] = type(read.answer).__name__ if read.answer else read.code
            except Invalid as error:
                seen[path.name] = error.code

        known = {name: what for name, what in seen.items() if "registry_es" not in what}
        assert known == {
            "c102_accept.xml": "ClaimAccepted",
            "c102_reject.xml": "ClaimRejected",
            "c104.xml": "ClaimRejected",
            "c105.xml": "SupplyActivated",
        }


class TestOfficialSchema:
    @pytest.mark.parametrize("folder", ["xsd", "xsd-git-4.15.2"])
    @pytest.mark.parametrize("name", sorted(WRITTEN))
    def test_accepts_what_we_write(self, name: str, folder: str) -> None:
        path = DATA / folder / SCHEMAS[name.split("-")[0]]
        if not path.exists():
            pytest.skip(f"the official schema is not at {DATA}")
        schema = etree.XMLSchema(etree.parse(path))

        schema.assertValid(etree.fromstring(WRITTEN[name]))


class TestRoundTrip:
    def test_brings_a_claim_back(self) -> None:
        header, claim = registry_es.read_claim(WRITTEN["claim-home"])

        assert claim == attrs.evolve(CLAIM, contract="")
        assert header.recipient == "0021"

    def test_brings_a_wanted_day_back(self) -> None:
        _, claim = registry_es.read_claim(WRITTEN["claim-company"])

        assert (claim.wanted_on, claim.customer_kind) == (date(2026, 3, 20), CustomerKind.COMPANY)

    @pytest.mark.parametrize("name", ["accepted", "rejected", "activated"])
    def test_brings_an_answer_back(self, name: str) -> None:
        read = registry_es.read_answer(WRITTEN[name])

        assert read.answer is not None
        assert read.answer.request == CLAIM.request
        assert (read.header.issuer, read.header.recipient) == ("0021", "4321")


class TestBadInput:
    @pytest.mark.parametrize(
        ("spoil", "code"),
        [
            (lambda raw: raw.replace(b"?>", b"?><!DOCTYPE a [<!ENTITY x 'y'>]>", 1), "xml.doctype"),
            (lambda raw: raw.replace(b"elegibilidad", b"otra"), "xml.namespace"),
            (lambda raw: raw[: len(raw) // 2], "xml.malformed"),
            (lambda raw: raw[:0], "xml.malformed"),
            (lambda raw: raw.replace(b"Cabecera>", b"Testa>"), "registry_es.field_missing"),
            (lambda raw: raw.replace(b">202603000001<", b">2026<"), "registry_es.header"),
            (lambda raw: raw.replace(b">ES0021", b">ES1021"), "supply.cups.check_letters"),
            (lambda raw: raw.replace(b">2026-03-04T", b">2026-33-04T"), "registry_es.date"),
        ],
    )
    def test_refuses_a_message_whose_header_cannot_be_trusted(
        self, spoil: Callable[[bytes], bytes], code: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            registry_es.read_answer(spoil(WRITTEN["accepted"]))

        assert refused.value.code == code

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            (b"<CodigoDelProceso>C1", b"<CodigoDelProceso>Z9", "registry_es.process_unknown"),
            (b"<CodigoDePaso>02", b"<CodigoDePaso>77", "registry_es.step_unknown"),
            (b"FechaActivacionPrevista>", b"Fecha>", "registry_es.field_missing"),
        ],
    )
    def test_names_what_is_wrong_below_a_good_header(
        self, old: bytes, new: bytes, code: str
    ) -> None:
        read = registry_es.read_answer(WRITTEN["accepted"].replace(old, new))

        assert (read.answer, read.code) == (None, code)

    def test_refuses_to_write_text_that_xml_cannot_carry(self) -> None:
        with pytest.raises(Invalid, match=r"registry_es\.text"):
            registry_es.write_claim(attrs.evolve(CLAIM, customer_name="A\x00 B"), issuer="4321")
