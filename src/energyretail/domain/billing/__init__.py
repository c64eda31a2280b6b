"""From readings to documents: what is due, drafts, invoices, corrections, their postings."""

from energyretail.domain.billing.consolidated import (
    ConsolidatedInvoice,
    ConsolidatedInvoiceIssued,
    ConsolidatedMember,
    ConsolidatedTotals,
)
from energyretail.domain.billing.deductions import (
    Deduction,
    DeductionKind,
    TaxShare,
    tax_shares,
)
from energyretail.domain.billing.deposit_rules import DayCount, DepositRules
from energyretail.domain.billing.deposits import (
    DEPOSIT_TABLE,
    Deposit,
    DepositAsked,
    DepositReceived,
    DepositReleased,
    DepositState,
    DepositStep,
    DepositTrigger,
    InterestCredited,
)
from energyretail.domain.billing.drafts import Draft, draft
from energyretail.domain.billing.due import boundaries, due_on, periods_due
from energyretail.domain.billing.explanation import Explanation, LineExplanation, cited, explain
from energyretail.domain.billing.final_bills import (
    EndedSupply,
    FinalBillDeadline,
    FinalBillRules,
    TimeLimit,
    TimeUnit,
    final_bill_due,
    final_bill_item,
    refund_due,
)
from energyretail.domain.billing.held_deposits import HeldDeposit, tended
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
from energyretail.domain.billing.refunds import RefundOwed, refund_item
from energyretail.domain.billing.supplies import BillableSupply, IndexReading

__all__ = [
    "DEPOSIT_TABLE",
    "BillableSupply",
    "BillingPolicy",
    "ConsolidatedInvoice",
    "ConsolidatedInvoiceIssued",
    "ConsolidatedMember",
    "ConsolidatedTotals",
    "DayCount",
    "Deduction",
    "DeductionKind",
    "Deposit",
    "DepositAsked",
    "DepositReceived",
    "DepositReleased",
    "DepositRules",
    "DepositState",
    "DepositStep",
    "DepositTrigger",
    "DocumentSeries",
    "Draft",
    "EndedSupply",
    "Explanation",
    "FinalBillDeadline",
    "FinalBillRules",
    "HeldDeposit",
    "IndexReading",
    "InterestCredited",
    "Invoice",
    "InvoiceIssued",
    "InvoiceKind",
    "LineExplanation",
    "RefundOwed",
    "TaxShare",
    "TimeLimit",
    "TimeUnit",
    "boundaries",
    "cited",
    "credit",
    "draft",
    "due_on",
    "explain",
    "final_bill_due",
    "final_bill_item",
    "issue",
    "periods_due",
    "posting_of",
    "refund_due",
    "refund_item",
    "tax_shares",
    "tended",
]
