"""What may be asked of the company, and what an event starts."""

from __future__ import annotations

from dependency_injector import providers

from energyretail.adapters.postgres.closed_work_items import PostgresWorkItemsToClose
from energyretail.adapters.postgres.debtors import PostgresDebtors
from energyretail.adapters.postgres.parked_messages import PostgresParkedMessages
from energyretail.adapters.postgres.switching import PostgresClaimFacts
from energyretail.application import (
    billing,
    contracts,
    ledger,
    metering,
    operations,
    payments,
    switching,
)
from energyretail.application.subscriptions import Reactions, Subscriptions
from energyretail.entrypoints.container.choices import Choices
from energyretail.entrypoints.container.partners import Partners
from energyretail.entrypoints.container.stores import Stores

__all__ = ["Doors"]

One = providers.Singleton


class Doors(Partners):
    """The use cases behind API and command line, and the reactions to events."""

    # What an event starts; the reactions record events themselves, hence the late look-up
    reactions: providers.Provider[Reactions] = providers.Dependency(instance_of=Reactions)
    events = One(Subscriptions, Stores.outbox, reactions.provider)

    follow_switches = One(contracts.FollowSwitches, events=events, contracts=Stores.contract_rows)
    register_mandate = One(
        payments.RegisterMandate,
        mandates=Stores.mandates,
        debtors=One(PostgresDebtors, Stores.database),
        events=events,
        creditor=Choices.creditor,
    )
    request_switch = One(
        switching.RequestSwitch,
        switches=Stores.switches,
        facts=One(PostgresClaimFacts, Stores.database),
        numbers=Stores.numbers,
        outbox=Stores.outbox,
        work_list=Stores.work_list,
        events=events,
        clock=Stores.clock,
        rules=Choices.switching_rules,
    )

    # Use cases at the doors
    quote_supply = One(
        contracts.QuoteSupply,
        work=Stores.work,
        clock=Stores.clock,
        numbers=Stores.numbers,
        quotes=Stores.quotes,
        tariffs=Stores.tariffs,
    )
    accept_quote = One(
        contracts.AcceptQuote,
        work=Stores.work,
        clock=Stores.clock,
        numbers=Stores.numbers,
        events=events,
        quotes=Stores.quotes,
        customers=Stores.customers,
        contracts=Stores.contract_rows,
        retailer=Choices.retailer,
    )
    withdraw_contract = One(
        contracts.WithdrawContract,
        work=Stores.work,
        clock=Stores.clock,
        events=events,
        contracts=Stores.contract_rows,
    )
    end_supply = One(
        contracts.EndSupply,
        work=Stores.work,
        clock=Stores.clock,
        events=events,
        contracts=Stores.contract_rows,
    )
    change_customer = One(
        contracts.ChangeCustomer, work=Stores.work, events=events, customers=Stores.customers
    )
    take_readings = One(
        metering.TakeReadings,
        work=Stores.work,
        clock=Stores.clock,
        events=events,
        readings=Stores.readings,
        plans=Stores.reading_plans,
        supplies=Stores.supplies_to_read,
        rules=Choices.reading_rules,
    )
    price_bill = One(billing.PriceBill, tariffs=Stores.tariffs)
    drafting = One(
        billing.Drafting,
        tariffs=Stores.tariffs,
        usage=Stores.usage_book,
        figures=Stores.figure_book,
        policy=Choices.billing_policy,
    )
    preview_bill = One(
        billing.PreviewBill,
        clock=Stores.clock,
        supplies=Stores.supplies_to_bill,
        drafting=drafting,
    )
    take_usage = One(
        billing.TakeUsage,
        work=Stores.work,
        clock=Stores.clock,
        points=Stores.supply_point_shelf,
        usage=Stores.usage_book,
    )
    take_figures = One(billing.TakeFigures, work=Stores.work, figures=Stores.figure_book)
    add_tariff = One(
        billing.AddTariff,
        work=Stores.work,
        clock=Stores.clock,
        book=Stores.tariff_book,
        market=Choices.market_tariffs,
        policy=Choices.billing_policy,
    )
    set_up_plan = One(
        billing.SetUpPlan,
        work=Stores.work,
        events=events,
        contracts=Stores.contracts_to_plan,
        plans=Stores.plans,
        tariffs=Stores.tariffs,
        policy=Choices.billing_policy,
    )
    plan_by_key = One(billing.PlanByKey, plans=Stores.plans)
    review_plan = One(billing.ReviewPlan, work=Stores.work, events=events, plans=Stores.plans)
    held_bill_by_key = One(billing.HeldBillByKey, bills=Stores.held_bills)
    decide_held_bill = One(
        billing.DecideHeldBill, work=Stores.work, clock=Stores.clock, bills=Stores.held_bills
    )
    record_customer_fault = One(
        billing.RecordCustomerFault,
        work=Stores.work,
        clock=Stores.clock,
        events=events,
        faults=Stores.customer_faults,
    )
    explain_invoice = One(billing.ExplainInvoice, invoices=Stores.invoices)
    compare_invoice = One(billing.CompareInvoice, invoices=Stores.invoices)
    ask_deposit = One(
        billing.AskDeposit,
        work=Stores.work,
        clock=Stores.clock,
        numbers=Stores.numbers,
        events=events,
        deposits=Stores.deposits,
        policy=Choices.billing_policy,
    )
    receive_deposit = One(
        billing.ReceiveDeposit,
        work=Stores.work,
        clock=Stores.clock,
        books=Stores.books,
        events=events,
        deposits=Stores.deposits,
    )
    waive_deposit = One(
        billing.WaiveDeposit,
        work=Stores.work,
        clock=Stores.clock,
        books=Stores.books,
        events=events,
        deposits=Stores.deposits,
    )
    give_back_deposit = One(
        billing.GiveBackDeposit,
        work=Stores.work,
        clock=Stores.clock,
        books=Stores.books,
        events=events,
        deposits=Stores.deposits,
        rules=Choices.deposit_rules,
    )
    consolidation = One(
        billing.Consolidation,
        numbers=Stores.numbers,
        events=events,
        invoices=Stores.consolidated_invoices,
        work_list=Stores.work_list,
        policy=Choices.billing_policy,
    )
    consolidate_invoices = One(
        billing.ConsolidateInvoices,
        work=Stores.work,
        clock=Stores.clock,
        invoices=Stores.consolidated_invoices,
        consolidation=consolidation,
    )
    agree_consolidation = One(
        billing.AgreeConsolidation,
        work=Stores.work,
        events=events,
        book=Stores.consolidation_book,
    )
    read_consolidation = One(billing.ReadConsolidation, book=Stores.consolidation_book)
    check_ledger = One(ledger.CheckLedger, ledger=Stores.ledger_rows)
    close_work_item = One(
        operations.CloseWorkItem,
        work=Stores.work,
        clock=Stores.clock,
        items=One(PostgresWorkItemsToClose, Stores.database),
    )
    send_again = One(
        operations.SendAgain,
        work=Stores.work,
        parked=One(PostgresParkedMessages, Stores.database),
        jobs=Stores.jobs,
    )
