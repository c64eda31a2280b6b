"""Customers: who they are; name, address, e-mail and language may be changed."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, Router, get, patch
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from energyretail.application.contracts import CustomerDetails
from energyretail.domain.parties import Customer
from energyretail.domain.shared import NotFound
from energyretail.entrypoints.api.answering import (
    ETAG,
    REPLAYED,
    IdempotencyKey,
    IfMatch,
    Told,
    answered,
    etag_of,
    version_of,
)
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest, refuse_faults
from energyretail.entrypoints.api.shapes import (
    AddressShape,
    Email,
    Language,
    Name,
    Shape,
    address_of,
    address_out,
    path_number,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["CustomerNumberPath", "CustomerOut", "CustomersOut", "customer_routes"]

CustomerNumberPath = Annotated[str, path_number(r"^C[0-9]{6,12}\Z", "C000001")]


class CustomerOut(msgspec.Struct, frozen=True, kw_only=True):
    """A customer; `version` counts the changes and stands in the ETag too."""

    number: str
    kind: str
    name: str
    tax_id: str
    email: str
    address: AddressShape
    language: str
    version: int


class CustomersOut(msgspec.Struct, frozen=True, kw_only=True):
    """Customers in order of number."""

    items: list[CustomerOut]
    next: str | None
    has_more: bool


class CustomerPatch(Shape, frozen=True):
    """What is to be other; what is left out stays. Kind and tax id stay: they are who it is."""

    name: Name | None = None
    email: Email | None = None
    language: Language | None = None
    address: AddressShape | None = None


PatchBody = Annotated[
    CustomerPatch, Body(examples=[Example(value={"email": "ana.garcia@example.org"})])
]


def customer_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/customers``."""
    return Router(
        "/customers", route_handlers=[*_reads(use_cases), *_changes(use_cases)], tags=["customers"]
    )


def _reads(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @get("/", sync_to_thread=True, operation_id="listCustomers", responses=declared(400))
    def list_customers(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        tax_id: Annotated[str | None, QueryParameter(pattern=r"^[A-Z0-9]{8,14}\Z")] = None,
        email: Annotated[str | None, QueryParameter(pattern=r"^[^\x00-\x20]{3,254}\Z")] = None,
    ) -> CustomersOut:
        """List customers, or find the one with a tax id or an e-mail address."""
        page = use_cases.customer_shelf.page(
            after=after_of(cursor), limit=limit, tax_id=tax_id, email=email
        )
        return listed(CustomersOut, page, customer_out)

    @get(
        "/{number:str}",
        sync_to_thread=True,
        operation_id="readCustomer",
        response_headers=[ETAG],
        responses=declared(400, 404),
    )
    def read_customer(number: CustomerNumberPath) -> Response[CustomerOut]:
        """Read a customer; the ETag is what a change must name."""
        customer = _known(use_cases, number)
        return Response(customer_out(customer), headers={"ETag": etag_of(customer.version)})

    return [list_customers, read_customer]


def _changes(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @patch(
        "/{number:str}",
        sync_to_thread=True,
        operation_id="changeCustomer",
        response_headers=[ETAG, REPLAYED],
        responses=declared(400, 404, 409, 412, 413, 422, 428),
    )
    def change_customer(
        request: AnyRequest,
        number: CustomerNumberPath,
        data: PatchBody,
        if_match: IfMatch = None,
        key: IdempotencyKey = None,
    ) -> Response[CustomerOut]:
        """Change a customer that nobody changed since it was read; the ERP is told."""
        refuse_faults(request)
        version = version_of(if_match)

        def change() -> Told:
            changed = use_cases.change_customer(number, _details(data), version=version)
            headers = (("ETag", etag_of(changed.version)),)
            return Told(customer_out(changed), headers=headers)

        return answered(use_cases.once, request, key, change)

    return [change_customer]


def customer_out(customer: Customer) -> CustomerOut:
    """Tell a customer."""
    person = customer.person
    return CustomerOut(
        number=customer.number,
        kind=person.kind.value,
        name=person.name,
        tax_id=person.tax_id,
        email=person.email,
        address=address_out(person.address),
        language=person.language,
        version=customer.version,
    )


def _known(use_cases: ApiUseCases, number: str) -> Customer:
    found = use_cases.customers.by_numbers([number])
    if not found:
        raise NotFound("parties.customer.unknown", "no such customer", customer=number)
    return found[0]


def _details(patch: CustomerPatch) -> CustomerDetails:
    return CustomerDetails(
        name=patch.name,
        email=patch.email,
        language=patch.language,
        address=address_of(patch.address) if patch.address else None,
    )
