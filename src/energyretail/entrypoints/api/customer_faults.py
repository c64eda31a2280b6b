"""Faults of customers: what lifts the limit on charging for old days, with who answers for it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.openapi.spec import Example
from litestar.params import Body

from energyretail.application.billing import FoundFault
from energyretail.domain.billing import CustomerFault, RecordedFault
from energyretail.entrypoints.api.answering import REPLAYED, IdempotencyKey, Told, answered
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import (
    ContractFilter,
    CupsText,
    Meta,
    PeriodIn,
    PeriodOut,
    Remark,
    Shape,
    period_of,
    period_out,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["CustomerFaultOut", "CustomerFaultsOut", "customer_fault_routes"]


class CustomerFaultIn(Shape, frozen=True):
    """What was found of which supply and days; `owner` answers for it, `source` is its paper."""

    contract: Annotated[str, Meta(pattern=r"^K[0-9]{6,12}\Z", examples=["K000001"])]
    cups: CupsText
    fault: Literal["obstruction", "unauthorised_use"]
    days: PeriodIn
    owner: Remark
    source: Remark


class CustomerFaultOut(msgspec.Struct, frozen=True, kw_only=True):
    """A fault on record; it is never changed."""

    contract: str
    cups: str
    fault: str
    days: PeriodOut
    owner: str
    source: str
    recorded_on: date


class CustomerFaultsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Faults in order of contract, supply point, fault and first day."""

    items: list[CustomerFaultOut]
    next: str | None
    has_more: bool


_EXAMPLE = {
    "contract": "K000001",
    "cups": "ES0021000000000271JS0F",
    "fault": "obstruction",
    "days": {"start": "2026-03-10", "end": "2026-03-20"},
    "owner": "metering desk",
    "source": "letter of the operator, 21 March 2026",
}
FaultBody = Annotated[CustomerFaultIn, Body(examples=[Example(value=_EXAMPLE)])]


def customer_fault_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/customer-faults``."""

    @get(
        "/",
        sync_to_thread=True,
        operation_id="listCustomerFaults",
        responses=declared(400),
    )
    def list_customer_faults(
        limit: Limit = PAGE, cursor: Cursor = None, contract: ContractFilter = None
    ) -> CustomerFaultsOut:
        """List what is on record, also of a contract."""
        page = use_cases.faults.shelf.page(after=after_of(cursor), limit=limit, contract=contract)
        return listed(CustomerFaultsOut, page, _out)

    @post(
        "/",
        sync_to_thread=True,
        operation_id="recordCustomerFault",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def record_customer_fault(
        request: AnyRequest, data: FaultBody, key: IdempotencyKey = None
    ) -> Response[CustomerFaultOut]:
        """Put a fault on record: its days are charged however old; the same again is once."""

        def record() -> Told:
            return Told(_out(use_cases.faults.record(_found(data))), 201)

        return answered(use_cases.once, request, key, record)

    return Router(
        "/customer-faults",
        route_handlers=[list_customer_faults, record_customer_fault],
        tags=["contracts"],
    )


def _found(fault: CustomerFaultIn) -> FoundFault:
    return FoundFault(
        contract=fault.contract,
        cups=fault.cups,
        fault=CustomerFault(fault.fault),
        days=period_of(fault.days),
        owner=fault.owner,
        source=fault.source,
    )


def _out(fault: RecordedFault) -> CustomerFaultOut:
    return CustomerFaultOut(
        contract=fault.contract,
        cups=fault.cups.value,
        fault=fault.fault.value,
        days=period_out(fault.days),
        owner=fault.owner,
        source=fault.source,
        recorded_on=fault.recorded_on,
    )
