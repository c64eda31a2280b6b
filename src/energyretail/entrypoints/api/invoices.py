"""Invoices: every document issued, why each line is what it is, and not what it was last."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from energyretail.application.billing import InvoiceCopy, InvoiceSummary
from energyretail.domain.billing import Deduction, InvoiceKind
from energyretail.domain.shared import Cups
from energyretail.entrypoints.api.bills import BillOut, line_out, tax_out
from energyretail.entrypoints.api.comparisons import ComparisonOut, comparison_out
from energyretail.entrypoints.api.explanations import ExplanationOut, explanation_out
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.shapes import (
    ContractFilter,
    CupsFilter,
    CustomerFilter,
    MoneyOut,
    PeriodOut,
    money_out,
    path_number,
    period_out,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["InvoiceOut", "InvoiceSummaryOut", "InvoicesOut", "invoice_routes", "summary_out"]

_NAME = r"^[A-Za-z0-9_-]{1,40}\Z"
InvoicePath = Annotated[str, path_number(_NAME, "F26-000001")]
SecondInvoicePath = Annotated[str, path_number(_NAME, "F26-000002")]
KindFilter = FromQuery[Literal["invoice", "credit_note", "rebill", "rectification"] | None]


class TakenOffOut(msgspec.Struct, frozen=True, kw_only=True):
    """A document taken off a bill, with the amounts it was issued with.

    An advance; a released deposit with its interest; what a plan carried of an earlier bill,
    negative where that is still owed; or what is left of this one and the next plan asks for.
    """

    kind: str
    document: str
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut


class InvoiceOut(msgspec.Struct, frozen=True, kw_only=True):
    """An issued document.

    `stage` is which bill of its supply it is, or puts right: first, periodic or final. `original`
    is the one a credit note takes back, a rebill replaces, or a rectification, whose lines are
    differences, changes. `payable` is its gross less all that is `taken_off` by now,
    negative where it is to be paid back; payments are told by the open items.
    """

    id: str
    number: str
    kind: str
    stage: str
    contract: str
    customer: str
    cups: str
    tariff: str
    issued_on: date
    due_on: date
    original: str | None
    bill: BillOut
    taken_off: list[TakenOffOut]
    payable: MoneyOut


class InvoiceSummaryOut(msgspec.Struct, frozen=True, kw_only=True):
    """A document without its lines.

    `cancelled_by` is what took it out of force: its credit note, or the rectification of it.
    """

    number: str
    kind: str
    stage: str
    contract: str
    customer: str
    cups: str
    tariff: str
    period: PeriodOut
    issued_on: date
    due_on: date
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    original: str | None
    cancelled_by: str | None


class InvoicesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Documents in the order they were issued."""

    items: list[InvoiceSummaryOut]
    next: str | None
    has_more: bool


def invoice_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/invoices``."""

    @get("/", sync_to_thread=True, operation_id="listInvoices", responses=declared(400, 422))
    def list_invoices(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        contract: ContractFilter = None,
        customer: CustomerFilter = None,
        cups: CupsFilter = None,
        kind: KindFilter = None,
        issued_from: FromQuery[date | None] = None,
        issued_until: FromQuery[date | None] = None,
    ) -> InvoicesOut:
        """List documents, those issued from a day (included) until another (excluded)."""
        page = use_cases.invoice_shelf.page(
            after=after_of(cursor),
            limit=limit,
            contract=contract,
            customer=customer,
            cups=Cups(cups) if cups else None,
            kind=InvoiceKind(kind) if kind else None,
            issued_from=issued_from,
            issued_until=issued_until,
        )
        return listed(InvoicesOut, page, summary_out)

    @get(
        "/{name:str}",
        sync_to_thread=True,
        operation_id="readInvoice",
        responses=declared(400, 404),
    )
    def read_invoice(name: InvoicePath) -> InvoiceOut:
        """Read an issued document, by its id (``inv_…``) or its number."""
        return _invoice_out(use_cases.invoice_shelf.copy_of(name))

    return Router(
        "/invoices",
        route_handlers=[list_invoices, read_invoice, *_why(use_cases)],
        tags=["invoices"],
    )


def _why(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @get(
        "/{name:str}/explanation",
        sync_to_thread=True,
        operation_id="explainInvoice",
        responses=declared(400, 404),
    )
    def explain_invoice(name: InvoicePath) -> ExplanationOut:
        """Explain every line of an issued document: readings, prices, formula, rounding."""
        return explanation_out(use_cases.explain_invoice(use_cases.invoice_names.number_of(name)))

    @get(
        "/{name:str}/comparison",
        sync_to_thread=True,
        operation_id="compareInvoice",
        responses=declared(400, 404, 422),
    )
    def compare_invoice(name: SecondInvoicePath) -> ComparisonOut:
        """Tell why a bill differs from the one before it: price, use, days, taxes, to the cent."""
        return comparison_out(use_cases.compare_invoice(use_cases.invoice_names.number_of(name)))

    return [explain_invoice, compare_invoice]


def _invoice_out(copy: InvoiceCopy) -> InvoiceOut:
    invoice = copy.summary
    return InvoiceOut(
        id=copy.id,
        number=invoice.number,
        kind=invoice.kind.value,
        stage=invoice.stage.value,
        contract=invoice.contract,
        customer=invoice.customer,
        cups=invoice.cups.value,
        tariff=invoice.tariff,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        original=invoice.original,
        bill=BillOut(
            currency=invoice.gross.currency,
            period=period_out(invoice.period),
            lines=[line_out(line) for line in copy.lines],
            taxes=[tax_out(tax) for tax in copy.taxes],
            net=money_out(invoice.net),
            tax=money_out(invoice.tax),
            gross=money_out(invoice.gross),
            prices=copy.prices.value,
            rounding=copy.rounding.value,
            estimated=copy.estimated,
        ),
        taken_off=[_taken_off_out(each) for each in copy.deductions],
        payable=money_out(copy.payable),
    )


def _taken_off_out(deduction: Deduction) -> TakenOffOut:
    return TakenOffOut(
        kind=deduction.kind.value,
        document=deduction.document,
        net=money_out(deduction.net),
        tax=money_out(deduction.tax),
        gross=money_out(deduction.gross),
    )


def summary_out(invoice: InvoiceSummary) -> InvoiceSummaryOut:
    """Tell a document without its lines."""
    return InvoiceSummaryOut(
        number=invoice.number,
        kind=invoice.kind.value,
        stage=invoice.stage.value,
        contract=invoice.contract,
        customer=invoice.customer,
        cups=invoice.cups.value,
        tariff=invoice.tariff,
        period=period_out(invoice.period),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=money_out(invoice.net),
        tax=money_out(invoice.tax),
        gross=money_out(invoice.gross),
        original=invoice.original,
        cancelled_by=invoice.cancelled_by,
    )
