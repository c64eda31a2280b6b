"""Consolidated invoices: one document over a company's bills, a page of them at a time."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body

from energyretail.application.billing import MemberLine
from energyretail.domain.billing import ConsolidatedInvoice
from energyretail.entrypoints.api.answering import (
    LOCATION,
    REPLAYED,
    IdempotencyKey,
    Told,
    answered,
)
from energyretail.entrypoints.api.bills import LineOut, line_out
from energyretail.entrypoints.api.invoices import InvoicesOut, summary_out
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import (
    CustomerFilter,
    Meta,
    MoneyOut,
    Shape,
    money_out,
    number_out,
    path_number,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = [
    "ConsolidatedInvoiceOut",
    "ConsolidatedInvoicesOut",
    "MemberLinesOut",
    "consolidated_invoice_routes",
]

NumberPath = Annotated[str, path_number(r"^[A-Z0-9-]{4,24}\Z", "G26-000001")]


class RateTotalOut(msgspec.Struct, frozen=True, kw_only=True):
    """VAT at one rate in percent: exactly what the members were issued with, added up."""

    tax: str
    rate: str
    base: MoneyOut
    amount: MoneyOut


class ConsolidatedInvoiceOut(msgspec.Struct, frozen=True, kw_only=True):
    """One document over `members` bills, issued before a day and in no earlier one."""

    number: str
    customer: str
    issued_before: date
    issued_on: date
    due_on: date
    members: int
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    taxes: list[RateTotalOut]


class ConsolidatedInvoicesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Consolidated invoices in the order they were issued."""

    items: list[ConsolidatedInvoiceOut]
    next: str | None
    has_more: bool


class MemberLineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a member, at its position in it."""

    invoice: str
    cups: str
    position: int
    line: LineOut


class MemberLinesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of the members, one member after the other."""

    items: list[MemberLineOut]
    next: str | None
    has_more: bool


class ConsolidateIn(Shape, frozen=True):
    """Whose documents are added up, and the first day whose documents are left to the next."""

    customer: Annotated[str, Meta(pattern=r"^C[0-9]{6,12}\Z", examples=["C000001"])]
    issued_before: date


_EXAMPLE = {"customer": "C000001", "issued_before": "2026-07-01"}
ConsolidateBody = Annotated[ConsolidateIn, Body(examples=[Example(value=_EXAMPLE)])]


def consolidated_invoice_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/consolidated-invoices``."""

    @post(
        "/",
        sync_to_thread=True,
        status_code=200,
        operation_id="consolidateInvoices",
        response_headers=[LOCATION, REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def consolidate_invoices(
        request: AnyRequest, data: ConsolidateBody, key: IdempotencyKey = None
    ) -> Response[ConsolidatedInvoiceOut]:
        """Add up a company's documents issued before a day; the same day again is the same."""

        def consolidate() -> Told:
            made = use_cases.consolidate_invoices(data.customer, issued_before=data.issued_before)
            place = f"/v1/consolidated-invoices/{made.number}"
            return Told(_out(made), 200, (("Location", place),))

        return answered(use_cases.once, request, key, consolidate)

    return Router(
        "/consolidated-invoices",
        route_handlers=[*_reads(use_cases), consolidate_invoices],
        tags=["invoices"],
    )


def _reads(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    shelf = use_cases.consolidated_invoice_shelf

    @get(
        "/",
        sync_to_thread=True,
        operation_id="listConsolidatedInvoices",
        responses=declared(400),
    )
    def list_consolidated_invoices(
        limit: Limit = PAGE, cursor: Cursor = None, customer: CustomerFilter = None
    ) -> ConsolidatedInvoicesOut:
        """List consolidated invoices, also those of a customer."""
        page = shelf.page(after=after_of(cursor), limit=limit, customer=customer)
        return listed(ConsolidatedInvoicesOut, page, _out)

    @get(
        "/{number:str}",
        sync_to_thread=True,
        operation_id="readConsolidatedInvoice",
        responses=declared(400, 404),
    )
    def read_consolidated_invoice(number: NumberPath) -> ConsolidatedInvoiceOut:
        """Read what is to be paid; members and lines are lists of their own."""
        return _out(shelf.by_number(number))

    @get(
        "/{number:str}/members",
        sync_to_thread=True,
        operation_id="listConsolidatedMembers",
        responses=declared(400, 404),
    )
    def list_consolidated_members(
        number: NumberPath, limit: Limit = PAGE, cursor: Cursor = None
    ) -> InvoicesOut:
        """List the documents it adds up, each with its own number and explanation."""
        page = shelf.members(number, after=after_of(cursor), limit=limit)
        return listed(InvoicesOut, page, summary_out)

    @get(
        "/{number:str}/lines",
        sync_to_thread=True,
        operation_id="listConsolidatedLines",
        responses=declared(400, 404),
    )
    def list_consolidated_lines(
        number: NumberPath, limit: Limit = PAGE, cursor: Cursor = None
    ) -> MemberLinesOut:
        """List the lines of its members, one member after the other."""
        page = shelf.lines(number, after=after_of(cursor), limit=limit)
        return listed(MemberLinesOut, page, _line_out)

    return [
        list_consolidated_invoices,
        read_consolidated_invoice,
        list_consolidated_members,
        list_consolidated_lines,
    ]


def _out(invoice: ConsolidatedInvoice) -> ConsolidatedInvoiceOut:
    totals = invoice.totals
    return ConsolidatedInvoiceOut(
        number=invoice.number,
        customer=invoice.customer,
        issued_before=invoice.issued_before,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        members=totals.members,
        net=money_out(totals.net),
        tax=money_out(totals.tax),
        gross=money_out(totals.gross),
        taxes=[
            RateTotalOut(
                tax=share.tax,
                rate=number_out(share.rate),
                base=money_out(share.base),
                amount=money_out(share.amount),
            )
            for share in totals.taxes
        ],
    )


def _line_out(member: MemberLine) -> MemberLineOut:
    return MemberLineOut(
        invoice=member.invoice,
        cups=member.cups.value,
        position=member.position,
        line=line_out(member.line),
    )
