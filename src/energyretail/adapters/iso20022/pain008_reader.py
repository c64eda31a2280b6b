"""Reads payment files, pain.008, as a bank does: whole and consistent, or not at all."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import attrs
from lxml import etree

from energyretail.adapters.shared.xml import parse_untrusted
from energyretail.domain.shared import Invalid, Money

__all__ = ["DebitInstruction", "DebitInstructions", "read_direct_debits"]

_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.008\.001\.(02|08|09|10)")


@attrs.frozen
class DebitInstruction:
    """One direct debit a creditor asks for."""

    payment_information_id: str
    end_to_end_id: str
    umr: str
    amount: Money
    due_on: date


@attrs.frozen
class DebitInstructions:
    """A payment file: `creditor_iban` gets the money; instructions in the order of the file."""

    msg_id: str
    creditor_iban: str
    instructions: tuple[DebitInstruction, ...]


def read_direct_debits(raw: bytes) -> DebitInstructions:
    """Return what a payment file asks for.

    Raises Invalid: ``xml.*`` for what is not such a document, ``pain.field`` for a missing or
    malformed element, ``pain.totals`` when NbOfTxs or CtrlSum do not fit, ``pain.creditor``
    for two accounts in one file, ``pain.duplicate`` for an EndToEndId used twice.
    """
    root = parse_untrusted(raw, namespace=_NAMESPACE, root="Document")
    message = _one(root, "CstmrDrctDbtInitn")
    batches = message.findall("{*}PmtInf")
    instructions = tuple(one for batch in batches for one in _instructions(batch))
    _check_totals(_one(message, "GrpHdr"), instructions)
    ibans = {_text(batch, "CdtrAcct/Id/IBAN") for batch in batches}
    if len(ibans) != 1:
        raise Invalid("pain.creditor", "one creditor account a file", accounts=len(ibans))
    if len({one.end_to_end_id for one in instructions}) < len(instructions):
        raise Invalid("pain.duplicate", "an EndToEndId is used twice")
    return DebitInstructions(_text(message, "GrpHdr/MsgId"), ibans.pop(), instructions)


def _instructions(batch: etree._Element) -> tuple[DebitInstruction, ...]:
    try:
        due_on = date.fromisoformat(_text(batch, "ReqdColltnDt"))
    except ValueError as error:
        raise Invalid("pain.field", f"not a date: {error}", element="ReqdColltnDt") from error
    batch_id = _text(batch, "PmtInfId")
    found = tuple(
        DebitInstruction(
            batch_id,
            _text(one, "PmtId/EndToEndId"),
            _text(one, "DrctDbtTx/MndtRltdInf/MndtId"),
            Money(_text(one, "InstdAmt"), _one(one, "InstdAmt").get("Ccy", "")),
            due_on,
        )
        for one in batch.findall("{*}DrctDbtTxInf")
    )
    _check_totals(batch, found)
    return found


def _check_totals(told: etree._Element, found: tuple[DebitInstruction, ...]) -> None:
    cents = sum(one.amount.cents for one in found)
    sum_told = Money(_text(told, "CtrlSum"), "EUR").cents
    if (_text(told, "NbOfTxs"), sum_told) != (str(len(found)), cents):
        raise Invalid("pain.totals", "NbOfTxs or CtrlSum do not fit", found=len(found), cents=cents)


def _one(element: etree._Element, path: str) -> etree._Element:
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    if found is None:
        raise Invalid("pain.field", "an element is missing", element=path)
    return found


def _text(element: etree._Element, path: str) -> str:
    text = (_one(element, path).text or "").strip()
    if not text:
        raise Invalid("pain.field", "an element is empty", element=path)
    return text
