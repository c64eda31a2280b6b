"""Who gets what: the only place that knows both a port and its adapter."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from dependency_injector import containers, providers

from energyretail.adapters.iso20022 import read_notification, write_direct_debits
from energyretail.adapters.meter_files import read_meter_file
from energyretail.adapters.postgres.billing import PostgresInvoices
from energyretail.adapters.postgres.billing_supplies import (
    PostgresOutdatedInvoices,
    PostgresSuppliesToBill,
)
from energyretail.adapters.postgres.business_days import PostgresBusinessDays
from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.contracts import PostgresContracts
from energyretail.adapters.postgres.customers import PostgresCustomers, PostgresQuotes
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.debtors import PostgresDebtors
from energyretail.adapters.postgres.documents import PostgresBillsToMail
from energyretail.adapters.postgres.erp import PostgresErpFacts
from energyretail.adapters.postgres.inbox import PostgresInbox
from energyretail.adapters.postgres.invoice_names import PostgresInvoiceNames
from energyretail.adapters.postgres.jobs import PostgresJobs
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.adapters.postgres.locks import ChannelLocks
from energyretail.adapters.postgres.metering import (
    PostgresReadingPlans,
    PostgresReadings,
    PostgresSuppliesToRead,
)
from energyretail.adapters.postgres.numbers import PostgresNumbers
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.parked_messages import PostgresParkedMessages
from energyretail.adapters.postgres.payments import (
    PostgresBankEntries,
    PostgresCollections,
    PostgresMandates,
    PostgresPaymentFiles,
)
from energyretail.adapters.postgres.switching import PostgresClaimFacts, PostgresSwitches
from energyretail.adapters.postgres.unpaid_items import PostgresUnpaidItems
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application import (
    billing,
    contracts,
    documents,
    ledger,
    metering,
    operations,
    payments,
    switching,
)
from energyretail.application import erp as erp_senders
from energyretail.application.shared import Channel, Sender
from energyretail.application.subscriptions import Reactions, Subscriptions
from energyretail.domain.markets import SPAIN
from energyretail.entrypoints import partners
from energyretail.entrypoints.logs import logged
from energyretail.entrypoints.settings import Settings

__all__ = ["Container", "container_of"]

One = providers.Singleton
_CLOSING_PAUSE_SECONDS = 0.02


def _url(settings: Settings) -> str:
    if settings.database_url is None:
        raise ValueError("settings without a database")
    return settings.database_url.get_secret_value()


def _tariffs() -> contracts.Tariffs:
    return SPAIN


def _logged_steps(**steps: Callable[[], object]) -> dict[str, Callable[[], None]]:
    return {name: logged(name, step) for name, step in steps.items()}


def _senders(*senders: Sender[Any]) -> dict[tuple[Channel, str], Sender[Any]]:
    return {(sender.channel, sender.kind): sender for sender in senders}


class Container(containers.DeclarativeContainer):
    """Every use case with its ports, over one database and the partners of the settings."""

    settings = providers.Dependency(instance_of=Settings)

    # Rules and choices of the company
    tariffs = One(_tariffs)
    switching_rules = providers.Object(SPAIN.switching)
    reading_rules = providers.Object(SPAIN.reading)
    billing_policy = One(partners.billing_policy, settings)
    creditor = One(partners.creditor, settings)
    retailer = One(lambda settings: settings.retailer.legal_name, settings)
    chart = One(lambda settings: settings.retailer.chart_of_accounts, settings)

    # Postgres
    database = One(Database, One(_url, settings))
    work = One(PostgresWork, database)
    clock = One(PostgresClock, database)
    numbers = One(PostgresNumbers, database)
    inbox = One(PostgresInbox, database)
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
    supplies_to_bill = One(PostgresSuppliesToBill, database)
    mandates = One(PostgresMandates, database)
    collections = One(PostgresCollections, database)
    payment_files = One(PostgresPaymentFiles, database)

    bills_to_mail = One(PostgresBillsToMail, database)

    # Partners
    registry = One(partners.registry, settings)
    signature_service = One(partners.signature_service, settings)
    erp = One(partners.erp, settings)
    operator_folder = One(partners.operator_folder, settings)
    bank_folder = One(partners.bank_folder, settings)

    claim_writer = One(partners.claim_writer, settings)
    invoice_pages = One(partners.invoice_pages, settings)

    # What an event starts; the reactions record events themselves, hence the late look-up
    reactions: providers.Provider[Reactions] = providers.Dependency(instance_of=Reactions)
    events = One(Subscriptions, outbox, reactions.provider)

    follow_switches = One(contracts.FollowSwitches, events=events, contracts=contract_rows)
    register_mandate = One(
        payments.RegisterMandate,
        mandates=mandates,
        debtors=One(PostgresDebtors, database),
        events=events,
        creditor=creditor,
    )
    request_switch = One(
        switching.RequestSwitch,
        switches=switches,
        facts=One(PostgresClaimFacts, database),
        numbers=numbers,
        outbox=outbox,
        work_list=work_list,
        events=events,
        clock=clock,
        rules=switching_rules,
    )

    # Use cases at the doors
    quote_supply = One(
        contracts.QuoteSupply,
        work=work,
        clock=clock,
        numbers=numbers,
        quotes=quotes,
        tariffs=tariffs,
    )
    accept_quote = One(
        contracts.AcceptQuote,
        work=work,
        clock=clock,
        numbers=numbers,
        events=events,
        quotes=quotes,
        customers=customers,
        contracts=contract_rows,
        retailer=retailer,
    )
    withdraw_contract = One(
        contracts.WithdrawContract, work=work, clock=clock, events=events, contracts=contract_rows
    )
    price_bill = One(billing.PriceBill, tariffs=tariffs)
    invoice_by_number = One(billing.InvoiceByNumber, invoices=invoices)
    explain_invoice = One(billing.ExplainInvoice, invoices=invoices)
    check_ledger = One(ledger.CheckLedger, ledger=ledger_rows)

    # Steps of a business day
    receive_registry = One(
        switching.ReceiveRegistryMessages,
        registry=registry,
        switches=switches,
        inbox=inbox,
        work_list=work_list,
        events=events,
        clock=clock,
        work=work,
        rules=switching_rules,
    )
    receive_signatures = One(
        contracts.ReceiveSignatures,
        work=work,
        clock=clock,
        events=events,
        contracts=contract_rows,
        work_list=work_list,
        service=signature_service,
    )
    receive_meter_files = One(
        metering.ReceiveMeterFiles,
        work=work,
        clock=clock,
        events=events,
        inbox=inbox,
        work_list=work_list,
        folder=operator_folder,
        reader=providers.Object(read_meter_file),
        readings=readings,
        plans=reading_plans,
        supplies=supplies_to_read,
        rules=reading_rules,
    )
    receive_bank_files = One(
        payments.ReceiveBankFiles,
        work=work,
        clock=clock,
        bank=bank_folder,
        reader=providers.Object(read_notification),
        inbox=inbox,
        entries=One(PostgresBankEntries, database),
        collections=collections,
        mandates=mandates,
        books=books,
        work_list=work_list,
        events=events,
        creditor=creditor,
    )
    advance_contracts = One(
        contracts.AdvanceContracts, work=work, clock=clock, events=events, contracts=contract_rows
    )
    watch_deadlines = One(
        switching.WatchSwitchDeadlines,
        switches=switches,
        work_list=work_list,
        clock=clock,
        work=work,
        rules=switching_rules,
    )
    estimate_readings = One(
        metering.EstimateMissingReadings,
        work=work,
        clock=clock,
        work_list=work_list,
        readings=readings,
        plans=reading_plans,
        supplies=supplies_to_read,
        rules=reading_rules,
    )
    issue_documents = One(
        billing.Documents,
        invoices=invoices,
        numbers=numbers,
        books=books,
        events=events,
        policy=billing_policy,
    )
    bill_due_supplies = One(
        billing.BillDueSupplies,
        work=work,
        clock=clock,
        supplies=supplies_to_bill,
        tariffs=tariffs,
        documents=issue_documents,
        work_list=work_list,
        policy=billing_policy,
    )
    correct_invoices = One(
        billing.CorrectInvoices,
        work=work,
        clock=clock,
        outdated=One(PostgresOutdatedInvoices, database),
        tariffs=tariffs,
        documents=issue_documents,
        work_list=work_list,
        policy=billing_policy,
    )
    allocate_credits = One(
        ledger.AllocateCredits,
        work=work,
        clock=clock,
        items=ledger_rows,
        books=books,
        events=events,
    )
    collect_due_items = One(
        payments.CollectDueItems,
        work=work,
        clock=clock,
        items=One(PostgresUnpaidItems, database),
        mandates=mandates,
        collections=collections,
        files=payment_files,
        writer=providers.Object(write_direct_debits),
        work_list=work_list,
        events=events,
        creditor=creditor,
    )
    day_steps = One(
        _logged_steps,
        registry=receive_registry,
        signatures=receive_signatures,
        meter_files=receive_meter_files,
        bank_files=receive_bank_files,
        contracts=advance_contracts,
        deadlines=watch_deadlines,
        estimates=estimate_readings,
        corrections=One(operations.InChunks, correct_invoices),
        billing=One(operations.InChunks, bill_due_supplies),
        credits=allocate_credits,
        collections=collect_due_items,
    )

    # The business day and the outbox's relay
    open_day = One(operations.OpenBusinessDay, work=work, clock=clock, days=days)
    begin_day = One(operations.BeginBusinessDay, work=work, days=days, jobs=jobs)
    walk_day = One(
        operations.WalkBusinessDay,
        work=work,
        clock=clock,
        days=days,
        jobs=jobs,
        outbox=outbox,
        steps=day_steps,
        pause=providers.Object(partial(time.sleep, _CLOSING_PAUSE_SECONDS)),
    )
    erp_facts = One(PostgresErpFacts, database)
    senders = One(
        _senders,
        One(
            contracts.SendEnvelope,
            contracts=contract_rows,
            quotes=quotes,
            service=signature_service,
            retailer=retailer,
        ),
        One(switching.SendClaim, switches=switches, registry=registry),
        One(erp_senders.SendCustomer, erp=erp, facts=erp_facts),
        One(erp_senders.SendContract, erp=erp, facts=erp_facts),
        One(erp_senders.SendEntry, erp=erp, facts=erp_facts, chart=chart),
        One(
            payments.SendPaymentFile,
            work=work,
            files=payment_files,
            collections=collections,
            bank=bank_folder,
        ),
        One(
            documents.SendInvoiceMail,
            bills=bills_to_mail,
            pages=invoice_pages,
            mail=One(partners.mail_relay, settings),
            message_id=One(partners.message_id, settings),
        ),
    )
    relay = One(
        operations.RelayOutbox,
        work=work,
        outbox=outbox,
        senders=senders,
        work_list=work_list,
        clock=clock,
        locks=locks,
        pause=providers.Object(time.sleep),
    )
    send_again = One(
        operations.SendAgain, work=work, parked=One(PostgresParkedMessages, database), jobs=jobs
    )


def container_of(settings: Settings) -> Container:
    """Return the container of a company with these settings; nothing is opened yet."""
    container = Container(settings=settings)
    container.reactions.override(
        providers.Singleton(
            Reactions,
            follow_switches=container.follow_switches,
            register_mandate=container.register_mandate,
            request_switch=container.request_switch,
        )
    )
    return container
