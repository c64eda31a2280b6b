"""Reads bank notifications, camt.054, of every version banks still send."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final

from lxml import etree

from energyretail.adapters.shared.xml import namespace_of, parse_untrusted
from energyretail.domain import payments
from energyretail.domain.shared import Invalid, Money

__all__ = ["read_notification"]

# Banks put the version in namespaces of their own (".../camt.054.001.04.ch.02.xsd"): the
# version alone tells how to read.
_VERSION: Final = re.compile(r"(?s).*(camt\.054\.001\.\d\d).*")

_NO_REFERENCE: Final = frozenset({"", "NOTPROVIDED", "NONREF"})


def read_notification(raw: bytes) -> payments.BankNotification:
    """Return the booked entries of a camt.054 message; pending ones are left for their booking.

    Elements are found by name, so that additions of later versions and of single banks do no
    harm. An entry without AcctSvcrRef, or sharing one inside the file, gets a reference of
    notification and position, and stays the same however often the file comes.

    Raises Invalid: ``xml.*`` for what is no such document, ``camt.header`` without a MsgId,
    ``camt.accounts`` for two accounts in one file, ``camt.field`` for an entry without
    amount, direction, or with a malformed date.
    """
    root = parse_untrusted(raw, namespace=_VERSION, root="Document")
    schema = re.sub(_VERSION, r"\1", namespace_of(root))
    message_id = _text(root, "BkToCstmrDbtCdtNtfctn/GrpHdr/MsgId")
    if not message_id:
        raise Invalid("camt.header", "the header with its MsgId is missing or cut", schema=schema)
    notifications = root.findall("{*}BkToCstmrDbtCdtNtfctn/{*}Ntfctn")
    ibans = {iban for one in notifications if (iban := _text(one, "Acct/Id/IBAN"))}
    if len(ibans) > 1:
        raise Invalid("camt.accounts", "entries of two accounts", message=message_id)
    created = _text(root, "BkToCstmrDbtCdtNtfctn/GrpHdr/CreDtTm")
    return payments.BankNotification(
        message_id=message_id,
        schema=schema,
        iban=next(iter(ibans), None),
        created_on=_date(created) if created else None,
        entries=tuple(_entries(notifications, message_id)),
    )


def _entries(notifications: list[etree._Element], message_id: str) -> Iterator[payments.BankEntry]:
    references = Counter(
        _text(entry, "AcctSvcrRef") for one in notifications for entry in one.findall("{*}Ntry")
    )
    for one in notifications:
        of = _text(one, "Id") or message_id
        for position, entry in enumerate(one.findall("{*}Ntry"), start=1):
            given = _text(entry, "AcctSvcrRef")
            if given in _NO_REFERENCE:
                reference = f"{of}/{position}"
            else:
                reference = given if references[given] == 1 else f"{given}/{of}/{position}"
            # Version 2 to 7 write <Sts>BOOK</Sts>, later ones <Sts><Cd>BOOK</Cd></Sts>.
            if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) == "BOOK":
                yield _entry(entry, reference)


def _entry(entry: etree._Element, reference: str) -> payments.BankEntry:
    amount = _money(entry, "Amt", reference)
    day = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or _text(entry, "ValDt/Dt")
    batch = entry.find("{*}NtryDtls/{*}Btch")
    return payments.BankEntry(
        reference=reference,
        amount=amount * _sign(_text(entry, "CdtDbtInd"), reference),
        booked_on=_date(day) if day else None,
        transactions=tuple(_transactions(entry, amount, reference)),
        payment_information_id=(_text(batch, "PmtInfId") or None) if batch is not None else None,
        batch_msg_id=(_text(batch, "MsgId") or None) if batch is not None else None,
    )


def _transactions(
    entry: etree._Element, amount: Money, reference: str
) -> Iterator[payments.BankTransaction]:
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    for one in details:
        given = _text(one, "Refs/EndToEndId")
        yield payments.BankTransaction(
            end_to_end_id=None if given in _NO_REFERENCE else given,
            amount=_transaction_amount(one, reference, lone=amount if len(details) == 1 else None),
            reason=_text(one, "RtrInf/Rsn/Cd") or _text(one, "RtrInf/Rsn/Prtry") or None,
        )


def _transaction_amount(one: etree._Element, reference: str, *, lone: Money | None) -> Money | None:
    """Find the amount where the versions put it; a lone transaction has its entry's."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        if _text(one, path):
            return _money(one, path, reference)
    return lone


def _money(element: etree._Element, path: str, reference: str) -> Money:
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    if found is None or not re.fullmatch(r"\d{1,18}(\.\d{1,5})?", (found.text or "").strip()):
        raise Invalid("camt.field", "not an amount", entry=reference, element=path)
    return Money((found.text or "").strip(), found.get("Ccy", ""))


def _sign(direction: str, reference: str) -> int:
    if direction not in ("CRDT", "DBIT"):
        raise Invalid("camt.field", "neither credit nor debit", entry=reference, found=direction)
    return 1 if direction == "CRDT" else -1


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise Invalid("camt.field", f"not a date: {error}", found=text) from error


def _text(element: etree._Element, path: str) -> str:
    """Return the text at a path of local names, empty when it is not there."""
    found = element.findtext("/".join(f"{{*}}{name}" for name in path.split("/")))
    return (found or "").strip()
