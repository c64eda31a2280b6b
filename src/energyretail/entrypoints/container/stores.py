"""What the company keeps, in Postgres."""

from __future__ import annotations

from dependency_injector import providers

from energyretail.adapters.postgres.advances import (
    PostgresAdvances,
    PostgresDeductions,
    PostgresPlansToAsk,
    PostgresPlansToSettle,
)
from energyretail.adapters.postgres.billed_before import PostgresBilledBefore
from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.billing_shelves import PostgresInvoiceShelf
from energyretail.adapters.postgres.billing_supplies import (
    PostgresSuppliesToBill,
)
from energyretail.adapters.postgres.business_days import PostgresBusinessDays
from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.consolidated import PostgresConsolidatedInvoices
from energyretail.adapters.postgres.consolidated_shelves import PostgresConsolidatedInvoiceShelf
from energyretail.adapters.postgres.consolidation_book import PostgresConsolidationBook
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.contracts_shelves import (
    PostgresContractShelf,
    PostgresCustomerShelf,
    PostgresQuoteShelf,
    PostgresSupplyPointShelf,
)
from energyretail.adapters.postgres.customer_faults import (
    PostgresCustomerFaults,
    PostgresCustomerFaultShelf,
)
from energyretail.adapters.postgres.customers import PostgresCustomers, PostgresQuotes
from energyretail.adapters.postgres.database import NO_LIMITS, POOL_SIZE, Database, PostgresWork
from energyretail.adapters.postgres.deposits import PostgresDeposits
from energyretail.adapters.postgres.documents import PostgresAdvancesToMail, PostgresBillsToMail
from energyretail.adapters.postgres.ended_supplies import PostgresEndedSupplies
from energyretail.adapters.postgres.held_bills import PostgresHeldBills, PostgresHeldBillShelf
from energyretail.adapters.postgres.inbox import PostgresInbox
from energyretail.adapters.postgres.invoice_names import PostgresInvoiceNames
from energyretail.adapters.postgres.jobs import PostgresJobs
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.adapters.postgres.ledger_shelves import PostgresEntryShelf, PostgresOpenItemShelf
from energyretail.adapters.postgres.locks import ChannelLocks
from energyretail.adapters.postgres.measured import (
    PostgresFigureBook,
    PostgresTariffBook,
    PostgresUsageBook,
)
from energyretail.adapters.postgres.metering import (
    PostgresReadingPlans,
    PostgresReadings,
    PostgresSuppliesToRead,
)
from energyretail.adapters.postgres.metering_shelves import PostgresReadingShelf
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.once import PostgresOnce
from energyretail.adapters.postgres.operations_shelves import (
    PostgresBusinessDayShelf,
    PostgresWorkItemShelf,
)
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.payments import (
    PostgresCollections,
    PostgresMandates,
    PostgresPaymentFiles,
)
from energyretail.adapters.postgres.payments_shelves import (
    PostgresBankEntryShelf,
    PostgresCollectionShelf,
    PostgresMandateShelf,
    PostgresPaymentFileShelf,
)
from energyretail.adapters.postgres.plan_shelves import PostgresInstalmentPlanShelf
from energyretail.adapters.postgres.plans import (
    PostgresContractsToPlan,
    PostgresInstalmentPlans,
)
from energyretail.adapters.postgres.refunds import PostgresRefundsOwed
from energyretail.adapters.postgres.stray_items import PostgresStrayItems
from energyretail.adapters.postgres.supply_days import PostgresSupplyDays
from energyretail.adapters.postgres.switching import PostgresSwitches
from energyretail.adapters.postgres.switching_shelves import PostgresSwitchShelf
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.adapters.tariff_json import read_tariff
from energyretail.application import billing, operations
from energyretail.entrypoints.container.choices import Choices
from energyretail.entrypoints.settings import Settings

__all__ = ["Stores"]

One = providers.Singleton


def _url(settings: Settings) -> str:
    if settings.database_url is None:
        raise ValueError("settings without a database")
    return settings.database_url.get_secret_value()


class Stores(Choices):
    """Every port to the one database."""

    # What serves callers gives its own; whatever else runs waits as long as it takes.
    pool_size = providers.Object(POOL_SIZE)
    limits = providers.Object(NO_LIMITS)
    database = One(Database, One(_url, Choices.settings), pool_size=pool_size, limits=limits)
    work = One(PostgresWork, database)
    clock = One(PostgresClock, database)
    numbers = One(PostgresNumbers, database)
    inbox = One(PostgresInbox, database)
    once = One(PostgresOnce, database)
    jobs = One(PostgresJobs, database)
    outbox = One(operations.RelayedOutbox, One(PostgresOutbox, database), jobs)
    work_list = One(PostgresWorkList, database)
    books = One(PostgresBooks, database)
    ledger_rows = One(PostgresLedger, database)
    locks = One(ChannelLocks, database)
    days = One(PostgresBusinessDays, database)
    customers = One(PostgresCustomers, database)
    quotes = One(PostgresQuotes, database)
    contract_rows = One(PostgresContracts, database)
    switches = One(PostgresSwitches, database)
    readings = One(PostgresReadings, database)
    reading_plans = One(PostgresReadingPlans, database)
    supplies_to_read = One(PostgresSuppliesToRead, database)
    invoices = One(PostgresInvoices, database)
    invoice_names = One(PostgresInvoiceNames, database)
    billed_before = One(PostgresBilledBefore, database)
    held_bills = One(PostgresHeldBills, database)
    supplies_to_bill = One(PostgresSuppliesToBill, database)
    contracts_to_plan = One(PostgresContractsToPlan, database)
    plans = One(PostgresInstalmentPlans, database)
    plans_to_ask = One(PostgresPlansToAsk, database)
    plans_to_settle = One(PostgresPlansToSettle, database)
    advances = One(PostgresAdvances, database)
    deductions = One(PostgresDeductions, database)
    deposits = One(PostgresDeposits, database)
    customer_faults = One(PostgresCustomerFaults, database)
    ended_supplies = One(PostgresEndedSupplies, database)
    refunds_owed = One(PostgresRefundsOwed, database)
    consolidated_invoices = One(PostgresConsolidatedInvoices, database)
    consolidation_book = One(PostgresConsolidationBook, database)
    stray_items = One(PostgresStrayItems, database)
    usage_book = One(PostgresUsageBook, database)
    figure_book = One(PostgresFigureBook, database)
    tariff_book = One(PostgresTariffBook, database, providers.Object(read_tariff))
    tariffs = One(
        billing.KnownTariffs,
        market=Choices.market_tariffs,
        book=tariff_book,
        figures=figure_book,
    )
    supply_days = One(PostgresSupplyDays, database, reading=Choices.reading_rules)
    mandates = One(PostgresMandates, database)
    collections = One(PostgresCollections, database)
    payment_files = One(PostgresPaymentFiles, database)

    bills_to_mail = One(PostgresBillsToMail, database)
    advances_to_mail = One(PostgresAdvancesToMail, database)

    # The lists, a page at a time
    customer_shelf = One(PostgresCustomerShelf, database)
    quote_shelf = One(PostgresQuoteShelf, database)
    contract_shelf = One(PostgresContractShelf, database)
    supply_point_shelf = One(PostgresSupplyPointShelf, database)
    switch_shelf = One(PostgresSwitchShelf, database)
    reading_shelf = One(PostgresReadingShelf, database)
    invoice_shelf = One(PostgresInvoiceShelf, database)
    held_bill_shelf = One(PostgresHeldBillShelf, database)
    customer_fault_shelf = One(PostgresCustomerFaultShelf, database)
    plan_shelf = One(PostgresInstalmentPlanShelf, database)
    consolidated_invoice_shelf = One(PostgresConsolidatedInvoiceShelf, database)
    collection_shelf = One(PostgresCollectionShelf, database)
    mandate_shelf = One(PostgresMandateShelf, database)
    payment_file_shelf = One(PostgresPaymentFileShelf, database)
    bank_entry_shelf = One(PostgresBankEntryShelf, database)
    open_item_shelf = One(PostgresOpenItemShelf, database)
    entry_shelf = One(PostgresEntryShelf, database)
    work_item_shelf = One(PostgresWorkItemShelf, database)
    business_day_shelf = One(PostgresBusinessDayShelf, database)
