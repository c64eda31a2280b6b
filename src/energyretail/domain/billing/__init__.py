"""From readings to documents: what is due, drafts, invoices, corrections, their postings."""

from energyretail.domain.billing.deductions import (
    Deduction,
    DeductionKind,
    TaxShare,
    tax_shares,
)
from energyretail.domain.billing.drafts import Draft, draft
from energyretail.domain.billing.due import boundaries, due_on, periods_due
from energyretail.domain.billing.explanation import Explanation, LineExplanation, cited, explain
from energyretail.domain.billing.invoices import (
    Invoice,
    InvoiceIssued,
    InvoiceKind,
    credit,
    issue,
)
from energyretail.domain.billing.numbers import DocumentSeries
from energyretail.domain.billing.policy import BillingPolicy
from energyretail.domain.billing.posting import posting_of
from energyretail.domain.billing.supplies import BillableSupply, IndexReading

__all__ = [
    "BillableSupply",
    "BillingPolicy",
    "Deduction",
    "DeductionKind",
    "DocumentSeries",
    "Draft",
    "Explanation",
    "IndexReading",
    "Invoice",
    "InvoiceIssued",
    "InvoiceKind",
    "LineExplanation",
    "TaxShare",
    "boundaries",
    "cited",
    "credit",
    "draft",
    "due_on",
    "explain",
    "issue",
    "periods_due",
    "posting_of",
    "tax_shares",
]
