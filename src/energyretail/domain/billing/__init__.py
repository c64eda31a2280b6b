"""From readings to documents: what is due, drafts, invoices, corrections, their postings."""

from energyretail.domain.billing.back_billing import (
    BACK_BILLING,
    BackBillingLimit,
    BackBillingRule,
    CustomerFault,
    limit_back_billing,
)
from energyretail.domain.billing.comparison import (
    Comparison,
    Effect,
    EffectKind,
    PartComparison,
    compare,
)
from energyretail.domain.billing.comparison_figures import BillFigures, PartFigures
from energyretail.domain.billing.completeness import DaySpan, DayState, classify_days
from energyretail.domain.billing.corrections import (
    CorrectionMethod,
    CorrectionRules,
    changes_nothing,
)
from energyretail.domain.billing.differences import difference, rectify
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
from energyretail.domain.billing.price_digests import price_digest
from energyretail.domain.billing.supplies import BillableSupply, IndexReading

__all__ = [
    "BACK_BILLING",
    "BackBillingLimit",
    "BackBillingRule",
    "BillFigures",
    "BillableSupply",
    "BillingPolicy",
    "Comparison",
    "CorrectionMethod",
    "CorrectionRules",
    "CustomerFault",
    "DaySpan",
    "DayState",
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
    "changes_nothing",
    "cited",
    "classify_days",
    "compare",
    "credit",
    "difference",
    "draft",
    "due_on",
    "explain",
    "issue",
    "limit_back_billing",
    "periods_due",
    "posting_of",
    "price_digest",
    "rectify",
]
