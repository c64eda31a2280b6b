"""Bill what is due, ask in advance and settle, correct what changed, preview and explain it."""

from energyretail.application.billing.ask_advances import AskAdvances
from energyretail.application.billing.bill_due_supplies import BillDueSupplies, BillingStep
from energyretail.application.billing.correct_invoices import CorrectInvoices
from energyretail.application.billing.documents import Documents
from energyretail.application.billing.plan_ports import (
    Advances,
    ClosedPlan,
    ContractsToPlan,
    Deductions,
    InstalmentPlans,
    PlanKey,
    PlansToAsk,
    PlansToSettle,
    PlanTerms,
    PlanToAsk,
)
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
from energyretail.application.billing.review_plan import PlanByKey, ReviewPlan
from energyretail.application.billing.set_up_plan import SetUpPlan, WantedPlan
from energyretail.application.billing.settle_plans import (
    DocumentsThatSettle,
    PlanSettlement,
    SettlePlans,
    SettlingStep,
)
from energyretail.application.billing.shelves import (
    InvoiceCopy,
    InvoiceShelf,
    InvoiceSummary,
    LineCopy,
    TaxCopy,
)

__all__ = [
    "Advances",
    "AskAdvances",
    "BillDueSupplies",
    "BillingStep",
    "ClosedPlan",
    "CompareInvoice",
    "ContractsToPlan",
    "CorrectInvoices",
    "Deductions",
    "Documents",
    "DocumentsThatSettle",
    "ExplainInvoice",
    "InstalmentPlans",
    "InvoiceByNumber",
    "InvoiceCopy",
    "InvoiceNames",
    "InvoiceShelf",
    "InvoiceSummary",
    "Invoices",
    "LineCopy",
    "OutdatedInvoice",
    "OutdatedInvoices",
    "PlanByKey",
    "PlanKey",
    "PlanSettlement",
    "PlanTerms",
    "PlanToAsk",
    "PlansToAsk",
    "PlansToSettle",
    "PreviewBill",
    "PriceBill",
    "ReviewPlan",
    "SetUpPlan",
    "SettlePlans",
    "SettlingStep",
    "SuppliesToBill",
    "Tariffs",
    "TaxCopy",
    "WantedPlan",
]
