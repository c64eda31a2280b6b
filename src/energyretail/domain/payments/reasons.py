"""Why a collection came back, and what follows: dated data, one row a code."""

from __future__ import annotations

from datetime import date
from typing import Final

import attrs

from energyretail.domain.payments.mandates import MandateTrigger
from energyretail.domain.shared import Period

__all__ = ["RETRIES_MAX", "RETURN_REASONS", "ReturnReason", "return_reason"]

# A first attempt and two more, one a month; after that a person decides.
RETRIES_MAX: Final = 2

# Since the day SEPA replaced national direct debits, Regulation (EU) 260/2012 art. 6.
_SCHEME = Period(date(2014, 2, 1))
_CODES = "ISO 20022 external code set, ExternalReturnReason1Code; EPC173-14"


@attrs.frozen
class ReturnReason:
    """What follows from one reason code, in force in `valid`; the debt is reopened by every one.

    `again` allows another automatic collection next month. `mandate` is what happens to the
    mandate, None when it lives on. `way_out` is what a person has to do, empty when nothing.
    The codes are of `source`; what follows from them is the company's own rule.
    """

    code: str
    text: str
    again: bool = False
    mandate: MandateTrigger | None = None
    way_out: str = ""
    valid: Period = _SCHEME
    source: str = _CODES


_NEW_IBAN = "ask the customer for a new IBAN, then resume the mandate"
_CONTACT = "contact the customer, then collect again or agree on another means of payment"
_FIX_FILE = "mend what the bank refused, then collect again"
_FIX_MANDATE = "mend the mandate's facts, then resume the mandate"

RETURN_REASONS: Final = (
    ReturnReason("AC01", "incorrect account number", False, MandateTrigger.SUSPEND, _NEW_IBAN),
    ReturnReason("AC04", "closed account number", False, MandateTrigger.SUSPEND, _NEW_IBAN),
    ReturnReason("AC06", "blocked account", way_out=_CONTACT),
    ReturnReason("AC13", "consumer account on a company mandate", way_out=_FIX_MANDATE),
    ReturnReason("AG01", "account forbids direct debit", False, MandateTrigger.SUSPEND, _NEW_IBAN),
    ReturnReason("AG02", "wrong operation code", way_out=_FIX_FILE),
    ReturnReason("AM04", "insufficient funds", again=True),
    ReturnReason("AM05", "duplicate", way_out="check whether the item was collected twice"),
    ReturnReason("AM10", "wrong control sum", way_out=_FIX_FILE),
    ReturnReason("BE05", "creditor not recognised", way_out=_FIX_FILE),
    ReturnReason("DT01", "wrong date", way_out=_FIX_FILE),
    ReturnReason("FF01", "wrong file format", way_out=_FIX_FILE),
    ReturnReason("FF05", "wrong local instrument", way_out=_FIX_FILE),
    ReturnReason("MD01", "no mandate", False, MandateTrigger.END, "ask for a new mandate"),
    ReturnReason("MD02", "mandate facts missing", False, MandateTrigger.SUSPEND, _FIX_MANDATE),
    ReturnReason("MD06", "refund requested by the customer", way_out=_CONTACT),
    ReturnReason(
        "MD07",
        "customer deceased",
        False,
        MandateTrigger.END,
        "stop automatic letters and open the succession",
    ),
    ReturnReason("MS02", "refused by the customer", way_out=_CONTACT),
    ReturnReason("MS03", "no reason given by the bank", again=True),
    ReturnReason("RC01", "wrong bank identifier", way_out=_FIX_FILE),
    ReturnReason("RR01", "debtor account missing", way_out=_FIX_MANDATE),
    ReturnReason("RR02", "debtor name or address missing", way_out=_FIX_MANDATE),
    ReturnReason("RR03", "creditor name or address missing", way_out=_FIX_FILE),
    ReturnReason("RR04", "regulatory reason", way_out=_CONTACT),
    ReturnReason("SL01", "debtor's bank blocks us", False, MandateTrigger.SUSPEND, _CONTACT),
)


def return_reason(code: str, *, on: date) -> ReturnReason:
    """Return what follows from `code` on a day.

    A code the table does not know stops automatic collection of the item and asks a person:
    the safe reading of a reason nobody has judged.
    """
    for reason in RETURN_REASONS:
        if reason.code == code and on in reason.valid:
            return reason
    return ReturnReason(code, "unknown reason", way_out=_CONTACT, source="not in the table")
