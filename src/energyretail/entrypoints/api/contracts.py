"""Contracts: as they stand, what they would be billed today, and the right of withdrawal."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from energyretail.domain.billing import Draft
from energyretail.domain.contracts import Contract, ContractState
from energyretail.domain.shared import Cups, NotFound
from energyretail.entrypoints.api.answering import REPLAYED, IdempotencyKey, Told, answered
from energyretail.entrypoints.api.bills import BillOut, bill_out
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import (
    CupsFilter,
    CupsPath,
    CustomerFilter,
    Shape,
    path_number,
    powers_out,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = [
    "ContractNumberPath",
    "ContractOut",
    "ContractsOut",
    "SupplyOut",
    "contract_out",
    "contract_routes",
]

ContractNumberPath = Annotated[str, path_number(r"^K[0-9]{6,12}\Z", "K000001")]

States = Literal[
    "unsigned", "cooling_off", "switching", "active", "ended", "lapsed", "withdrawn", "refused"
]
StateFilter = Annotated[States | None, QueryParameter(name="state")]


class SupplyOut(msgspec.Struct, frozen=True, kw_only=True):
    """A supply point under a contract; `powers` by period, each with its unit."""

    cups: str
    tariff: str
    powers: dict[str, str]
    state: str
    started_on: date | None
    ended_on: date | None


class ContractOut(msgspec.Struct, frozen=True, kw_only=True):
    """A contract as it stands."""

    number: str
    quote: str
    customer: str
    product: str
    state: str
    accepted_on: date
    signed_on: date | None
    supplies: list[SupplyOut]


class ContractsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Contracts in order of number."""

    items: list[ContractOut]
    next: str | None
    has_more: bool


class EndIn(Shape, frozen=True):
    """The first day without us."""

    on: date


EndBody = Annotated[EndIn, Body(examples=[Example(value={"on": "2026-06-30"})])]


class DraftOut(msgspec.Struct, frozen=True, kw_only=True):
    """What would be billed for a supply point today."""

    cups: str
    tariff: str
    bill: BillOut


class PreviewOut(msgspec.Struct, frozen=True, kw_only=True):
    """What would be billed today, in order of supply point and period; empty when nothing is."""

    contract: str
    drafts: list[DraftOut]


def contract_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/contracts``."""
    return Router(
        "/contracts", route_handlers=[*_reads(use_cases), *_changes(use_cases)], tags=["contracts"]
    )


def _reads(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @get("/", sync_to_thread=True, operation_id="listContracts", responses=declared(400, 422))
    def list_contracts(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        customer: CustomerFilter = None,
        cups: CupsFilter = None,
        in_state: StateFilter = None,
    ) -> ContractsOut:
        """List contracts, also those of a customer or a supply point."""
        page = use_cases.contract_shelf.page(
            after=after_of(cursor),
            limit=limit,
            customer=customer,
            cups=Cups(cups) if cups else None,
            state=ContractState(in_state) if in_state else None,
        )
        return listed(ContractsOut, page, contract_out)

    @get(
        "/{number:str}",
        sync_to_thread=True,
        operation_id="readContract",
        responses=declared(400, 404),
    )
    def read_contract(number: ContractNumberPath) -> ContractOut:
        """Read a contract."""
        return contract_out(_known(use_cases, number))

    @get(
        "/{number:str}/bill-preview",
        sync_to_thread=True,
        operation_id="previewBill",
        responses=declared(400, 404, 422),
    )
    def preview_bill(number: ContractNumberPath) -> PreviewOut:
        """Show what is due today exactly as it would be charged; nothing is written."""
        contract = _known(use_cases, number)
        drafts = [_draft_out(draft) for draft in use_cases.preview_bill(contract.number)]
        return PreviewOut(contract=contract.number, drafts=drafts)

    return [list_contracts, read_contract, preview_bill]


def _changes(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @post(
        "/{number:str}/withdraw",
        sync_to_thread=True,
        status_code=200,
        operation_id="withdrawContract",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def withdraw_contract(
        request: AnyRequest, number: ContractNumberPath, key: IdempotencyKey = None
    ) -> Response[ContractOut]:
        """Withdraw a home within fourteen days of the signature; withdrawing twice is once."""

        def withdraw() -> Told:
            return Told(contract_out(use_cases.withdraw_contract(number)))

        return answered(use_cases.once, request, key, withdraw)

    @post(
        "/{number:str}/supplies/{cups:str}/end",
        sync_to_thread=True,
        status_code=200,
        operation_id="endSupply",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def end_supply(
        request: AnyRequest,
        number: ContractNumberPath,
        cups: CupsPath,
        data: EndBody,
        key: IdempotencyKey = None,
    ) -> Response[ContractOut]:
        """End the supply of a point on a day that has come; the same end told twice is once."""

        def end() -> Told:
            return Told(contract_out(use_cases.end_supply(number, cups, on=data.on)))

        return answered(use_cases.once, request, key, end)

    return [withdraw_contract, end_supply]


def contract_out(contract: Contract) -> ContractOut:
    """Tell a contract."""
    return ContractOut(
        number=contract.number,
        quote=contract.quote,
        customer=contract.customer,
        product=contract.product,
        state=contract.state.value,
        accepted_on=contract.accepted_on,
        signed_on=contract.signature.signed_on if contract.signature else None,
        supplies=[
            SupplyOut(
                cups=supply.site.cups.value,
                tariff=supply.site.tariff,
                powers=powers_out(supply.site.powers),
                state=supply.state.value,
                started_on=supply.started_on,
                ended_on=supply.ended_on,
            )
            for supply in contract.supplies
        ],
    )


def _known(use_cases: ApiUseCases, number: str) -> Contract:
    found = use_cases.contract_rows.by_numbers([number])
    if not found:
        raise NotFound("contracts.contract.unknown", "no such contract", contract=number)
    return found[0]


def _draft_out(draft: Draft) -> DraftOut:
    return DraftOut(cups=draft.cups.value, tariff=draft.tariff, bill=bill_out(draft.bill))
