"""What the company does of itself: what the steps of a day do, and the relay."""

from __future__ import annotations

import time
from typing import Any

from dependency_injector import providers

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.iso20022 import read_notification, write_direct_debits
from energyretail.adapters.meter_files import read_meter_file, read_meter_file_in_columns
from energyretail.adapters.postgres.billing_supplies import PostgresOutdatedInvoices
from energyretail.adapters.postgres.bounds import PostgresBounds
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.bulk_readings import PostgresBulkReadings
from energyretail.adapters.postgres.database import PostgresWhole
from energyretail.adapters.postgres.erp import PostgresErpFacts
from energyretail.adapters.postgres.payments import PostgresBankEntries
from energyretail.adapters.postgres.supplies_due import PostgresSuppliesDue
from energyretail.adapters.postgres.unpaid_items import PostgresUnpaidItems
from energyretail.adapters.shared.beside import beside
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
from energyretail.entrypoints import partners
from energyretail.entrypoints.container.choices import Choices
from energyretail.entrypoints.container.doors import Doors
from energyretail.entrypoints.container.imports import Imports
from energyretail.entrypoints.container.partners import Partners
from energyretail.entrypoints.container.stores import Stores

__all__ = ["Days"]

One = providers.Singleton


def _senders(*senders: Sender[Any]) -> dict[tuple[Channel, str], Sender[Any]]:
    return {(sender.channel, sender.kind): sender for sender in senders}


class Days(Imports):
    """What the steps of a business day do, and the senders of the outbox."""

    # Steps of a business day
    receive_registry = One(
        switching.ReceiveRegistryMessages,
        registry=Partners.registry,
        switches=Stores.switches,
        inbox=Stores.inbox,
        work_list=Stores.work_list,
        events=Doors.events,
        clock=Stores.clock,
        work=Stores.work,
        rules=Choices.switching_rules,
    )
    receive_signatures = One(
        contracts.ReceiveSignatures,
        work=Stores.work,
        clock=Stores.clock,
        events=Doors.events,
        contracts=Stores.contract_rows,
        work_list=Stores.work_list,
        service=Partners.signature_service,
    )
    receive_meter_files = One(
        metering.ReceiveMeterFiles,
        work=Stores.work,
        clock=Stores.clock,
        events=Doors.events,
        inbox=Stores.inbox,
        work_list=Stores.work_list,
        folder=Partners.operator_folder,
        reader=providers.Object(read_meter_file),
        readings=Stores.readings,
        plans=Stores.reading_plans,
        supplies=Stores.supplies_to_read,
        rules=Choices.reading_rules,
        bulk=One(
            metering.ReadingsInBulk,
            columns=providers.Object(read_meter_file_in_columns),
            readings=One(PostgresBulkReadings, Stores.database),
        ),
    )
    receive_bank_files = One(
        payments.ReceiveBankFiles,
        work=Stores.work,
        clock=Stores.clock,
        bank=Partners.bank_folder,
        reader=providers.Object(read_notification),
        inbox=Stores.inbox,
        entries=One(PostgresBankEntries, Stores.database),
        collections=Stores.collections,
        mandates=Stores.mandates,
        books=Stores.books,
        work_list=Stores.work_list,
        events=Doors.events,
        creditor=Choices.creditor,
    )
    advance_contracts = One(
        contracts.AdvanceContracts,
        work=Stores.work,
        clock=Stores.clock,
        events=Doors.events,
        contracts=Stores.contract_rows,
    )
    watch_deadlines = One(
        switching.WatchSwitchDeadlines,
        switches=Stores.switches,
        work_list=Stores.work_list,
        clock=Stores.clock,
        work=Stores.work,
        rules=Choices.switching_rules,
    )
    estimate_readings = One(
        metering.EstimateMissingReadings,
        work=Stores.work,
        clock=Stores.clock,
        work_list=Stores.work_list,
        readings=Stores.readings,
        plans=Stores.reading_plans,
        supplies=Stores.supplies_to_read,
        rules=Choices.reading_rules,
    )
    issue_documents = One(
        billing.Documents,
        invoices=Stores.invoices,
        numbers=Stores.numbers,
        books=Stores.books,
        events=Doors.events,
        policy=Choices.billing_policy,
    )
    plan_settlement = One(
        billing.PlanSettlement,
        closed=Stores.plans_to_settle,
        plans=Stores.plans,
        invoices=Stores.invoices,
        advances=Stores.advances,
        deductions=Stores.deductions,
        books=Stores.books,
        events=Doors.events,
        work_list=Stores.work_list,
        policy=Choices.billing_policy,
    )
    deposit_tending = One(
        billing.DepositTending,
        deposits=Stores.deposits,
        deductions=Stores.deductions,
        books=Stores.books,
        events=Doors.events,
        work_list=Stores.work_list,
        rules=Choices.deposit_rules,
    )
    plausibility_gate = One(
        billing.PlausibilityGate,
        past=Stores.billed_before,
        held=Stores.held_bills,
        work_list=Stores.work_list,
        policy=Choices.billing_policy,
    )
    documents_that_let_go = One(
        billing.DocumentsThatLetGo,
        documents=One(
            billing.DocumentsThatSettle, documents=issue_documents, settlement=plan_settlement
        ),
        tending=deposit_tending,
    )
    bill_one_by_one = One(
        billing.BillDueSupplies,
        work=Stores.work,
        clock=Stores.clock,
        supplies=Stores.supplies_to_bill,
        drafting=Doors.drafting,
        gate=plausibility_gate,
        documents=documents_that_let_go,
        work_list=Stores.work_list,
    )
    bulk_bills = One(PostgresBulkBills, Stores.database)
    bulk_rating = One(ColumnarRating)
    bill_due_supplies = One(
        billing.BillInBulk,
        work=Stores.work,
        clock=Stores.clock,
        bills=bulk_bills,
        rating=bulk_rating,
        drafting=Doors.drafting,
        gate=plausibility_gate,
        numbers=issue_documents,
        documents=documents_that_let_go,
        events=Doors.events,
        work_list=Stores.work_list,
        policy=Choices.billing_policy,
        one_by_one=bill_one_by_one,
        beside=providers.Object(beside),
    )
    whole = One(PostgresWhole, Stores.database)
    # What bills a range of supplies may be another than here.
    supplies_due = One(PostgresSuppliesDue, Stores.database)
    bounds = One(PostgresBounds, Stores.database)
    bounds_of_a_range = providers.Object(operations.BoundsOfARange())
    bills_a_range: providers.Provider[operations.BillsARange] = One(
        operations.BillAroundFailures,
        work=Stores.work,
        bill=bill_due_supplies,
        supplies=supplies_due,
        work_list=Stores.work_list,
        bounds=bounds,
        allowed=bounds_of_a_range,
    )
    bill_of_the_day = One(
        operations.BillOfTheDay, whole=whole, clock=Stores.clock, bill=bills_a_range
    )
    correct_invoices = One(
        billing.CorrectInvoices,
        work=Stores.work,
        clock=Stores.clock,
        outdated=One(PostgresOutdatedInvoices, Stores.database),
        tariffs=Stores.tariffs,
        drafting=Doors.drafting,
        documents=issue_documents,
        work_list=Stores.work_list,
        policy=Choices.billing_policy,
    )
    settle_plans = One(
        billing.SettlePlans, work=Stores.work, clock=Stores.clock, settlement=plan_settlement
    )
    ask_advances = One(
        billing.AskAdvances,
        work=Stores.work,
        clock=Stores.clock,
        plans=Stores.plans_to_ask,
        advances=Stores.advances,
        tariffs=Stores.tariffs,
        numbers=Stores.numbers,
        books=Stores.books,
        events=Doors.events,
        work_list=Stores.work_list,
        policy=Choices.billing_policy,
    )
    watch_final_bills = One(
        billing.WatchFinalBills,
        work=Stores.work,
        clock=Stores.clock,
        supplies=Stores.ended_supplies,
        work_list=Stores.work_list,
        rules=Choices.final_bill_rules,
    )
    watch_stray_items = One(
        billing.WatchStrayItems,
        work=Stores.work,
        clock=Stores.clock,
        items=Stores.stray_items,
        work_list=Stores.work_list,
    )
    consolidate_due = One(
        billing.ConsolidateDue,
        work=Stores.work,
        clock=Stores.clock,
        book=Stores.consolidation_book,
        consolidation=Doors.consolidation,
    )
    tend_deposits = One(
        billing.TendDeposits, work=Stores.work, clock=Stores.clock, tending=deposit_tending
    )
    watch_refunds = One(
        billing.WatchRefunds,
        work=Stores.work,
        clock=Stores.clock,
        refunds=Stores.refunds_owed,
        work_list=Stores.work_list,
        rules=Choices.final_bill_rules,
    )
    allocate_credits = One(
        ledger.AllocateCredits,
        work=Stores.work,
        clock=Stores.clock,
        items=Stores.ledger_rows,
        posted=Stores.ledger_rows,
        books=Stores.books,
        events=Doors.events,
    )
    collect_due_items = One(
        payments.CollectDueItems,
        work=Stores.work,
        clock=Stores.clock,
        items=One(PostgresUnpaidItems, Stores.database),
        mandates=Stores.mandates,
        collections=Stores.collections,
        files=Stores.payment_files,
        writer=providers.Object(write_direct_debits),
        work_list=Stores.work_list,
        events=Doors.events,
        creditor=Choices.creditor,
    )
    erp_facts = One(PostgresErpFacts, Stores.database)
    senders = One(
        _senders,
        One(
            contracts.SendEnvelope,
            contracts=Stores.contract_rows,
            quotes=Stores.quotes,
            service=Partners.signature_service,
            retailer=Choices.retailer,
        ),
        One(switching.SendClaim, switches=Stores.switches, registry=Partners.registry),
        One(erp_senders.SendCustomer, erp=Partners.erp, facts=erp_facts),
        One(erp_senders.SendContract, erp=Partners.erp, facts=erp_facts),
        One(erp_senders.SendEntry, erp=Partners.erp, facts=erp_facts, chart=Choices.chart),
        One(
            payments.SendPaymentFile,
            work=Stores.work,
            files=Stores.payment_files,
            collections=Stores.collections,
            bank=Partners.bank_folder,
        ),
        One(
            documents.SendInvoiceMail,
            bills=Stores.bills_to_mail,
            pages=Partners.invoice_pages,
            mail=One(partners.mail_relay, Choices.settings),
            message_id=One(partners.message_id, Choices.settings),
        ),
        One(
            documents.SendAdvanceMail,
            advances=Stores.advances_to_mail,
            pages=Partners.advance_pages,
            mail=One(partners.mail_relay, Choices.settings),
            message_id=One(partners.message_id, Choices.settings),
        ),
    )
    relay = One(
        operations.RelayOutbox,
        work=Stores.work,
        outbox=Stores.outbox,
        senders=senders,
        work_list=Stores.work_list,
        clock=Stores.clock,
        locks=Stores.locks,
        pause=providers.Object(time.sleep),
    )
