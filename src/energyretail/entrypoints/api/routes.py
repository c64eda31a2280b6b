"""The business routes; each translates, calls one use case, and translates back."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK

from energyretail.entrypoints.api.edge import (
    AcceptIn,
    BillIn,
    BillOut,
    ContractOut,
    ExplanationOut,
    InvoiceOut,
    QuoteIn,
    QuoteOut,
)
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.reading import (
    acceptance_of,
    period_of,
    quote_request_of,
    usage_of,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases
from energyretail.entrypoints.api.writing import (
    bill_out,
    contract_out,
    explanation_out,
    invoice_out,
    quote_out,
)

__all__ = ["business_routes"]

Number = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


def business_routes(use_cases: ApiUseCases) -> Router:
    """Return everything below ``/v1``."""
    return Router(
        "/v1",
        route_handlers=[
            _bills(use_cases),
            _quotes(use_cases),
            _invoices(use_cases),
        ],
    )


def _bills(use_cases: ApiUseCases) -> Router:
    @post(
        "/price",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        tags=["bills"],
        responses=declared(400, 404, 413, 422),
    )
    def price_bill(data: JSONBody[BillIn]) -> BillOut:
        """Price a usage by one of our tariffs, by the rating that bills; nothing is written."""
        bill = use_cases.price_bill(data.tariff, usage_of(data), period_of(data.period))
        return bill_out(bill)

    return Router("/bills", route_handlers=[price_bill])


def _quotes(use_cases: ApiUseCases) -> Router:
    @post(
        "/",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        tags=["quotes"],
        responses=declared(400, 404, 409, 413, 422),
    )
    def quote_supply(data: JSONBody[QuoteIn]) -> QuoteOut:
        """Quote a price; the same reference and content give the same quote again."""
        return quote_out(use_cases.quote_supply(quote_request_of(data)))

    @post(
        "/{number:str}/accept",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        tags=["quotes"],
        responses=declared(400, 404, 409, 413, 422),
    )
    def accept_quote(number: FromPath[Number], data: JSONBody[AcceptIn]) -> ContractOut:
        """Accept a quote; the contract goes out for signature. Accepting twice is once."""
        return contract_out(use_cases.accept_quote(acceptance_of(number, data)))

    return Router("/quotes", route_handlers=[quote_supply, accept_quote])


def _invoices(use_cases: ApiUseCases) -> Router:
    names = use_cases.invoice_names

    @get(
        "/{name:str}",
        sync_to_thread=True,
        tags=["invoices"],
        responses=declared(400, 404),
    )
    def read_invoice(name: FromPath[Number]) -> InvoiceOut:
        """Read an issued document, by its id or its number."""
        number = names.number_of(name)
        return invoice_out(use_cases.invoice(number), name=names.name_of(number))

    @get(
        "/{name:str}/explanation",
        sync_to_thread=True,
        tags=["invoices"],
        responses=declared(400, 404),
    )
    def explain_invoice(name: FromPath[Number]) -> ExplanationOut:
        """Explain every line of an issued document: readings, prices, formula, rounding."""
        return explanation_out(use_cases.explain_invoice(names.number_of(name)))

    return Router("/invoices", route_handlers=[read_invoice, explain_invoice])
