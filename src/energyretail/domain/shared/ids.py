"""Business numbers: what a thing is known by inside the company, each a type of its own.

Each is plain text at run time and its own type to the checker, so a customer number is never
taken for a contract number. Text from outside stays `str` until it is parsed here or something
is found by it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NewType

from energyretail.domain.shared.errors import Invalid

__all__ = [
    "ContractNumber",
    "CustomerNumber",
    "EndToEndId",
    "InvoiceNumber",
    "MandateReference",
    "MessageId",
    "QuoteNumber",
    "RequestCode",
    "contract_number",
    "customer_number",
    "end_to_end_id",
    "invoice_number",
    "invoice_numbers",
    "mandate_reference",
    "parse_contract_number",
    "parse_customer_number",
    "parse_invoice_number",
    "parse_quote_number",
    "parse_request_code",
    "quote_number",
    "request_code",
]

CustomerNumber = NewType("CustomerNumber", str)
QuoteNumber = NewType("QuoteNumber", str)
ContractNumber = NewType("ContractNumber", str)
# An invoice, credit note or rebill; an open item has the number of its invoice.
InvoiceNumber = NewType("InvoiceNumber", str)
RequestCode = NewType("RequestCode", str)
MandateReference = NewType("MandateReference", str)
EndToEndId = NewType("EndToEndId", str)
MessageId = NewType("MessageId", str)

# A count from 1: six digits with leading zeros, more without.
_COUNT = r"(?!0+\Z)(?:[0-9]{6}|[1-9][0-9]{6,})"


def customer_number(count: int) -> CustomerNumber:
    """Return the number (``C000001``) of the `count`-th customer, from 1."""
    return parse_customer_number(f"C{count:06d}")


def parse_customer_number(text: str) -> CustomerNumber:
    """Return `text` as a customer number; raises Invalid ``ids.customer``."""
    return CustomerNumber(_checked("customer", f"C{_COUNT}", text))


def quote_number(count: int) -> QuoteNumber:
    """Return the number (``Q000001``) of the `count`-th quote, from 1."""
    return parse_quote_number(f"Q{count:06d}")


def parse_quote_number(text: str) -> QuoteNumber:
    """Return `text` as a quote number; raises Invalid ``ids.quote``."""
    return QuoteNumber(_checked("quote", f"Q{_COUNT}", text))


def contract_number(count: int) -> ContractNumber:
    """Return the number (``K000001``) of the `count`-th contract, from 1."""
    return parse_contract_number(f"K{count:06d}")


def parse_contract_number(text: str) -> ContractNumber:
    """Return `text` as a contract number; raises Invalid ``ids.contract``."""
    return ContractNumber(_checked("contract", f"K{_COUNT}", text))


def invoice_number(prefix: str, issued_on: date, count: int) -> InvoiceNumber:
    """Return the number (``F26-000001``) of the `count`-th document of its prefix and year.

    The year is two digits: a prefix serves one century.
    """
    return parse_invoice_number(f"{prefix}{issued_on:%y}-{count:06d}")


def invoice_numbers(prefix: str, issued_on: date, counts: range) -> tuple[InvoiceNumber, ...]:
    """Return the numbers of documents that follow one another: see `invoice_number`."""
    if not counts:
        return ()
    # What holds for the first holds for those that count on from it.
    invoice_number(prefix, issued_on, counts[0])
    head = f"{prefix}{issued_on:%y}-"
    return tuple(InvoiceNumber(f"{head}{count:06d}") for count in counts)


def parse_invoice_number(text: str) -> InvoiceNumber:
    """Return `text` as the number of a document; raises Invalid ``ids.invoice``."""
    return InvoiceNumber(_checked("invoice", f"[A-Z0-9]{{1,4}}[0-9]{{2}}-{_COUNT}", text))


def request_code(requested_on: date, count: int) -> RequestCode:
    """Return the code of the `count`-th switch: year, month and the count's last six digits.

    The registry takes twelve digits, no more: a code comes again when a million switches are
    requested in one month. Raises Invalid ``ids.request`` for a count below 1.
    """
    if count < 1:
        raise Invalid("ids.request", "counts begin at 1", given=count)
    return parse_request_code(f"{requested_on:%Y%m}{count % 10**6:06d}")


def parse_request_code(text: str) -> RequestCode:
    """Return `text` as a request code; raises Invalid ``ids.request``."""
    return RequestCode(_checked("request", r"[0-9]{4}(?:0[1-9]|1[0-2])[0-9]{6}", text))


def mandate_reference(contract: ContractNumber, version: int) -> MandateReference:
    """Return the unique reference (``K000001-1``) of a contract's `version`-th mandate, from 1."""
    return MandateReference(_numbered("mandate", contract, version))


def end_to_end_id(item: InvoiceNumber, attempt: int) -> EndToEndId:
    """Return the reference (``F26-000001-1``) of an item's `attempt`-th collection, from 1."""
    return EndToEndId(_numbered("end_to_end", item, attempt))


def _numbered(kind: str, owner: str, count: int) -> str:
    if count < 1:
        raise Invalid(f"ids.{kind}", "counts begin at 1", owner=owner, given=count)
    return f"{owner}-{count}"


def _checked(kind: str, pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise Invalid(f"ids.{kind}", f"not the shape of the {kind} number", given=text)
    return text
