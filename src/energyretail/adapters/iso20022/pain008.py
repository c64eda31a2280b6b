"""Writes payment files, pain.008.001.08, in chunks and constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs

from energyretail.adapters.iso20022.charset import carried, sepa_text
from energyretail.domain import payments
from energyretail.domain.shared import Invalid, Money

__all__ = ["SCHEMA", "write_direct_debits"]

SCHEMA: Final = "pain.008.001.08"

NOT_PROVIDED: Final = "NOTPROVIDED"
"""What the schemes write where something must stand and there is nothing (EPC130-08)."""

_DEBITS_A_CHUNK: Final = 500


def write_direct_debits(order: payments.DirectDebitOrder) -> Iterator[bytes]:
    """Yield the file for a SEPA CORE order; the same order gives the same bytes.

    CreDtTm is the start of the business day of the order, in the bank's local time. Text is put
    into the SEPA character set; amounts show two decimals, exactly. Raises Invalid:
    ``payments.order.totals`` when the debits are not as many, or as much, as was told before
    them, ``payments.reference.*`` for a reference a bank would change, ``payments.country``,
    ``payments.text.empty`` for our own name or town, ``money.not_whole_cents``. A debtor whose
    name or town has no letter a bank carries is written as NOTPROVIDED: the bank goes by account
    and mandate, and one name must not keep back a month's file. Whoever keeps the chunks must
    keep all of them or none.
    """
    yield _opening(order).encode()
    count, cents = 0, 0
    for batch in order.batches:
        yield _batch_opening(batch, order.creditor).encode()
        in_batch, cents_in_batch, chunk = 0, 0, []
        for debit in batch.debits:
            chunk.append(_debit(debit))
            in_batch += 1
            cents_in_batch += debit.amount.cents
            if len(chunk) == _DEBITS_A_CHUNK:
                yield "".join(chunk).encode()
                chunk = []
        _check(batch.payment_information_id, batch.count, batch.total, in_batch, cents_in_batch)
        yield ("".join(chunk) + "</PmtInf>").encode()
        count, cents = count + in_batch, cents + cents_in_batch
    _check(order.msg_id, order.count, order.total, count, cents)
    yield b"</CstmrDrctDbtInitn></Document>\n"


def _check(name: str, count_told: int, total_told: Money, count: int, cents: int) -> None:
    if (count_told, total_told.cents) != (count, cents):
        raise Invalid(
            "payments.order.totals",
            "the debits are not what was told before them",
            of=name,
            count_told=count_told,
            count=count,
            cents_told=total_told.cents,
            cents=cents,
        )


def _opening(order: payments.DirectDebitOrder) -> str:
    creditor = order.creditor
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"><CstmrDrctDbtInitn>'
        f"<GrpHdr><MsgId>{payments.check_reference(order.msg_id)}</MsgId>"
        f"<CreDtTm>{order.created_on.isoformat()}T00:00:00</CreDtTm>"
        f"<NbOfTxs>{order.count}</NbOfTxs><CtrlSum>{_amount(order.total)}</CtrlSum>"
        f"<InitgPty><Nm>{_name(creditor.party)}</Nm><Id><OrgId><Othr>"
        f"<Id>{creditor.identifier}</Id></Othr></OrgId></Id></InitgPty></GrpHdr>"
    )


def _batch_opening(batch: payments.DirectDebitBatch, creditor: payments.Creditor) -> str:
    return (
        f"\n<PmtInf><PmtInfId>{payments.check_reference(batch.payment_information_id)}</PmtInfId>"
        "<PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>"
        f"<NbOfTxs>{batch.count}</NbOfTxs><CtrlSum>{_amount(batch.total)}</CtrlSum>"
        "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm>"
        f"<SeqTp>{batch.sequence.value}</SeqTp></PmtTpInf>"
        f"<ReqdColltnDt>{batch.due_on.isoformat()}</ReqdColltnDt>"
        f"<Cdtr><Nm>{_name(creditor.party)}</Nm>{_address(creditor.party)}</Cdtr>"
        f"<CdtrAcct><Id><IBAN>{creditor.iban}</IBAN></Id></CdtrAcct>"
        f"<CdtrAgt><FinInstnId>{_agent(creditor.bic)}</FinInstnId></CdtrAgt>"
        "<ChrgBr>SLEV</ChrgBr><CdtrSchmeId><Id><PrvtId><Othr>"
        f"<Id>{creditor.identifier}</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm>"
        "</Othr></PrvtId></Id></CdtrSchmeId>"
    )


def _debit(debit: payments.DirectDebit) -> str:
    debtor = _sayable(debit.debtor)
    return (
        "\n<DrctDbtTxInf><PmtId>"
        f"<EndToEndId>{payments.check_reference(debit.end_to_end_id)}</EndToEndId></PmtId>"
        f'<InstdAmt Ccy="{debit.amount.currency}">{_amount(debit.amount)}</InstdAmt>'
        f"<DrctDbtTx><MndtRltdInf><MndtId>{payments.check_reference(debit.umr)}</MndtId>"
        f"<DtOfSgntr>{debit.signed_on.isoformat()}</DtOfSgntr></MndtRltdInf></DrctDbtTx>"
        f"<DbtrAgt><FinInstnId>{_agent('')}</FinInstnId></DbtrAgt>"
        f"<Dbtr><Nm>{_name(debtor)}</Nm>{_address(debtor)}</Dbtr>"
        f"<DbtrAcct><Id><IBAN>{debit.iban}</IBAN></Id></DbtrAcct>"
        f"<RmtInf><Ustrd>{sepa_text(debit.remittance, length_max=140)}</Ustrd></RmtInf>"
        "</DrctDbtTxInf>"
    )


def _sayable(debtor: payments.Party) -> payments.Party:
    """Return the debtor with what a bank can be told of name and address."""
    return attrs.evolve(
        debtor,
        name=carried(debtor.name, length_max=70) or NOT_PROVIDED,
        town=carried(debtor.town, length_max=35) or NOT_PROVIDED,
        street=carried(debtor.street, length_max=70),
        postcode=carried(debtor.postcode, length_max=16),
    )


def _name(party: payments.Party) -> str:
    return sepa_text(party.name, length_max=70)


def _address(party: payments.Party) -> str:
    """Write a structured address, or a hybrid of town and country; never address lines."""
    if not re.fullmatch("[A-Z]{2}", party.country):
        raise Invalid("payments.country", "country is two capital letters", country=party.country)
    street = party.street and f"<StrtNm>{sepa_text(party.street, length_max=70)}</StrtNm>"
    postcode = party.postcode and f"<PstCd>{sepa_text(party.postcode, length_max=16)}</PstCd>"
    town = f"<TwnNm>{sepa_text(party.town, length_max=35)}</TwnNm>"
    return f"<PstlAdr>{street}{postcode}{town}<Ctry>{party.country}</Ctry></PstlAdr>"


def _agent(bic: str) -> str:
    if not bic:
        return "<Othr><Id>" + NOT_PROVIDED + "</Id></Othr>"
    if not re.fullmatch("[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):
        raise Invalid("payments.bic", "not the shape of a BIC", bic=bic)
    return f"<BICFI>{bic}</BICFI>"


def _amount(amount: Money) -> str:
    euros, cents = divmod(amount.cents, 100)
    return f"{euros}.{cents:02d}"
