"""Writes bank notifications, camt.054.001.08, as the sandbox's bank sends them."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from energyretail.domain import payments
from energyretail.domain.shared import Invalid, Money

__all__ = ["write_notification"]

_SCHEMA = "camt.054.001.08"


def write_notification(notification: payments.BankNotification) -> bytes:
    """Return the message; reading it gives an equal notification.

    Raises Invalid ``camt.incomplete`` when the account or a date is not told.
    """
    created = _told(notification.created_on, "created_on").isoformat()
    entries = "".join(_entry(entry) for entry in notification.entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{_SCHEMA}"><BkToCstmrDbtCdtNtfctn>'
        f"<GrpHdr><MsgId>{escape(notification.message_id)}</MsgId>"
        f"<CreDtTm>{created}T00:00:00</CreDtTm></GrpHdr>"
        f"<Ntfctn><Id>{escape(notification.message_id)}</Id><CreDtTm>{created}T00:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{escape(_iban(notification))}</IBAN></Id></Acct>"
        f"{entries}\n</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n"
    ).encode()


def _iban(notification: payments.BankNotification) -> str:
    if notification.iban is None:
        raise Invalid("camt.incomplete", "the account is not told")
    return notification.iban


def _told(day: date | None, name: str) -> date:
    if day is None:
        raise Invalid("camt.incomplete", "a date is not told", field=name)
    return day


def _entry(entry: payments.BankEntry) -> str:
    day = _told(entry.booked_on, "booked_on").isoformat()
    came_in = entry.amount.cents > 0
    direction = "CRDT" if came_in else "DBIT"
    details = "".join(_transaction(one, direction) for one in entry.transactions)
    return (
        f"\n<Ntry>{_amount(entry.amount)}<CdtDbtInd>{direction}</CdtDbtInd>"
        "<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>{escape(entry.reference)}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd>"
        f"<SubFmlyCd>{'ESDD' if came_in else 'UPDD'}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls>{_batch(entry, direction)}{details}</NtryDtls></Ntry>"
    )


def _batch(entry: payments.BankEntry, direction: str) -> str:
    if entry.payment_information_id is None:
        return ""
    message = entry.batch_msg_id and f"<MsgId>{escape(entry.batch_msg_id)}</MsgId>"
    return (
        f"<Btch>{message or ''}<PmtInfId>{escape(entry.payment_information_id)}</PmtInfId>"
        f"<NbOfTxs>{len(entry.transactions)}</NbOfTxs>"
        f"{_amount(entry.amount, 'TtlAmt')}<CdtDbtInd>{direction}</CdtDbtInd></Btch>"
    )


def _transaction(one: payments.BankTransaction, direction: str) -> str:
    amount = _amount(one.amount) if one.amount else ""
    reason = one.reason and f"<RtrInf><Rsn><Cd>{escape(one.reason)}</Cd></Rsn></RtrInf>"
    return (
        f"\n<TxDtls><Refs><EndToEndId>{escape(one.end_to_end_id or 'NOTPROVIDED')}</EndToEndId>"
        f"</Refs>{amount}<CdtDbtInd>{direction}</CdtDbtInd>{reason or ''}</TxDtls>"
    )


def _amount(amount: Money, element: str = "Amt") -> str:
    euros, cents = divmod(abs(amount.cents), 100)
    return f'<{element} Ccy="{amount.currency}">{euros}.{cents:02d}</{element}>'
