"""Takes what the API can do out of the container of a company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from energyretail.application.billing import ReviewPlan
from energyretail.application.metering import ReadingsTaken, TakeReadings
from energyretail.application.operations import (
    BeginBusinessDay,
    CloseWorkItem,
    OpenBusinessDay,
)
from energyretail.domain.billing import InstalmentPlan
from energyretail.domain.metering import Delivery
from energyretail.domain.operations import ClosedWorkItem
from energyretail.domain.shared import Money
from energyretail.entrypoints.api.use_cases import (
    ApiUseCases,
    BillRunUseCases,
    ConsolidationUseCases,
    CustomerFaultUseCases,
    DepositUseCases,
    HeldBillUseCases,
    ToldUseCases,
)
from energyretail.entrypoints.container import Container

__all__ = ["Readiness", "use_cases_over"]

Readiness = Callable[[], Mapping[str, bool]]


def use_cases_over(container: Container, *, readiness: Readiness) -> ApiUseCases:
    """Return the use cases of `container`; `readiness` tells whether they can serve."""
    return ApiUseCases(
        readiness=readiness,
        once=container.once(),
        customers=container.customers(),
        customer_shelf=container.customer_shelf(),
        change_customer=container.change_customer(),
        quotes=container.quotes(),
        quote_shelf=container.quote_shelf(),
        quote_supply=container.quote_supply(),
        accept_quote=container.accept_quote(),
        contract_rows=container.contract_rows(),
        contract_shelf=container.contract_shelf(),
        withdraw_contract=container.withdraw_contract(),
        end_supply=container.end_supply(),
        supply_point_shelf=container.supply_point_shelf(),
        switches=container.switches(),
        switch_shelf=container.switch_shelf(),
        reading_shelf=container.reading_shelf(),
        take_readings=_take_readings(container),
        today=container.clock().today,
        told=_told(container),
        price_bill=container.price_bill(),
        preview_bill=container.preview_bill(),
        set_up_plan=container.set_up_plan(),
        plan_by_key=container.plan_by_key(),
        plan_shelf=container.plan_shelf(),
        review_plan=_review_plan(container),
        faults=_faults(container),
        held=_held(container),
        invoice_names=container.invoice_names(),
        invoice_shelf=container.invoice_shelf(),
        explain_invoice=container.explain_invoice(),
        compare_invoice=container.compare_invoice(),
        consolidation=_consolidation(container),
        consolidate_invoices=container.consolidate_invoices(),
        consolidated_invoice_shelf=container.consolidated_invoice_shelf(),
        deposits=_deposits(container),
        collections=container.collections(),
        collection_shelf=container.collection_shelf(),
        mandates=container.mandates(),
        mandate_shelf=container.mandate_shelf(),
        payment_file_shelf=container.payment_file_shelf(),
        bank_entry_shelf=container.bank_entry_shelf(),
        open_item_shelf=container.open_item_shelf(),
        entry_shelf=container.entry_shelf(),
        check_ledger=container.check_ledger(),
        work_item_shelf=container.work_item_shelf(),
        close_work_item=_close_work_item(container),
        send_again=container.send_again(),
        business_day_shelf=container.business_day_shelf(),
        run_day=_run_day(container),
        day_steps=_day_steps(container),
        bill_runs=_bill_runs(container),
    )


def _deposits(container: Container) -> DepositUseCases:
    return DepositUseCases(
        shelf=container.deposits(),
        ask=container.ask_deposit(),
        receive=container.receive_deposit(),
        waive=container.waive_deposit(),
        give_back=container.give_back_deposit(),
    )


def _bill_runs(container: Container) -> BillRunUseCases:
    return BillRunUseCases(
        start=container.start_bill_run(),
        abort=container.abort_bill_run(),
        resume=container.resume_bill_run(),
        shelf=container.bill_run_shelf(),
        waiting_since=container.queue().waiting_since,
    )


def _day_steps(container: Container) -> tuple[str, ...]:
    """Return the names alone: the steps themselves would want every partner's settings."""
    return tuple(container.day_steps.kwargs)


def _told(container: Container) -> ToldUseCases:
    return ToldUseCases(
        tariff_book=container.tariff_book(),
        add_tariff=container.add_tariff(),
        take_usage=container.take_usage(),
        take_figures=container.take_figures(),
    )


def _faults(container: Container) -> CustomerFaultUseCases:
    return CustomerFaultUseCases(
        record=container.record_customer_fault(), shelf=container.customer_fault_shelf()
    )


def _consolidation(container: Container) -> ConsolidationUseCases:
    return ConsolidationUseCases(
        agree=container.agree_consolidation(), read=container.read_consolidation()
    )


def _held(container: Container) -> HeldBillUseCases:
    return HeldBillUseCases(
        shelf=container.held_bill_shelf(),
        by_key=container.held_bill_by_key(),
        decide=container.decide_held_bill(),
    )


def _take_readings(container: Container) -> Callable[[Delivery], ReadingsTaken]:
    take: TakeReadings = container.take_readings()
    return partial(take, source="customer", all_or_nothing=True)


def _review_plan(container: Container) -> Callable[[str, date, Money, int], InstalmentPlan]:
    review: ReviewPlan = container.review_plan()
    return lambda contract, first_day, expected, version: review(
        contract, first_day, expected=expected, version=version
    )


def _close_work_item(container: Container) -> Callable[[str, str, str], ClosedWorkItem]:
    close: CloseWorkItem = container.close_work_item()
    return lambda kind, key, remark: close(kind, key, remark=remark)


def _run_day(container: Container) -> Callable[[date], None]:
    open_day: OpenBusinessDay = container.open_day()
    begin_day: BeginBusinessDay = container.begin_day()

    def run_day(day: date) -> None:
        open_day(day)
        begin_day(day)

    return run_day
