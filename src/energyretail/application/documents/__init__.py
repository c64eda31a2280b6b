"""Sending documents to customers."""

from energyretail.application.documents.send_invoice_mail import (
    Bill,
    BillsToMail,
    InvoicePages,
    MailService,
    SendInvoiceMail,
)

__all__ = ["Bill", "BillsToMail", "InvoicePages", "MailService", "SendInvoiceMail"]
