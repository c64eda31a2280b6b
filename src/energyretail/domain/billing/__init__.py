"""From readings and plans to documents: drafts, invoices, advances, settlements, postings."""

from energyretail.domain.billing.advances import (
    Advance,
    AdvanceAsked,
    advance_posting,
    ask,
    split_gross,
    tax_of_advances,
)
from energyretail.domain.billing.closing import PlanClosing, PlanSettled, close_plan
from energyretail.domain.billing.comparison import (
    Comparison,
    Effect,
    EffectKind,
    PartComparison,
    compare,
)
from energyretail.domain.billing.comparison_figures import BillFigures, PartFigures
from energyretail.domain.billing.deductions import (
    Deduction,
    DeductionKind,
    TaxShare,
    tax_shares,
)
from energyretail.domain.billing.drafts import Draft, draft
from energyretail.domain.billing.due import boundaries, due_on, held_for_plans, periods_due
from energyretail.domain.billing.explanation import Explanation, LineExplanation, cited, explain
from energyretail.domain.billing.instalments import Instalment, due_dates, spread
from energyretail.domain.billing.invoices import (
    Invoice,
    InvoiceIssued,
    InvoiceKind,
    credit,
    issue,
)
from energyretail.domain.billing.numbers import DocumentSeries
from energyretail.domain.billing.plans import (
    EndOfPlan,
    InstalmentPlan,
    PlanMade,
    PlanReviewed,
    review,
    roll_over,
    set_up,
    true_up,
)
from energyretail.domain.billing.policy import BillingPolicy
from energyretail.domain.billing.posting import posting_of
from energyretail.domain.billing.settlement import (
    Settlement,
    TakenOff,
    settle,
    share_out,
    take_off,
)
from energyretail.domain.billing.supplies import BillableSupply, IndexReading

__all__ = [
    "Advance",
    "AdvanceAsked",
    "BillFigures",
    "BillableSupply",
    "BillingPolicy",
    "Comparison",
    "Deduction",
    "DeductionKind",
    "DocumentSeries",
    "Draft",
    "Effect",
    "EffectKind",
    "EndOfPlan",
    "Explanation",
    "IndexReading",
    "Instalment",
    "InstalmentPlan",
    "Invoice",
    "InvoiceIssued",
    "InvoiceKind",
    "LineExplanation",
    "PartComparison",
    "PartFigures",
    "PlanClosing",
    "PlanMade",
    "PlanReviewed",
    "PlanSettled",
    "Settlement",
    "TakenOff",
    "TaxShare",
    "advance_posting",
    "ask",
    "boundaries",
    "cited",
    "close_plan",
    "compare",
    "credit",
    "draft",
    "due_dates",
    "due_on",
    "explain",
    "held_for_plans",
    "issue",
    "periods_due",
    "posting_of",
    "review",
    "roll_over",
    "set_up",
    "settle",
    "share_out",
    "split_gross",
    "spread",
    "take_off",
    "tax_of_advances",
    "tax_shares",
    "true_up",
]
