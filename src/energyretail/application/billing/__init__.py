"""Bill what is due, correct what changed, preview and explain it."""

from energyretail.application.billing.bill_due_supplies import BillDueSupplies, BillingStep
from energyretail.application.billing.consolidate import (
    ConsolidatedInvoices,
    ConsolidateInvoices,
)
from energyretail.application.billing.consolidated_shelves import (
    ConsolidatedInvoiceShelf,
    MemberLine,
)
from energyretail.application.billing.correct_invoices import CorrectInvoices
from energyretail.application.billing.deposit_ports import Deposits
from energyretail.application.billing.deposits import (
    AskDeposit,
    GiveBackDeposit,
    ReceiveDeposit,
    WaiveDeposit,
)
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
from energyretail.application.billing.read_invoice import ExplainInvoice, InvoiceByNumber
from energyretail.application.billing.shelves import (
    InvoiceCopy,
    InvoiceShelf,
    InvoiceSummary,
    LineCopy,
    TaxCopy,
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

__all__ = [
    "AskDeposit",
    "BillDueSupplies",
    "BillingStep",
    "ConsolidateInvoices",
    "ConsolidatedInvoiceShelf",
    "ConsolidatedInvoices",
    "CorrectInvoices",
    "DepositTending",
    "Deposits",
    "DepositsTended",
    "Documents",
    "DocumentsThatLetGo",
    "EndedSupplies",
    "ExplainInvoice",
    "FinalBillsWatched",
    "GiveBackDeposit",
    "InvoiceByNumber",
    "InvoiceCopy",
    "InvoiceNames",
    "InvoiceShelf",
    "InvoiceSummary",
    "Invoices",
    "LineCopy",
    "MemberLine",
    "OutdatedInvoice",
    "OutdatedInvoices",
    "PreviewBill",
    "PriceBill",
    "ReceiveDeposit",
    "RefundsOwed",
    "RefundsWatched",
    "SuppliesToBill",
    "Tariffs",
    "TaxCopy",
    "TendDeposits",
    "WaiveDeposit",
    "WatchFinalBills",
    "WatchRefunds",
]
