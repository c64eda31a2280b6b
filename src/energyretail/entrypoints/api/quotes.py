"""Quotes: a price for sites, and the contract a customer makes of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from energyretail.application.contracts import Acceptance, QuoteRequest, WantedSite
from energyretail.domain.contracts import Quote, QuoteState
from energyretail.domain.shared import Cups, Iban, PowerUnit
from energyretail.entrypoints.api.answering import (
    LOCATION,
    REPLAYED,
    IdempotencyKey,
    Told,
    answered,
)
from energyretail.entrypoints.api.contracts import ContractOut, contract_out
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.request_faults import parsed_by
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import (
    Code,
    CupsText,
    IbanText,
    Meta,
    MoneyOut,
    PersonIn,
    PowerText,
    Register,
    Shape,
    money_out,
    path_number,
    person_of,
    powers_of,
    query_text,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["AcceptIn", "QuoteIn", "QuoteOut", "QuotesOut", "quote_routes"]

QuoteNumberPath = Annotated[str, path_number(r"^Q[0-9]{6,12}\Z", "Q000001")]
Reference = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}\Z", examples=["web-1"])]


States = Annotated[Literal["open", "accepted"] | None, QueryParameter(name="state")]


class SiteIn(Shape, frozen=True):
    """A supply point, its powers in kW by period, and about how much it uses a month."""

    cups: CupsText
    powers: Annotated[dict[Register, PowerText], Meta(min_length=1, max_length=12)]
    month_kwh: Annotated[int, Meta(ge=0, le=10_000_000)]


class QuoteIn(Shape, frozen=True):
    """A request for a price; `reference` is the client's own key: the same gives the same."""

    reference: Reference
    person: Annotated[PersonIn, parsed_by(person_of)]
    product: Code
    sites: Annotated[list[SiteIn], Meta(min_length=1, max_length=1000)]


class AcceptIn(Shape, frozen=True):
    """A customer's yes: the account to collect from, and whether supply may begin at once."""

    iban: IbanText
    early_start: bool = False


class SiteOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a supply point would pay for thirty days of `month_kwh`, taxes included."""

    cups: str
    month_kwh: int
    month: MoneyOut


class QuoteOut(msgspec.Struct, frozen=True, kw_only=True):
    """A quote; `valid_until` is the first day it is no longer good."""

    number: str
    reference: str
    product: str
    state: str
    quoted_on: date
    valid_until: date
    sites: list[SiteOut]
    contract: str | None


class QuotesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Quotes in order of number."""

    items: list[QuoteOut]
    next: str | None
    has_more: bool


_QUOTE_EXAMPLE = {
    "reference": "web-1",
    "person": {
        "kind": "home",
        "name": "Ana García",
        "tax_id": "12345678Z",
        "email": "ana@example.org",
        "address": {
            "street": "Calle Mayor, 1",
            "postcode": "28013",
            "town": "Madrid",
            "country": "ES",
        },
    },
    "product": "2.0TD-FIJO",
    "sites": [
        {
            "cups": "ES0021000000000271JS0F",
            "powers": {"P1": "4.6", "P2": "4.6"},
            "month_kwh": 250,
        }
    ],
}
QuoteBody = Annotated[QuoteIn, Body(examples=[Example(value=_QUOTE_EXAMPLE)])]
AcceptBody = Annotated[
    AcceptIn,
    Body(examples=[Example(value={"iban": "ES9121000418450200051332", "early_start": True})]),
]


def quote_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/quotes``."""
    return Router(
        "/quotes", route_handlers=[*_reads(use_cases), *_changes(use_cases)], tags=["quotes"]
    )


def _reads(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @get("/", sync_to_thread=True, operation_id="listQuotes", responses=declared(400))
    def list_quotes(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        in_state: States = None,
        reference: Annotated[str | None, query_text(r"^[\x21-\x7e]{1,64}\Z", "web-1")] = None,
    ) -> QuotesOut:
        """List quotes, or find the one under a reference."""
        page = use_cases.quote_shelf.page(
            after=after_of(cursor),
            limit=limit,
            state=QuoteState(in_state) if in_state else None,
            reference=reference,
        )
        return listed(QuotesOut, page, quote_out)

    @get(
        "/{number:str}",
        sync_to_thread=True,
        operation_id="readQuote",
        responses=declared(400, 404),
    )
    def read_quote(number: QuoteNumberPath) -> QuoteOut:
        """Read a quote."""
        return quote_out(use_cases.quotes.by_number(number))

    return [list_quotes, read_quote]


def _changes(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @post(
        "/",
        sync_to_thread=True,
        operation_id="quoteSupply",
        response_headers=[LOCATION, REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def quote_supply(
        request: AnyRequest, data: QuoteBody, key: IdempotencyKey = None
    ) -> Response[QuoteOut]:
        """Quote a price; the same reference and content give the same quote again."""

        def quote() -> Told:
            made = use_cases.quote_supply(_request_of(data))
            return Told(quote_out(made), 201, (("Location", f"/v1/quotes/{made.number}"),))

        return answered(use_cases.once, request, key, quote)

    @post(
        "/{number:str}/accept",
        sync_to_thread=True,
        operation_id="acceptQuote",
        response_headers=[LOCATION, REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def accept_quote(
        request: AnyRequest,
        number: QuoteNumberPath,
        data: AcceptBody,
        key: IdempotencyKey = None,
    ) -> Response[ContractOut]:
        """Accept a quote; the contract goes out for signature. Accepting twice is once."""

        def accept() -> Told:
            wanted = Acceptance(number, iban=Iban(data.iban), early_start=data.early_start)
            made = use_cases.accept_quote(wanted)
            return Told(contract_out(made), 201, (("Location", f"/v1/contracts/{made.number}"),))

        return answered(use_cases.once, request, key, accept)

    return [quote_supply, accept_quote]


def quote_out(quote: Quote) -> QuoteOut:
    """Tell a quote."""
    return QuoteOut(
        number=quote.number,
        reference=quote.reference,
        product=quote.product,
        state=quote.state.value,
        quoted_on=quote.quoted_on,
        valid_until=quote.valid_until,
        sites=[
            SiteOut(
                cups=price.site.cups.value,
                month_kwh=price.month_kwh,
                month=money_out(price.month),
            )
            for price in quote.sites
        ],
        contract=quote.contract,
    )


def _request_of(quote: QuoteIn) -> QuoteRequest:
    return QuoteRequest(
        reference=quote.reference,
        person=person_of(quote.person),
        product=quote.product,
        sites=tuple(
            WantedSite(Cups(site.cups), powers_of(site.powers, PowerUnit.KW), site.month_kwh)
            for site in quote.sites
        ),
    )
