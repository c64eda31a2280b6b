"""Mail an issued document to its customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import attrs

from energyretail.application.shared import Channel
from energyretail.domain.billing import Deduction, Invoice, InvoiceKind, LeftAs, left_as, settle
from energyretail.domain.parties import Customer
from energyretail.domain.shared import InvoiceNumber, Money

__all__ = ["Bill", "BillsToMail", "InvoicePages", "MailService", "SendInvoiceMail"]

_SUBJECTS = {
    InvoiceKind.INVOICE: "Your electricity bill {number}",
    InvoiceKind.CREDIT_NOTE: "Credit note {number} for your bill {original}",
    InvoiceKind.REBILL: "Your corrected electricity bill {number} in place of {original}",
    InvoiceKind.RECTIFICATION: "Correction {number} of your bill {original}",
}
_ASKED = {
    LeftAs.TO_PAY: "{left}, due on {due}",
    LeftAs.PAID_BACK: "{given} to be paid back to you",
    LeftAs.CREDITED: "{given} credited to you",
}


@attrs.frozen
class Bill:
    """A document, who gets it, the bill of the supply before it, and what was taken off it.

    `named` are the documents it must name, none for an invoice: its original, and before it
    whatever that one changes, the initial bill first. Directive 2006/112/EC art. 219 has what
    amends an invoice refer to the initial one, RD 1619/2012 art. 15.4 to all it rectifies.
    """

    invoice: Invoice
    customer: Customer
    previous: Invoice | None = None
    deductions: tuple[Deduction, ...] = ()
    named: tuple[InvoiceNumber, ...] = ()

    @property
    def to_pay(self) -> Money:
        """What is left of it; negative when it is the customer's."""
        return settle(self.invoice.bill, self.deductions).gross


class BillsToMail(Protocol):
    """Finds documents with their customers and the bills before them."""

    def bills(self, numbers: Sequence[str]) -> tuple[Bill, ...]:
        """Return the documents with these numbers; unknown ones are left out.

        The bill before each is that of `Invoices.previous`.
        """
        ...


class InvoicePages(Protocol):
    """Lays out a document."""

    def page(
        self,
        invoice: Invoice,
        customer: Customer,
        *,
        previous: Invoice | None = None,
        deductions: Sequence[Deduction] = (),
        named: Sequence[InvoiceNumber] = (),
    ) -> str:
        """Return the document as a page of HTML; the same document gives the same bytes.

        It names the documents of `named`, which are those of a `Bill`. Where there is a
        `previous` bill, the page tells why this one differs. It shows each deduction with its
        net and VAT, and what they leave to pay.
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
        initial = next(iter(message.named), invoice.original)
        self._mail.send(
            message.customer.person.email,
            _SUBJECTS[invoice.kind].format(number=invoice.number, original=initial),
            f"{invoice.number}: {_asked(message)}.\n",
            self._pages.page(
                invoice,
                message.customer,
                previous=message.previous,
                deductions=message.deductions,
                named=message.named,
            ),
            self._message_id(invoice.number),
        )


def _asked(bill: Bill) -> str:
    """Say what is to be paid and when, or what the customer is given."""
    left = left_as(bill.invoice, bill.to_pay)
    return _ASKED[left].format(left=bill.to_pay, given=-bill.to_pay, due=bill.invoice.due_on)
