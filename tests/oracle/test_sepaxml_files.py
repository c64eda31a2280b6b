"""Our payment files against sepaxml's, the ISO schema, and sepaxml's own validation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import attrs
import pytest
import sepaxml
import sepaxml.validation
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from stdnum import iban as stdnum_iban
from text_unidecode import unidecode

from energyretail.adapters.iso20022 import read_direct_debits, sepa_text, write_direct_debits
from energyretail.domain import payments
from energyretail.domain.shared import CreditorIdentifier, Iban, Invalid, Money

SCHEMA = "pain.008.001.08"
SHARED = (
    Path(os.environ.get("ENERGYRETAIL_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "payments"
    / "xsd"
    / f"{SCHEMA}.xsd"
)

# What may differ from sepaxml's file, and why; everything else is equal, element by element.
DIFFERENCES = {
    "GrpHdr/MsgId": "sepaxml draws it by lot and from the clock; ours is a natural key",
    "GrpHdr/CreDtTm": "sepaxml takes the machine's time; ours is the business day",
    "PmtInf/PmtInfId": "sepaxml draws it by lot; ours is a natural key",
}

CREDITOR = payments.Creditor(
    code="LUMA",
    identifier=CreditorIdentifier("ES23ZZZ47690558N"),
    party=payments.Party("Luma Energía S.L.", "Madrid", "ES", "Calle Mayor 1", "28013"),
    iban=Iban.of_account("ES", "21000418450200051332"),
    bic="CAIXESBBXXX",
)


def xsd() -> etree.XMLSchema:
    """The ISO schema of the test-time package."""
    folder = Path(sepaxml.__file__).parent / "schemas"
    return etree.XMLSchema(file=str(folder / f"{SCHEMA}.xsd"))


def order(
    debits: tuple[tuple[payments.Sequence, payments.DirectDebit], ...],
) -> payments.DirectDebitOrder:
    """Return an order over debits, in batches by sequence type."""
    batches = []
    for sequence in payments.Sequence:
        mine = tuple(debit for of, debit in debits if of is sequence)
        if mine:
            total = Money.total((debit.amount for debit in mine), "EUR")
            name = f"LUMA-20260430-1-{sequence.value}"
            batches.append(
                payments.DirectDebitBatch(
                    name, sequence, date(2026, 4, 30), len(mine), total, iter(mine)
                )
            )
    total = Money.total((batch.total for batch in batches), "EUR")
    return payments.DirectDebitOrder(
        "LUMA-20260430-1", date(2026, 4, 27), CREDITOR, len(debits), total, tuple(batches)
    )


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=120
).filter(lambda text: _carried(text))


def _carried(text: str) -> bool:
    try:
        return bool(sepa_text(text, length_max=35))
    except Invalid:
        return False


@st.composite
def orders(draw: st.DrawFn) -> payments.DirectDebitOrder:
    debits = []
    for number in range(draw(st.integers(1, 8))):
        full = draw(st.booleans())
        debit = payments.DirectDebit(
            end_to_end_id=f"F26-{number:06d}-1",
            amount=Money.of_cents(draw(st.integers(1, 99_999_999_999)), "EUR"),
            umr=f"K{number:06d}-1",
            signed_on=draw(st.dates(date(2020, 1, 1), date(2026, 4, 1))),
            debtor=payments.Party(
                draw(texts), draw(texts), "ES", draw(texts) if full else "", "24003" * full
            ),
            iban=Iban.of_account("ES", f"{draw(st.integers(0, 10**20 - 1)):020d}"),
            remittance=draw(texts),
        )
        debits.append((draw(st.sampled_from(payments.Sequence)), debit))
    return order(tuple(debits))


@settings(max_examples=60)
@given(orders())
def test_every_file_is_valid_and_read_back_as_it_was_asked(
    asked: payments.DirectDebitOrder,
) -> None:
    raw = b"".join(write_direct_debits(asked))

    xsd().assertValid(etree.fromstring(raw))
    read = read_direct_debits(raw)
    assert (read.msg_id, read.creditor_iban) == (asked.msg_id, CREDITOR.iban.value)
    assert len(read.instructions) == asked.count
    assert Money.total((one.amount for one in read.instructions), "EUR") == asked.total


def some_debits() -> tuple[tuple[payments.Sequence, payments.DirectDebit], ...]:
    return tuple(
        (
            payments.Sequence.FIRST if number % 3 else payments.Sequence.RECURRENT,
            payments.DirectDebit(
                end_to_end_id=f"F26-{number:06d}-1",
                amount=Money.of_cents(1 + number * 997, "EUR"),
                umr=f"K{number:06d}-1",
                signed_on=date(2026, 3, 2),
                debtor=payments.Party(
                    f"Zoé Núñez {number}", "León", "ES", "Calle Ancha 1" * (number % 2), "24003"
                ),
                iban=Iban.of_account("ES", f"2100041845{number:010d}"),
                remittance=f"Factura F26-{number:06d}",
            ),
        )
        for number in range(40)
    )


def address(party: payments.Party) -> dict[str, str]:
    """Give sepaxml the address; no address_type, which makes its .08 files invalid."""
    given = {
        "street_name": party.street,
        "postcode": party.postcode,
        "town": party.town,
        "country": party.country,
    }
    return {name: _plain(value) for name, value in given.items() if value}


def _plain(value: str) -> str:
    return str(unidecode(value))


def of_sepaxml(debits: tuple[tuple[payments.Sequence, payments.DirectDebit], ...]) -> bytes:
    """Return sepaxml's file for the same collections, validated by itself."""
    config = {
        "name": CREDITOR.party.name,
        "IBAN": CREDITOR.iban.value,
        "BIC": CREDITOR.bic,
        "batch": True,
        "creditor_id": CREDITOR.identifier.value,
        "currency": "EUR",
        "address": address(CREDITOR.party),
    }
    file = sepaxml.SepaDD(config, schema=SCHEMA, clean=True)
    for sequence, debit in sorted(debits, key=lambda one: one[0].value):
        file.add_payment(
            {
                "name": debit.debtor.name,
                "IBAN": debit.iban.value,
                "amount": debit.amount.cents,
                "type": sequence.value,
                "collection_date": date(2026, 4, 30),
                "mandate_id": debit.umr,
                "mandate_date": debit.signed_on,
                "description": debit.remittance,
                "endtoend_id": debit.end_to_end_id,
                "address": address(debit.debtor),
            }
        )
    exported: bytes = file.export(validate=True)
    return exported


def elements(raw: bytes) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (path below the message, text, attributes) in the order of the file."""
    message = etree.fromstring(raw)[0]
    for element in message.iter():
        names = [etree.QName(e).localname for e in (element, *element.iterancestors())]
        path = "/".join(reversed(names[:-2]))
        yield path, (element.text or "").strip(), dict(element.attrib)


def test_our_file_is_sepaxmls_but_for_the_listed_differences() -> None:
    ours = list(elements(b"".join(write_direct_debits(order(some_debits())))))
    theirs = list(elements(of_sepaxml(some_debits())))

    different = {mine[0] for mine, other in zip(ours, theirs, strict=True) if mine != other}

    assert [one[0] for one in ours] == [one[0] for one in theirs]
    assert different == set(DIFFERENCES)


def test_our_file_passes_sepaxmls_own_validation() -> None:
    raw = b"".join(write_direct_debits(order(some_debits())))
    wrong = raw.replace(b"<SeqTp>FRST</SeqTp>", b"<SeqTp>NEVER</SeqTp>")

    sepaxml.validation.try_valid_xml(raw, SCHEMA)
    with pytest.raises(sepaxml.validation.ValidationError):
        sepaxml.validation.try_valid_xml(wrong, SCHEMA)


def test_our_file_is_valid_by_the_published_schema() -> None:
    if not SHARED.exists():
        pytest.skip("the published schema is not on this machine; the package's one is used above")
    raw = b"".join(write_direct_debits(order(some_debits())))

    etree.XMLSchema(file=str(SHARED)).assertValid(etree.fromstring(raw))


def test_the_ibans_of_the_tests_are_ibans_to_others_too() -> None:
    assert stdnum_iban.is_valid(CREDITOR.iban.value, check_country=False)


class TestWriter:
    def test_writes_the_same_bytes_again(self) -> None:
        once, again = (b"".join(write_direct_debits(order(some_debits()))) for _ in range(2))

        assert once == again

    def test_refuses_totals_that_are_not_those_of_the_debits(self) -> None:
        one = order(some_debits())
        wrong = payments.DirectDebitOrder(
            one.msg_id, one.created_on, one.creditor, one.count, one.total * 2, one.batches
        )

        with pytest.raises(Invalid, match=r"payments\.order\.totals"):
            b"".join(write_direct_debits(wrong))

    @pytest.mark.parametrize(
        ("creditor", "code"),
        [
            ({"bic": "nonsense"}, "payments.bic"),
            ({"party": payments.Party("Luma", "Madrid", "Spain")}, "payments.country"),
            ({"party": payments.Party("日本", "Madrid", "ES")}, "payments.text.empty"),
        ],
    )
    def test_refuses_what_a_bank_would_not_carry(
        self, creditor: dict[str, object], code: str
    ) -> None:
        one = attrs.evolve(order(some_debits()), creditor=attrs.evolve(CREDITOR, **creditor))

        with pytest.raises(Invalid) as refused:
            b"".join(write_direct_debits(one))

        assert refused.value.code == code

    def test_lets_no_debtors_name_keep_back_a_months_file(self) -> None:
        unsayable = payments.Party("李 明", "東京", "JP", street="中央", postcode="〒100")
        debits = [
            (sequence, attrs.evolve(debit, debtor=unsayable)) for sequence, debit in some_debits()
        ]

        raw = b"".join(write_direct_debits(order(debits)))

        tree = etree.fromstring(raw)
        names = tree.xpath("//*[local-name()='Dbtr']/*[local-name()='Nm']/text()")
        towns = tree.xpath("//*[local-name()='Dbtr']//*[local-name()='TwnNm']/text()")
        assert {*names, *towns} == {"NOTPROVIDED"}
        assert not tree.xpath("//*[local-name()='Dbtr']//*[local-name()='StrtNm']")
        sepaxml.validation.try_valid_xml(raw, SCHEMA)

    def test_streams_a_file_in_bounded_pieces(self) -> None:
        count = 20_000
        _, debit = some_debits()[0]
        batch = payments.DirectDebitBatch(
            "P1",
            payments.Sequence.FIRST,
            date(2026, 4, 30),
            count,
            debit.amount * count,
            (debit for _ in range(count)),
        )
        asked = payments.DirectDebitOrder(
            "M1", date(2026, 4, 27), CREDITOR, count, debit.amount * count, (batch,)
        )

        sizes = [len(chunk) for chunk in write_direct_debits(asked)]

        assert len(sizes) > 30
        assert max(sizes) < 500_000
