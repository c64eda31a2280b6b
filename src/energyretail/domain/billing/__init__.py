"""From readings to documents: what is due, drafts, invoices, corrections, their postings."""

from energyretail.domain.billing.comparison import (
    Comparison,
    Effect,
    EffectKind,
    PartComparison,
    compare,
)
from energyretail.domain.billing.comparison_figures import BillFigures, PartFigures
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
    "BillFigures",
    "BillableSupply",
    "BillingPolicy",
    "Comparison",
    "DocumentSeries",
    "Draft",
    "Effect",
    "EffectKind",
    "Explanation",
    "IndexReading",
    "Invoice",
    "InvoiceIssued",
    "InvoiceKind",
    "LineExplanation",
    "PartComparison",
    "PartFigures",
    "boundaries",
    "cited",
    "compare",
    "credit",
    "draft",
    "due_on",
    "explain",
    "issue",
    "periods_due",
    "posting_of",
]
