"""The demo's payment and bank files before the ISO schemas, sepaxml, and sepaxml's own file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sepaxml
import sepaxml.validation
import test_sepaxml_files as machinery
from lxml import etree
from stdnum import iban as stdnum_iban
from stdnum.es import cif as stdnum_cif
from stdnum.eu import at_02

from demo_runs import Demo

PAIN, CAMT = "pain.008.001.08", "camt.054.001.08"
SHARED = machinery.SHARED.parent
# The retailer of the settings' defaults, as it stands in every payment file.
CREDITOR = {
    "name": "Energía de Ejemplo, S.L.",
    "IBAN": "ES9121000418450200051332",
    "batch": True,
    "creditor_id": "ES11000B12345674",
    "currency": "EUR",
    "address": {
        "street_name": "Calle de la Energia, 1",
        "postcode": "28001",
        "town": "Madrid",
        "country": "ES",
    },
}


def schema(name: str) -> etree.XMLSchema:
    path = SHARED / f"{name}.xsd"
    if not path.exists():
        pytest.skip(f"the published schema {name} is not on this machine")
    return etree.XMLSchema(file=str(path))


def documents(paths: tuple[Path, ...]) -> Iterator[etree._Element]:
    return (etree.fromstring(path.read_bytes()) for path in paths)


class TestPaymentFiles:
    def test_are_valid_by_the_iso_schema(self, default_demo: Demo) -> None:
        iso = machinery.xsd()

        for document in documents(default_demo.files("payment_files")):
            iso.assertValid(document)

    def test_are_valid_by_the_published_schema(self, default_demo: Demo) -> None:
        published = schema(PAIN)

        for document in documents(default_demo.files("payment_files")):
            published.assertValid(document)

    def test_pass_sepaxmls_own_validation(self, default_demo: Demo) -> None:
        valid = [
            path.stem
            for path in default_demo.files("payment_files")
            if sepaxml.validation.try_valid_xml(path.read_bytes(), PAIN) is None
        ]

        assert valid == sorted(default_demo.of("payment_file"))

    def test_are_sepaxmls_but_for_the_listed_differences(self, default_demo: Demo) -> None:
        paths = {path.stem: path for path in default_demo.files("payment_files")}

        assert paths.keys() == default_demo.of("payment_file").keys()
        for msg_id, path in paths.items():
            ours = list(machinery.elements(path.read_bytes()))
            theirs = list(machinery.elements(of_sepaxml(default_demo, msg_id)))
            different = {a[0] for a, b in zip(ours, theirs, strict=True) if a != b}
            assert [one[0] for one in ours] == [one[0] for one in theirs]
            assert different == set(machinery.DIFFERENCES), msg_id

    def test_are_at_the_bank_in_time_and_due_on_a_target_day(self, default_demo: Demo) -> None:
        for document in documents(default_demo.files("payment_files")):
            made = date.fromisoformat(one(document, "GrpHdr/CreDtTm")[:10])
            due = date.fromisoformat(one(document, "PmtInf/ReqdColltnDt"))
            assert (due - made).days >= 1
            assert due.weekday() < 5

    def test_name_accounts_and_a_creditor_that_others_accept(self, default_demo: Demo) -> None:
        for document in documents(default_demo.files("payment_files")):
            ibans = document.findall(".//{*}IBAN")
            assert ibans
            assert all(stdnum_iban.is_valid(each.text) for each in ibans)
            identifiers = document.findall(".//{*}CdtrSchmeId//{*}Othr/{*}Id")
            assert identifiers
            assert all(at_02.is_valid(each.text) for each in identifiers)
            assert all(stdnum_cif.is_valid(each.text[7:]) for each in identifiers)

    def test_ask_first_once_of_a_mandate_and_recurrent_ever_after(self, default_demo: Demo) -> None:
        used: set[str] = set()
        for _, path in sorted((p.name, p) for p in default_demo.files("payment_files")):
            for batch in etree.parse(path).getroot().iter("{*}PmtInf"):
                mandates = [each.text or "" for each in batch.iter("{*}MndtId")]
                if one(batch, "PmtTpInf/SeqTp", ".//") == "FRST":
                    assert not used & set(mandates)
                    assert len(set(mandates)) == len(mandates)
                else:
                    assert set(mandates) <= used
                used |= set(mandates)


def of_sepaxml(demo: Demo, msg_id: str) -> bytes:
    """Return sepaxml's file for the collections of a payment file, from the state alone."""
    file = sepaxml.SepaDD(CREDITOR, schema=PAIN, clean=True)
    mine = [row for row in demo.of("collection").values() if row["msg_id"] == msg_id]
    for row in sorted(mine, key=lambda row: (row["sequence"], row["end_to_end_id"])):
        mandate = demo.of("mandate")[row["umr"]]
        address = {
            "street_name": mandate["debtor_street"],
            "postcode": mandate["debtor_postcode"],
            "town": mandate["debtor_town"],
            "country": mandate["debtor_country"],
        }
        file.add_payment(
            {
                "name": mandate["debtor_name"],
                "IBAN": mandate["iban"],
                "amount": row["amount_cents"],
                "type": row["sequence"],
                "collection_date": date.fromisoformat(row["due_on"]),
                "mandate_id": row["umr"],
                "mandate_date": date.fromisoformat(mandate["signed_on"]),
                "description": f"Factura {row['item']}",
                "endtoend_id": row["end_to_end_id"],
                "address": address,
            }
        )
    exported: bytes = file.export(validate=True)
    return exported


def one(document: etree._Element, path: str, start: str = "*/") -> str:
    names = "/".join(f"{{*}}{name}" for name in path.split("/"))
    found = document.findtext(f"{start}{names}")
    assert found is not None, path
    return found


class TestBankFiles:
    def test_are_valid_by_the_published_schema(self, default_demo: Demo) -> None:
        published = schema(CAMT)

        for document in documents(default_demo.files("bank_files")):
            published.assertValid(document)

    def test_tell_of_collections_that_were_asked_for(self, default_demo: Demo) -> None:
        known = default_demo.of("collection")
        told = [
            each.text
            for document in documents(default_demo.files("bank_files"))
            for each in document.iter("{*}EndToEndId")
        ]

        assert set(told) == known.keys(), "every collection is credited by the last day"
