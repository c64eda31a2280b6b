"""The ports of billing, each with the suite that proves its adapters."""

from __future__ import annotations

from typing import Final

from energyretail.testing.proven import row, stored

__all__ = ["BILLING"]

BILLING: Final = (
    *(
        stored(
            f"billing.ports:{name}",
            "billing:BillingConformance",
            f"billing:Memory{name}",
            f"{module}:Postgres{name}",
        )
        for name, module in (
            ("Invoices", "billing"),
            ("SuppliesToBill", "billing_supplies"),
            ("OutdatedInvoices", "billing_supplies"),
        )
    ),
    stored(
        "billing.bulk_ports:BulkBills",
        "bulk:BulkConformance",
        "bulk_bills:MemoryBulkBills",
        "bulk_bills:PostgresBulkBills",
    ),
    row(
        "billing.bulk_ports:BulkRating",
        "bulk:BulkConformance",
        "",
        "energyretail.adapters.columnar:ColumnarRating",
    ),
    stored(
        "billing.ports:SupplyDays",
        "supply_days:SupplyDaysConformance",
        "supply_days:MemorySupplyDays",
        "supply_days:PostgresSupplyDays",
    ),
    *(
        stored(
            f"billing.measured_ports:{name}",
            "measured:MeasuredConformance",
            f"measured:Memory{name}",
            f"measured:Postgres{name}",
        )
        for name in ("UsageBook", "FigureBook", "TariffBook")
    ),
    stored(
        "billing.deposit_ports:Deposits",
        "deposits:DepositsConformance",
        "deposits:MemoryDeposits",
        "deposits:PostgresDeposits",
    ),
    stored(
        "billing.watch_final_bills:EndedSupplies",
        "deposits:DepositsConformance",
        "deposits:MemoryEndedSupplies",
        "ended_supplies:PostgresEndedSupplies",
    ),
    stored(
        "billing.watch_stray_items:StrayItems",
        "stray_items:StrayItemsConformance",
        "stray_items:MemoryStrayItems",
        "stray_items:PostgresStrayItems",
    ),
    stored(
        "billing.watch_refunds:RefundsOwed",
        "deposits:DepositsConformance",
        "refunds:MemoryRefundsOwed",
        "refunds:PostgresRefundsOwed",
    ),
    stored(
        "billing.agree_consolidation:ConsolidationBook",
        "consolidation_book:ConsolidationBookConformance",
        "consolidation_book:MemoryConsolidationBook",
        "consolidation_book:PostgresConsolidationBook",
    ),
    stored(
        "billing.consolidate:ConsolidatedInvoices",
        "consolidated:ConsolidatedConformance",
        "consolidated:MemoryConsolidatedInvoices",
        "consolidated:PostgresConsolidatedInvoices",
    ),
    stored(
        "billing.consolidated_shelves:ConsolidatedInvoiceShelf",
        "consolidated:ConsolidatedConformance",
        "consolidated:MemoryConsolidatedInvoiceShelf",
        "consolidated_shelves:PostgresConsolidatedInvoiceShelf",
    ),
    *(
        stored(
            f"billing.customer_faults:{name}",
            "customer_faults:CustomerFaultsConformance",
            *(f"customer_faults:{where}{name}" for where in ("Memory", "Postgres")),
        )
        for name in ("CustomerFaults", "CustomerFaultShelf")
    ),
    stored(
        "billing.plausibility_ports:BilledBefore",
        "held_bills:HeldBillsConformance",
        "held_bills:MemoryBilledBefore",
        "billed_before:PostgresBilledBefore",
    ),
    *(
        stored(
            f"billing.plausibility_ports:{name}",
            "held_bills:HeldBillsConformance",
            *(f"held_bills:{where}{name}" for where in ("Memory", "Postgres")),
        )
        for name in ("HeldBills", "HeldBillShelf")
    ),
    stored(
        "billing.plan_shelves:InstalmentPlanShelf",
        "plans:PlansConformance",
        *(f"plan_shelves:{where}InstalmentPlanShelf" for where in ("Memory", "Postgres")),
    ),
    stored(
        "billing.ports:InvoiceNames",
        "documents:InvoiceNamesConformance",
        *(f"invoice_names:{where}InvoiceNames" for where in ("Memory", "Postgres")),
    ),
    *(
        stored(
            f"billing.plan_ports:{name}",
            "plans:PlansConformance",
            f"plans:Memory{name}",
            f"{module}:Postgres{name}",
        )
        for module, names in (
            ("plans", ("ContractsToPlan", "InstalmentPlans")),
            ("advances", ("PlansToAsk", "Advances", "PlansToSettle", "Deductions")),
        )
        for name in names
    ),
)
