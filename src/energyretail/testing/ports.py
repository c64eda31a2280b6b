"""Which suite proves which port, and which adapters keep its promises in memory and for real.

Names are text, ``module:Name``, so that looking at the table imports none of them.
"""

from __future__ import annotations

from typing import Final

from energyretail.testing.billing_ports import BILLING as _BILLING
from energyretail.testing.proven import APPLICATION as _APPLICATION
from energyretail.testing.proven import MEMORY as _MEMORY
from energyretail.testing.proven import ProvenPort, named
from energyretail.testing.proven import row as _row
from energyretail.testing.proven import stored as _stored

__all__ = ["PORTS", "WITHOUT_A_SUITE", "ProvenPort", "named"]


def _shared(name: str, suite: str, memory: str, postgres: str) -> ProvenPort:
    return _stored(f"shared.{name}", suite, memory, postgres)


_SHARED: Final = (
    _shared("work:Work", "shared:WorkConformance", "store:MemoryWork", "database:PostgresWork"),
    _shared(
        "work:Transaction", "shared:WorkConformance", "store:MemoryWork", "database:PostgresWork"
    ),
    _shared("work:Whole", "whole:WholeConformance", "store:MemoryWhole", "database:PostgresWhole"),
    _shared("clock:Clock", "shared:ClockConformance", "shared:MemoryClock", "clock:PostgresClock"),
    _shared(
        "numbers:Numbers",
        "shared:NumbersConformance",
        "shared:MemoryNumbers",
        "numbers:PostgresNumbers",
    ),
    _shared(
        "inbox:Inbox", "messages:InboxConformance", "shared:MemoryInbox", "inbox:PostgresInbox"
    ),
    _shared(
        "outbox:Outbox",
        "messages:OutboxConformance",
        "shared:MemoryOutbox",
        "outbox:PostgresOutbox",
    ),
    _shared("jobs:Jobs", "jobs:JobsConformance", "jobs:MemoryJobs", "jobs:PostgresJobs"),
    _shared(
        "work_list:WorkList",
        "shared:WorkListConformance",
        "shared:MemoryWorkList",
        "work_list:PostgresWorkList",
    ),
    _shared("once:Once", "once:OnceConformance", "once:MemoryOnce", "once:PostgresOnce"),
    _shared("books:Books", "ledger:BooksConformance", "ledger:MemoryBooks", "ledger:PostgresBooks"),
)

_OPERATIONS: Final = (
    *(
        _stored(
            f"operations.bill_run_ports:{name}",
            f"bill_runs:{suite}Conformance",
            f"bill_runs:Memory{name}",
            f"{module}:Postgres{name}",
        )
        for name, suite, module in (
            ("BillRuns", "BillRuns", "bill_runs"),
            ("BillRunShelf", "BillRuns", "bill_run_shelves"),
            ("SuppliesDue", "SuppliesDue", "supplies_due"),
        )
    ),
    _stored(
        "operations.business_day:DayClock",
        "shared:ClockConformance",
        "shared:MemoryClock",
        "clock:PostgresClock",
    ),
    _stored(
        "operations.business_day:BusinessDays",
        "shared:BusinessDaysConformance",
        "business_days:MemoryBusinessDays",
        "business_days:PostgresBusinessDays",
    ),
    _stored(
        "operations.send_again:ParkedMessages",
        "operations:ParkedMessagesConformance",
        "parked_messages:MemoryParkedMessages",
        "parked_messages:PostgresParkedMessages",
    ),
    _stored(
        "operations.close_work_item:WorkItemsToClose",
        "operations_shelves:OperationShelvesConformance",
        "closed_work_items:MemoryWorkItemsToClose",
        "closed_work_items:PostgresWorkItemsToClose",
    ),
    _stored(
        "operations.relay:RelayLocks",
        "operations:RelayLocksConformance",
        "locks:MemoryLocks",
        "locks:ChannelLocks",
    ),
)

_CONTRACTS: Final = (
    _stored(
        "contracts.ports:Customers",
        "contracts:CustomersConformance",
        "contracts:MemoryCustomers",
        "customers:PostgresCustomers",
    ),
    _stored(
        "contracts.ports:Quotes",
        "contracts:QuotesConformance",
        "contracts:MemoryQuotes",
        "customers:PostgresQuotes",
    ),
    _stored(
        "contracts.ports:Contracts",
        "contracts:ContractsConformance",
        "contracts:MemoryContracts",
        "contracts:PostgresContracts",
    ),
    _row(
        "contracts.signature:SignatureService",
        "signature:SignatureServiceConformance",
        f"{_MEMORY}.esign:MemorySignatureService",
        "energyretail.adapters.esign:HttpSignatureService",
    ),
)

_SWITCHING: Final = (
    _row(
        "switching.ports:Registry",
        "registry:RegistryConformance",
        f"{_MEMORY}.switching:MemoryRegistry",
        "energyretail.adapters.registry_es:SpanishRegistry",
    ),
    _stored(
        "switching.ports:Switches",
        "switching:SwitchesConformance",
        "switching:MemorySwitches",
        "switching:PostgresSwitches",
    ),
    _stored(
        "switching.ports:ClaimFacts",
        "facts:ClaimFactsConformance",
        "switching:MemoryClaimFacts",
        "switching:PostgresClaimFacts",
    ),
)

_METERING: Final = (
    *(
        _stored(
            f"metering.ports:{name}",
            "metering:MeteringConformance",
            f"metering:Memory{name}",
            f"metering:Postgres{name}",
        )
        for name in ("Readings", "ReadingPlans", "SuppliesToRead")
    ),
    _row(
        "metering.ports:MeterFilesFolder",
        "folders:FoldersConformance",
        f"{_MEMORY}.folders:MemoryFolder",
        "energyretail.adapters.sftp:SftpFolder",
    ),
    _row(
        "metering.ports:MeterFileReader",
        "formats:MeterFileReaderConformance",
        "",
        "energyretail.adapters.meter_files:read_meter_file",
    ),
)

_LEDGER: Final = tuple(
    _stored(
        f"ledger.ports:{name}",
        "ledger:BooksConformance",
        "ledger:MemoryLedger",
        "ledger:PostgresLedger",
    )
    for name in ("OpenItems", "PostedEntries", "LedgerState")
)

_PAYMENTS: Final = (
    *(
        _stored(
            f"payments.ports:{name}",
            "payments:PaymentsConformance",
            f"payments:Memory{name}",
            f"{module}:Postgres{name}",
        )
        for name, module in (
            ("Mandates", "payments"),
            ("Collections", "payments"),
            ("PaymentFiles", "payments"),
            ("BankEntries", "payments"),
            ("UnpaidItems", "unpaid_items"),
        )
    ),
    _stored(
        "payments.ports:Debtors",
        "facts:DebtorsConformance",
        "payments:MemoryDebtors",
        "debtors:PostgresDebtors",
    ),
    _row(
        "payments.ports:BankGateway",
        "folders:FoldersConformance",
        f"{_MEMORY}.folders:MemoryFolder",
        "energyretail.adapters.sftp:SftpFolder",
    ),
    _row(
        "payments.ports:NotificationReader",
        "formats:NotificationReaderConformance",
        "",
        "energyretail.adapters.iso20022:read_notification",
    ),
    _row(
        "payments.ports:PaymentFileWriter",
        "formats:PaymentFileWriterConformance",
        "",
        "energyretail.adapters.iso20022:write_direct_debits",
    ),
)

_PARTNERS: Final = (
    _row(
        "erp.erp:Erp",
        "erp:ErpConformance",
        f"{_MEMORY}.erp:MemoryErp",
        "energyretail.adapters.erp_soap:SoapErp",
    ),
    _stored(
        "erp.senders:ErpFacts",
        "facts:ErpFactsConformance",
        "erp:MemoryErpFacts",
        "erp:PostgresErpFacts",
    ),
    _stored(
        "documents.send_invoice_mail:BillsToMail",
        "documents:BillsToMailConformance",
        "documents:MemoryBillsToMail",
        "documents:PostgresBillsToMail",
    ),
    _row(
        "documents.send_invoice_mail:MailService",
        "documents:MailServiceConformance",
        f"{_MEMORY}.mail:MemoryMail",
        "energyretail.adapters.smtp:MailRelay",
    ),
    _stored(
        "documents.send_advance_mail:AdvancesToMail",
        "plans:PlansConformance",
        "documents:MemoryAdvancesToMail",
        "documents:PostgresAdvancesToMail",
    ),
    _row(
        "documents.send_advance_mail:AdvancePages",
        "formats:AdvancePagesConformance",
        "",
        "energyretail.adapters.html:HtmlAdvancePages",
    ),
    _row(
        "documents.send_invoice_mail:InvoicePages",
        "formats:InvoicePagesConformance",
        "",
        "energyretail.adapters.html:HtmlInvoicePages",
    ),
)

_SHELVES: Final = (
    ("billing", "Invoice", "InvoiceShelf"),
    ("contracts", "Customer", "CustomerShelf"),
    ("contracts", "Quote", "QuoteShelf"),
    ("contracts", "Contract", "ContractShelf"),
    ("contracts", "SupplyPoint", "SupplyPointShelf"),
    ("ledger", "OpenItem", "LedgerShelves"),
    ("ledger", "Entry", "LedgerShelves"),
    ("metering", "Reading", "ReadingShelf"),
    ("operations", "WorkItem", "OperationShelves"),
    ("operations", "BusinessDay", "OperationShelves"),
    ("payments", "Collection", "PaymentShelves"),
    ("payments", "Mandate", "PaymentShelves"),
    ("payments", "PaymentFile", "PaymentShelves"),
    ("payments", "BankEntry", "PaymentShelves"),
    ("switching", "Switch", "SwitchShelf"),
)

_LISTS: Final = tuple(
    _stored(
        f"{subdomain}.shelves:{what}Shelf",
        f"{subdomain}_shelves:{suite}Conformance",
        f"{subdomain}_shelves:Memory{what}Shelf",
        f"{subdomain}_shelves:Postgres{what}Shelf",
    )
    for subdomain, what, suite in _SHELVES
)

_IMPORTS: Final = (
    _stored(
        "imports.ports:PortfolioStanding",
        "imports:PortfolioStandingConformance",
        "imports:MemoryPortfolioStanding",
        "imports:PostgresPortfolioStanding",
    ),
    *(
        _stored(
            f"imports.ports:{what}ToKeep",
            f"contracts:{what}Conformance",
            f"contracts:Memory{what}",
            f"{module}:Postgres{what}",
        )
        for what, module in (
            ("Customers", "customers"),
            ("Quotes", "customers"),
            ("Contracts", "contracts"),
        )
    ),
    _stored(
        "imports.ports:PointsSupplied",
        "metering:MeteringConformance",
        "metering:MemorySuppliesToRead",
        "metering:PostgresSuppliesToRead",
    ),
    *(
        _stored(
            f"imports.rehearsal:{what}Standing",
            "metering:MeteringConformance",
            f"metering:Memory{store}",
            f"metering:Postgres{store}",
        )
        for what, store in (("Readings", "Readings"), ("Plans", "ReadingPlans"))
    ),
)

PORTS: Final = (
    *_SHARED,
    *_OPERATIONS,
    *_CONTRACTS,
    *_SWITCHING,
    *_METERING,
    *_BILLING,
    *_LEDGER,
    *_PAYMENTS,
    *_PARTNERS,
    *_IMPORTS,
    *_LISTS,
)

_PRODUCTS = "given by a market profile: data, judged by the laws of tariffs and market profiles"
_PORTFOLIO = "our own file format, of which there is one reader: proven by tests of its own"
_BY_COLUMNS = "held to what takes readings in one by one, by tests of its own"

WITHOUT_A_SUITE: Final = {
    f"{_APPLICATION}.billing.ports:Tariffs": _PRODUCTS,
    f"{_APPLICATION}.billing.documents:Issues": "use cases of this house that issue documents",
    f"{_APPLICATION}.contracts.ports:Tariffs": _PRODUCTS,
    f"{_APPLICATION}.imports.ports:Products": _PRODUCTS,
    f"{_APPLICATION}.imports.ports:DeliveredTaken": "a value: what taking readings in returns",
    f"{_APPLICATION}.imports.ports:TakeDelivered": "one use case of this house, of metering",
    f"{_APPLICATION}.imports.ports:PortfolioFolder": _PORTFOLIO,
    f"{_APPLICATION}.imports.ports:RecordReader": _PORTFOLIO,
    f"{_APPLICATION}.metering.bulk_ports:MeterFile": "a value: what MeterFileColumns gives",
    f"{_APPLICATION}.metering.bulk_ports:MeterFileColumns": _BY_COLUMNS,
    f"{_APPLICATION}.metering.bulk_ports:BulkReadings": _BY_COLUMNS,
    f"{_APPLICATION}.payments.ports:BankFile": "a value: part of what a BankGateway gives",
    f"{_APPLICATION}.operations.chunks:Chunk": "a value: what a use case in chunks returns",
    f"{_APPLICATION}.operations.bill_run_ports:RangeBilled": "a value: what a range came to",
    f"{_APPLICATION}.operations.bill_run_ports:BillsARange": "use cases of this house, of billing",
    f"{_APPLICATION}.operations.bill_around_failures:Bounds": "one of this house, of its process",
    f"{_APPLICATION}.shared.beside:Begin": "a value: what a Beside gives",
    f"{_APPLICATION}.shared.beside:Beside": "one of this house, of its process",
    f"{_APPLICATION}.shared.relay:Sender": "use cases of this house, each with tests of its own",
    f"{_APPLICATION}.shared.events:Events": "one use case of this house, application/subscriptions",
}
"""Protocols that no adapter implements, each with the reason."""
