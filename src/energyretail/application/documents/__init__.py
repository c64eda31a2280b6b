"""Sending documents to customers."""

from energyretail.application.documents.send_advance_mail import (
    AddressedAdvance,
    AdvancePages,
    AdvancesToMail,
    SendAdvanceMail,
)
from energyretail.application.documents.send_invoice_mail import (
    Bill,
    BillsToMail,
    InvoicePages,
    MailService,
    SendInvoiceMail,
)

__all__ = [
    "AddressedAdvance",
    "AdvancePages",
    "AdvancesToMail",
    "Bill",
    "BillsToMail",
    "InvoicePages",
    "MailService",
    "SendAdvanceMail",
    "SendInvoiceMail",
]
