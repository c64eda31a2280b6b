"""Mail an issued document to its customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import attrs

from energyretail.application.shared import Channel
from energyretail.domain.billing import Invoice, InvoiceKind
from energyretail.domain.parties import Customer

__all__ = ["Bill", "BillsToMail", "InvoicePages", "MailService", "SendInvoiceMail"]

_SUBJECTS = {
    InvoiceKind.INVOICE: "Your electricity bill {number}",
    InvoiceKind.CREDIT_NOTE: "Credit note {number} for your bill {original}",
    InvoiceKind.REBILL: "Your corrected electricity bill {number} in place of {original}",
}


@attrs.frozen
class Bill:
    """A document, who gets it, and the bill of the same supply they got before it."""

    invoice: Invoice
    customer: Customer
    previous: Invoice | None = None


class BillsToMail(Protocol):
    """Finds documents with their customers and the bills before them."""

    def bills(self, numbers: Sequence[str]) -> tuple[Bill, ...]:
        """Return the documents with these numbers; unknown ones are left out.

        The bill before each is that of `Invoices.previous`.
        """
        ...


class InvoicePages(Protocol):
    """Lays out a document."""

    def page(self, invoice: Invoice, customer: Customer, previous: Invoice | None = None) -> str:
        """Return the document as a page of HTML; the same document gives the same bytes.

        Where there is a `previous` bill, the page tells why this one differs.
        """
        ...


class MailService(Protocol):
    """Hands mail to a relay."""

    def send(self, to: str, subject: str, text: str, html: str, message_id: str) -> None:
        """Hand one message over; the relay knows a Message-ID it has had. Raises Fault."""
        ...


class SendInvoiceMail:
    """The sender of issued documents; the key is the document's number."""

    channel = Channel.MAIL
    kind = "invoice"

    def __init__(
        self,
        *,
        bills: BillsToMail,
        pages: InvoicePages,
        mail: MailService,
        message_id: Callable[[str], str],
    ):
        self._bills = bills
        self._pages = pages
        self._mail = mail
        self._message_id = message_id

    def load(self, keys: Sequence[str]) -> Mapping[str, Bill]:
        """Return the documents with their customers."""
        return {bill.invoice.number: bill for bill in self._bills.bills(keys)}

    def deliver(self, message: Bill, *, maybe_sent: bool) -> None:
        """Send the mail; its Message-ID is the document's number, so twice is once."""
        invoice = message.invoice
        self._mail.send(
            message.customer.person.email,
            _SUBJECTS[invoice.kind].format(number=invoice.number, original=invoice.original),
            f"{invoice.number}: {invoice.gross}, due on {invoice.due_on}.\n",
            self._pages.page(invoice, message.customer, message.previous),
            self._message_id(invoice.number),
        )
