"""What the API can do, as it needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import attrs

from energyretail.application import billing, contracts, ledger, metering, operations, payments
from energyretail.application import switching as switching_ports
from energyretail.application.shared import Channel, Once
from energyretail.domain import pricing
from energyretail.domain.billing import (
    Comparison,
    Draft,
    Explanation,
    InstalmentPlan,
    Measured,
    RecordedFault,
)
from energyretail.domain.contracts import Contract, Quote
from energyretail.domain.metering import Delivery
from energyretail.domain.operations import BillRun, ClosedWorkItem
from energyretail.domain.shared import Cups, Money, Period

__all__ = [
    "ApiUseCases",
    "BillRunUseCases",
    "CustomerFaultUseCases",
    "DepositUseCases",
    "HeldBillUseCases",
    "ToldUseCases",
]


@attrs.frozen
class ToldUseCases:
    """What takes tariffs, facts of supply points and published figures from documents."""

    tariff_book: billing.TariffBook
    add_tariff: Callable[[pricing.Tariff, Mapping[str, object]], billing.TariffDocument]
    take_usage: Callable[[Cups, Measured], int]
    take_figures: Callable[[pricing.PublishedFigures], int]


@attrs.frozen
class BillRunUseCases:
    """What starts, calls off and watches bill runs.

    `waiting_since` tells when the oldest job that waits was made due, None where none waits.
    """

    start: operations.StartBillRun
    abort: Callable[[int], BillRun]
    resume: Callable[[int], BillRun]
    shelf: operations.BillRunShelf
    waiting_since: Callable[[], datetime | None]


@attrs.frozen
class CustomerFaultUseCases:
    """What puts faults of customers on record, and lists them."""

    record: Callable[[billing.FoundFault], RecordedFault]
    shelf: billing.CustomerFaultShelf


@attrs.frozen
class ConsolidationUseCases:
    """What is agreed on about one document a month."""

    agree: billing.AgreeConsolidation
    read: billing.ReadConsolidation


@attrs.frozen
class HeldBillUseCases:
    """What shows the bills that are held, and decides about them."""

    shelf: billing.HeldBillShelf
    by_key: billing.HeldBillByKey
    decide: billing.DecideHeldBill


@attrs.frozen
class DepositUseCases:
    """What asks for deposits, and does with them what their owner or we decide."""

    shelf: billing.Deposits
    ask: billing.AskDeposit
    receive: billing.ReceiveDeposit
    waive: billing.WaiveDeposit
    give_back: billing.GiveBackDeposit


@attrs.frozen
class ApiUseCases:
    """The use cases and look-ups behind the routes; each may be called from any thread.

    `run_day` moves the company to a business day and makes its steps due; `day_steps` names
    them in order. `readiness` names what must hold to serve, and whether it does; it never
    raises.
    """

    readiness: Callable[[], Mapping[str, bool]]
    once: Once

    # Customers and what they sign
    customers: contracts.Customers
    customer_shelf: contracts.CustomerShelf
    change_customer: contracts.ChangeCustomer
    quotes: contracts.Quotes
    quote_shelf: contracts.QuoteShelf
    quote_supply: Callable[[contracts.QuoteRequest], Quote]
    accept_quote: Callable[[contracts.Acceptance], Contract]
    contract_rows: contracts.Contracts
    contract_shelf: contracts.ContractShelf
    withdraw_contract: Callable[[str], Contract]
    end_supply: contracts.EndSupply

    # What they are supplied with
    supply_point_shelf: contracts.SupplyPointShelf
    switches: switching_ports.Switches
    switch_shelf: switching_ports.SwitchShelf
    reading_shelf: metering.ReadingShelf
    take_readings: Callable[[Delivery], metering.ReadingsTaken]
    today: Callable[[], date]

    # What they owe
    told: ToldUseCases
    price_bill: Callable[[str, pricing.Usage, Period], pricing.PricedBill]
    preview_bill: Callable[[str], Sequence[Draft]]
    set_up_plan: Callable[[billing.WantedPlan], InstalmentPlan]
    plan_by_key: Callable[[str, date], InstalmentPlan]
    plan_shelf: billing.InstalmentPlanShelf
    review_plan: Callable[[str, date, Money, int], InstalmentPlan]
    faults: CustomerFaultUseCases
    held: HeldBillUseCases
    invoice_names: billing.InvoiceNames
    invoice_shelf: billing.InvoiceShelf
    explain_invoice: Callable[[str], Explanation]
    compare_invoice: Callable[[str], Comparison]
    consolidation: ConsolidationUseCases
    consolidate_invoices: billing.ConsolidateInvoices
    consolidated_invoice_shelf: billing.ConsolidatedInvoiceShelf
    deposits: DepositUseCases
    collections: payments.Collections
    collection_shelf: payments.CollectionShelf
    mandates: payments.Mandates
    mandate_shelf: payments.MandateShelf
    payment_file_shelf: payments.PaymentFileShelf
    bank_entry_shelf: payments.BankEntryShelf
    open_item_shelf: ledger.OpenItemShelf
    entry_shelf: ledger.EntryShelf
    check_ledger: Callable[[], ledger.LedgerReport]

    # The running of it
    work_item_shelf: operations.WorkItemShelf
    close_work_item: Callable[[str, str, str], ClosedWorkItem]
    send_again: Callable[[Channel], int]
    business_day_shelf: operations.BusinessDayShelf
    run_day: Callable[[date], None]
    day_steps: tuple[str, ...]
    bill_runs: BillRunUseCases
