"""Bill what is due, correct what changed, preview, explain and compare it."""

from energyretail.application.billing.bill_due_supplies import BillDueSupplies, BillingStep
from energyretail.application.billing.correct_invoices import CorrectInvoices
from energyretail.application.billing.documents import Documents
from energyretail.application.billing.ports import (
    InvoiceNames,
    Invoices,
    OutdatedInvoice,
    OutdatedInvoices,
    SuppliesToBill,
    Tariffs,
)
from energyretail.application.billing.preview_bill import PreviewBill, PriceBill
from energyretail.application.billing.read_invoice import (
    CompareInvoice,
    ExplainInvoice,
    InvoiceByNumber,
)
from energyretail.application.billing.shelves import (
    InvoiceCopy,
    InvoiceShelf,
    InvoiceSummary,
    LineCopy,
    TaxCopy,
)

__all__ = [
    "BillDueSupplies",
    "BillingStep",
    "CompareInvoice",
    "CorrectInvoices",
    "Documents",
    "ExplainInvoice",
    "InvoiceByNumber",
    "InvoiceCopy",
    "InvoiceNames",
    "InvoiceShelf",
    "InvoiceSummary",
    "Invoices",
    "LineCopy",
    "OutdatedInvoice",
    "OutdatedInvoices",
    "PreviewBill",
    "PriceBill",
    "SuppliesToBill",
    "Tariffs",
    "TaxCopy",
]
