"""Bill what is due, ask in advance and settle, correct what changed, preview and explain it."""

from energyretail.application.billing.agree_consolidation import (
    AgreeConsolidation,
    ConsolidationBook,
    ReadConsolidation,
)
from energyretail.application.billing.ask_advances import AskAdvances
from energyretail.application.billing.bill_due_supplies import BillDueSupplies, BillingStep
from energyretail.application.billing.bill_in_bulk import BillInBulk, BulkStep
from energyretail.application.billing.bulk_ports import (
    NO_VALUE,
    AlikeSupplies,
    BulkBills,
    BulkRating,
    Column,
    DuePage,
    IssuedAlike,
    PastBills,
    PastSums,
    RatedAlike,
    ToldAlike,
)
from energyretail.application.billing.consolidate import (
    ConsolidatedInvoices,
    ConsolidateDue,
    ConsolidateInvoices,
    Consolidation,
    ConsolidationStep,
    Membership,
)
from energyretail.application.billing.consolidated_shelves import (
    ConsolidatedInvoiceShelf,
    MemberLine,
)
from energyretail.application.billing.correct_invoices import CorrectInvoices
from energyretail.application.billing.customer_faults import (
    CustomerFaults,
    CustomerFaultShelf,
    FoundFault,
    RecordCustomerFault,
)
from energyretail.application.billing.decide_held_bills import DecideHeldBill, HeldBillByKey
from energyretail.application.billing.deposit_ports import Deposits
from energyretail.application.billing.deposits import (
    AskDeposit,
    GiveBackDeposit,
    ReceiveDeposit,
    WaiveDeposit,
)
from energyretail.application.billing.documents import Documents, Issues
from energyretail.application.billing.drafting import Drafting, DraftingDesk
from energyretail.application.billing.measured_ports import (
    FigureBook,
    TariffBook,
    TariffDocument,
    UsageBook,
)
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
from energyretail.application.billing.plan_shelves import InstalmentPlanShelf
from energyretail.application.billing.plausibility_gate import (
    BillToJudge,
    JudgedPage,
    PlausibilityGate,
)
from energyretail.application.billing.plausibility_ports import (
    BilledBefore,
    HeldBills,
    HeldBillShelf,
    SupplyName,
)
from energyretail.application.billing.ports import (
    InvoiceNames,
    Invoices,
    OutdatedInvoice,
    OutdatedInvoices,
    PricedBy,
    SuppliesToBill,
    SupplyDays,
    SupplyDaySpan,
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
from energyretail.application.billing.take_measured import (
    AddTariff,
    KnownTariffs,
    TakeFigures,
    TakeUsage,
)
from energyretail.application.billing.tend_deposits import (
    DepositsTended,
    DepositTending,
    DocumentsThatLetGo,
    TendDeposits,
)
from energyretail.application.billing.watch_final_bills import (
    EndedSupplies,
    FinalBillsWatched,
    WatchFinalBills,
)
from energyretail.application.billing.watch_refunds import (
    RefundsOwed,
    RefundsWatched,
    WatchRefunds,
)
from energyretail.application.billing.watch_stray_items import (
    StrayItems,
    StrayItemsWatched,
    WatchStrayItems,
)

__all__ = [
    "NO_VALUE",
    "AddTariff",
    "Advances",
    "AgreeConsolidation",
    "AlikeSupplies",
    "AskAdvances",
    "AskDeposit",
    "BillDueSupplies",
    "BillInBulk",
    "BillToJudge",
    "BilledBefore",
    "BillingStep",
    "BulkBills",
    "BulkRating",
    "BulkStep",
    "ClosedPlan",
    "Column",
    "CompareInvoice",
    "ConsolidateDue",
    "ConsolidateInvoices",
    "ConsolidatedInvoiceShelf",
    "ConsolidatedInvoices",
    "Consolidation",
    "ConsolidationBook",
    "ConsolidationStep",
    "ContractsToPlan",
    "CorrectInvoices",
    "CustomerFaultShelf",
    "CustomerFaults",
    "DecideHeldBill",
    "Deductions",
    "DepositTending",
    "Deposits",
    "DepositsTended",
    "Documents",
    "DocumentsThatLetGo",
    "DocumentsThatSettle",
    "Drafting",
    "DraftingDesk",
    "DuePage",
    "EndedSupplies",
    "ExplainInvoice",
    "FigureBook",
    "FinalBillsWatched",
    "FoundFault",
    "GiveBackDeposit",
    "HeldBillByKey",
    "HeldBillShelf",
    "HeldBills",
    "InstalmentPlanShelf",
    "InstalmentPlans",
    "InvoiceByNumber",
    "InvoiceCopy",
    "InvoiceNames",
    "InvoiceShelf",
    "InvoiceSummary",
    "Invoices",
    "IssuedAlike",
    "Issues",
    "JudgedPage",
    "KnownTariffs",
    "LineCopy",
    "MemberLine",
    "Membership",
    "OutdatedInvoice",
    "OutdatedInvoices",
    "PastBills",
    "PastSums",
    "PlanByKey",
    "PlanKey",
    "PlanSettlement",
    "PlanTerms",
    "PlanToAsk",
    "PlansToAsk",
    "PlansToSettle",
    "PlausibilityGate",
    "PreviewBill",
    "PriceBill",
    "PricedBy",
    "RatedAlike",
    "ReadConsolidation",
    "ReceiveDeposit",
    "RecordCustomerFault",
    "RefundsOwed",
    "RefundsWatched",
    "ReviewPlan",
    "SetUpPlan",
    "SettlePlans",
    "SettlingStep",
    "StrayItems",
    "StrayItemsWatched",
    "SuppliesToBill",
    "SupplyDaySpan",
    "SupplyDays",
    "SupplyName",
    "TakeFigures",
    "TakeUsage",
    "TariffBook",
    "TariffDocument",
    "Tariffs",
    "TaxCopy",
    "TendDeposits",
    "ToldAlike",
    "UsageBook",
    "WaiveDeposit",
    "WantedPlan",
    "WatchFinalBills",
    "WatchRefunds",
    "WatchStrayItems",
]
