"""Reading camt.054: files banks made, and what is wrong with the others."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from energyretail.adapters.iso20022 import read_notification, write_notification
from energyretail.domain import payments
from energyretail.domain.shared import Invalid, Money

SAMPLES = (
    Path(os.environ.get("ENERGYRETAIL_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "payments"
)

needs_samples = pytest.mark.skipif(
    not SAMPLES.exists(), reason="the files of real banks are not on this machine"
)


def samples() -> list[Path]:
    return sorted(
        path
        for path in SAMPLES.rglob("*.xml")
        if b":camt.054." in path.read_bytes() or b"camt.054.001" in path.read_bytes()
    )


def sample(name: str) -> payments.BankNotification:
    (path,) = SAMPLES.rglob(name)
    return read_notification(path.read_bytes())


@needs_samples
class TestBanksOwnFiles:
    def test_reads_every_one(self) -> None:
        read = {path.name: read_notification(path.read_bytes()) for path in samples()}

        assert len(read) >= 17
        assert {n.schema[-2:] for n in read.values()} == {"02", "04", "08"}
        assert all(n.entries for n in read.values())

    def test_reads_a_returned_direct_debit(self) -> None:
        (entry,) = sample("test-sepa-camt-054-unpaid.xml").entries

        assert entry == payments.BankEntry(
            "ZY08XXXXXXIS634C/1",
            Money("-100.00", "EUR"),
            date(2016, 10, 8),
            (payments.BankTransaction("E2EID1", Money("100.00", "EUR"), "AC06"),),
        )

    def test_reads_a_batch_of_direct_debits(self) -> None:
        (entry,) = sample("200519_camt054-chdd*.xml").entries

        assert [t.end_to_end_id for t in entry.transactions] == ["E2EId-CHDD-1", "E2EId-CHDD-2"]
        assert sum(t.amount.cents for t in entry.transactions if t.amount) == entry.amount.cents

    def test_reads_a_file_with_a_cut_header_and_no_account(self) -> None:
        notification = sample("gls_camt054.xml")

        assert (notification.iban, notification.created_on) == (None, None)
        assert notification.entries[0].reference == "IS11PGENODEFF2DA8899900378806/1"

    def test_refuses_another_message_in_a_namespace_alike(self) -> None:
        with pytest.raises(Invalid, match=r"xml\.namespace"):
            sample("test-sepa-camt-unpaid-invalid.xml")

    def test_refuses_every_other_message_of_banks_by_a_code(self) -> None:
        others = [path for path in SAMPLES.rglob("*.xml") if path not in samples()]

        for path in others:
            with pytest.raises(Invalid) as refused:
                read_notification(path.read_bytes())
            assert refused.value.code in ("xml.namespace", "xml.malformed")

    def test_refuses_any_of_them_cut_anywhere(self) -> None:
        for path in samples():
            raw = path.read_bytes().rstrip()
            for length in range(0, len(raw) - 1, 97):
                with pytest.raises(Invalid, match=r"xml\.malformed"):
                    read_notification(raw[:length])


def entry_xml(**changes: str) -> bytes:
    """A small file; `changes` replace whole elements by name."""
    parts = {
        "MsgId": "<MsgId>M1</MsgId>",
        "Amt": '<Amt Ccy="EUR">10.00</Amt>',
        "CdtDbtInd": "<CdtDbtInd>CRDT</CdtDbtInd>",
        "Sts": "<Sts><Cd>BOOK</Cd></Sts>",
        "BookgDt": "<BookgDt><Dt>2026-04-30</Dt></BookgDt>",
        "AcctSvcrRef": "<AcctSvcrRef>A1</AcctSvcrRef>",
        "details": "",
        "more": "",
    } | changes
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>'
        f"<GrpHdr>{parts['MsgId']}</GrpHdr><Ntfctn><Id>N1</Id><Ntry>{parts['Amt']}"
        f"{parts['CdtDbtInd']}{parts['Sts']}{parts['BookgDt']}{parts['AcctSvcrRef']}"
        f"{parts['details']}</Ntry>{parts['more']}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"MsgId": ""}, "camt.header"),
        ({"Amt": ""}, "camt.field"),
        ({"Amt": '<Amt Ccy="EUR">NaN</Amt>'}, "camt.field"),
        ({"Amt": '<Amt Ccy="EUR">-1.00</Amt>'}, "camt.field"),
        ({"Amt": "<Amt>1.00</Amt>"}, "money.currency"),
        ({"Amt": '<Amt Ccy="EUR">0.00</Amt>'}, "payments.entry.zero"),
        ({"CdtDbtInd": ""}, "camt.field"),
        ({"BookgDt": "<BookgDt><Dt>2026-04-31</Dt></BookgDt>"}, "camt.field"),
        (
            {
                "more": "</Ntfctn><Ntfctn><Acct><Id><IBAN>A</IBAN></Id></Acct></Ntfctn>"
                "<Ntfctn><Acct><Id><IBAN>B</IBAN></Id></Acct>"
            },
            "camt.accounts",
        ),
    ],
)
def test_refuses_an_entry_that_says_too_little(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_notification(entry_xml(**changes))

    assert refused.value.code == code


def test_leaves_a_pending_entry_for_its_booking() -> None:
    assert read_notification(entry_xml(Sts="<Sts>PDNG</Sts>")).entries == ()
    assert len(read_notification(entry_xml(Sts="<Sts>BOOK</Sts>")).entries) == 1


def test_tells_entries_apart_that_share_a_reference() -> None:
    twin = (
        '<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        "<AcctSvcrRef>A1</AcctSvcrRef></Ntry>"
    )

    entries = read_notification(entry_xml(more=twin)).entries

    assert [entry.reference for entry in entries] == ["A1/N1/1", "A1/N1/2"]


def test_the_sandbox_writes_what_the_schema_allows() -> None:
    path = SAMPLES / "xsd" / "camt.054.001.08.xsd"
    if not path.exists():
        pytest.skip("the ISO schema of camt.054 is not on this machine")
    schema = etree.XMLSchema(file=str(path))
    transaction = payments.BankTransaction("F26-000001-1", Money("64.56", "EUR"), "AM04")
    notification = payments.BankNotification(
        "R20260505",
        "camt.054.001.08",
        "ES9121000418450200051332",
        date(2026, 5, 5),
        (
            payments.BankEntry("R1", Money("-64.56", "EUR"), date(2026, 5, 5), (transaction,)),
            payments.BankEntry("C1", Money("9", "EUR"), date(2026, 5, 5), (), "P1", "M1"),
        ),
    )

    schema.assertValid(etree.fromstring(write_notification(notification)))
