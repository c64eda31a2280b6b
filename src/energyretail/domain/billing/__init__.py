"""From readings and plans to documents: drafts, invoices, advances, settlements, postings."""

from energyretail.domain.billing.advances import (
    Advance,
    AdvanceAsked,
    advance_posting,
    ask,
    split_gross,
    tax_of_advances,
)
from energyretail.domain.billing.back_billing import (
    BACK_BILLING,
    BackBillingLimit,
    BackBillingRule,
    limit_back_billing,
    reaches_back,
)
from energyretail.domain.billing.bill_deadlines import BillDeadline, BillRules, bill_due_by
from energyretail.domain.billing.charged_twice import charge_a_day_both, charges_a_day_twice
from energyretail.domain.billing.closing import (
    ClosingBill,
    ItemLeft,
    PlanClosing,
    PlanSettled,
    close_plan,
)
from energyretail.domain.billing.comparison import (
    Comparison,
    Effect,
    EffectKind,
    PartComparison,
    compare,
)
from energyretail.domain.billing.comparison_figures import (
    BillFigures,
    PartFigures,
)
from energyretail.domain.billing.completeness import (
    DaySpan,
    DayState,
    classify_days,
)
from energyretail.domain.billing.consolidated import (
    ConsolidatedInvoice,
    ConsolidatedInvoiceIssued,
    ConsolidatedMember,
    ConsolidatedTotals,
    one_due_day,
    payable_on,
)
from energyretail.domain.billing.corrections import (
    CorrectionMethod,
    CorrectionRules,
    changes_nothing,
)
from energyretail.domain.billing.customer_faults import (
    CustomerFault,
    CustomerFaultRecorded,
    FaultDays,
    RecordedFault,
    record_fault,
)
from energyretail.domain.billing.deductions import (
    Deduction,
    DeductionKind,
    TaxShare,
    tax_shares,
)
from energyretail.domain.billing.deposit_rules import (
    DayCount,
    DepositRules,
)
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
from energyretail.domain.billing.differences import (
    difference,
    rectify,
)
from energyretail.domain.billing.drafts import (
    Draft,
    Rateable,
    bill_kept,
    draft,
    measures_read,
    over_days,
    rateable,
    rated,
)
from energyretail.domain.billing.due import (
    boundaries,
    due_on,
    held_for_plans,
    is_held_for_plan,
    periods_due,
)
from energyretail.domain.billing.explanation import (
    Explanation,
    LineExplanation,
    cited,
    explain,
)
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
from energyretail.domain.billing.held_bills import (
    HELD_BILL_TABLE,
    Decision,
    HeldBill,
    HeldBillState,
    HeldBillTrigger,
    draft_digest,
    held_bill_item,
    hold,
)
from energyretail.domain.billing.held_deposits import (
    HeldDeposit,
    tended,
)
from energyretail.domain.billing.instalments import (
    Instalment,
    due_dates,
    spread,
)
from energyretail.domain.billing.invoices import (
    Invoice,
    InvoiceIssued,
    InvoiceKind,
    credit,
    issue,
)
from energyretail.domain.billing.judged_use import (
    BilledUse,
    JudgedBill,
    use_of_draft,
    use_of_invoice,
    whole_counts,
)
from energyretail.domain.billing.measured import (
    NOT_MEASURED,
    Declared,
    Measured,
    VolumeRegister,
)
from energyretail.domain.billing.numbers import (
    DocumentSeries,
)
from energyretail.domain.billing.parked import (
    PARKED_KIND,
    above_parked,
    parked_key,
    parked_of,
)
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
from energyretail.domain.billing.plausibility import (
    NO_PLAUSIBILITY,
    Finding,
    PlausibilityLimits,
    PlausibilityRules,
    Seasons,
)
from energyretail.domain.billing.plausibility_rules import (
    PLAUSIBILITY_RULES,
    PlausibilityRule,
    find_implausible,
)
from energyretail.domain.billing.policy import (
    BillingPolicy,
)
from energyretail.domain.billing.posting import (
    PostingShare,
    posting_of,
    posting_shares,
)
from energyretail.domain.billing.price_digests import (
    price_digest,
)
from energyretail.domain.billing.refunds import (
    RefundOwed,
    refund_item,
)
from energyretail.domain.billing.settlement import (
    LeftAs,
    Settlement,
    TakenOff,
    left_as,
    settle,
    share_out,
    take_off,
)
from energyretail.domain.billing.stages import BillStage, stage_of
from energyretail.domain.billing.stray_items import (
    STRAY_LOOK_BACK,
    StrayItem,
    far_days,
    refuse_far_items,
    stray_work_item,
)
from energyretail.domain.billing.supplies import (
    BillableSupply,
    IndexReading,
)
from energyretail.domain.billing.surely_plausible import (
    PastNumbers,
    UseNumbers,
    Yardstick,
    whole_weights,
)
from energyretail.domain.billing.usage_to_bill import (
    NO_BASIS,
    Basis,
    names_read,
    usage_to_bill,
)

__all__ = [
    "BACK_BILLING",
    "DEPOSIT_TABLE",
    "HELD_BILL_TABLE",
    "NOT_MEASURED",
    "NO_BASIS",
    "NO_PLAUSIBILITY",
    "PARKED_KIND",
    "PLAUSIBILITY_RULES",
    "STRAY_LOOK_BACK",
    "Advance",
    "AdvanceAsked",
    "BackBillingLimit",
    "BackBillingRule",
    "Basis",
    "BillDeadline",
    "BillFigures",
    "BillRules",
    "BillStage",
    "BillableSupply",
    "BilledUse",
    "BillingPolicy",
    "ClosingBill",
    "Comparison",
    "ConsolidatedInvoice",
    "ConsolidatedInvoiceIssued",
    "ConsolidatedMember",
    "ConsolidatedTotals",
    "CorrectionMethod",
    "CorrectionRules",
    "CustomerFault",
    "CustomerFaultRecorded",
    "DayCount",
    "DaySpan",
    "DayState",
    "Decision",
    "Declared",
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
    "Effect",
    "EffectKind",
    "EndOfPlan",
    "EndedSupply",
    "Explanation",
    "FaultDays",
    "FinalBillDeadline",
    "FinalBillRules",
    "Finding",
    "HeldBill",
    "HeldBillState",
    "HeldBillTrigger",
    "HeldDeposit",
    "IndexReading",
    "Instalment",
    "InstalmentPlan",
    "InterestCredited",
    "Invoice",
    "InvoiceIssued",
    "InvoiceKind",
    "ItemLeft",
    "JudgedBill",
    "LeftAs",
    "LineExplanation",
    "Measured",
    "PartComparison",
    "PartFigures",
    "PastNumbers",
    "PlanClosing",
    "PlanMade",
    "PlanReviewed",
    "PlanSettled",
    "PlausibilityLimits",
    "PlausibilityRule",
    "PlausibilityRules",
    "PostingShare",
    "Rateable",
    "RecordedFault",
    "RefundOwed",
    "Seasons",
    "Settlement",
    "StrayItem",
    "TakenOff",
    "TaxShare",
    "TimeLimit",
    "TimeUnit",
    "UseNumbers",
    "VolumeRegister",
    "Yardstick",
    "above_parked",
    "advance_posting",
    "ask",
    "bill_due_by",
    "bill_kept",
    "boundaries",
    "changes_nothing",
    "charge_a_day_both",
    "charges_a_day_twice",
    "cited",
    "classify_days",
    "close_plan",
    "compare",
    "credit",
    "difference",
    "draft",
    "draft_digest",
    "due_dates",
    "due_on",
    "explain",
    "far_days",
    "final_bill_due",
    "final_bill_item",
    "find_implausible",
    "held_bill_item",
    "held_for_plans",
    "hold",
    "is_held_for_plan",
    "issue",
    "left_as",
    "limit_back_billing",
    "measures_read",
    "names_read",
    "one_due_day",
    "over_days",
    "parked_key",
    "parked_of",
    "payable_on",
    "periods_due",
    "posting_of",
    "posting_shares",
    "price_digest",
    "rateable",
    "rated",
    "reaches_back",
    "record_fault",
    "rectify",
    "refund_due",
    "refund_item",
    "refuse_far_items",
    "review",
    "roll_over",
    "set_up",
    "settle",
    "share_out",
    "split_gross",
    "spread",
    "stage_of",
    "stray_work_item",
    "take_off",
    "tax_of_advances",
    "tax_shares",
    "tended",
    "true_up",
    "usage_to_bill",
    "use_of_draft",
    "use_of_invoice",
    "whole_counts",
    "whole_weights",
]
