"""Switches: supply points on their way to us, as the market registry answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from energyretail.domain.shared import Cups, NotFound
from energyretail.domain.switching import Switch, SwitchState
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.shapes import ContractFilter, CupsFilter, path_number
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["SwitchOut", "SwitchesOut", "switch_routes"]

RequestPath = Annotated[str, path_number(r"^[0-9]{12}\Z", "202603000001")]
StateFilter = Annotated[
    Literal["requested", "accepted", "active", "rejected"] | None, QueryParameter(name="state")
]


class RejectionOut(msgspec.Struct, frozen=True, kw_only=True):
    """Why the registry rejected a claim, by its own table of codes."""

    code: str
    text: str


class SwitchOut(msgspec.Struct, frozen=True, kw_only=True):
    """A switch by its request code; `expected_on` is told by the registry, not promised."""

    request: str
    contract: str
    customer: str
    cups: str
    state: str
    requested_on: date
    wanted_on: date | None
    expected_on: date | None
    activated_on: date | None
    rejections: list[RejectionOut]


class SwitchesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Switches in order of request code."""

    items: list[SwitchOut]
    next: str | None
    has_more: bool


def switch_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/switches``."""

    @get("/", sync_to_thread=True, operation_id="listSwitches", responses=declared(400, 422))
    def list_switches(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        contract: ContractFilter = None,
        cups: CupsFilter = None,
        in_state: StateFilter = None,
    ) -> SwitchesOut:
        """List switches, also those of a contract or a supply point."""
        page = use_cases.switch_shelf.page(
            after=after_of(cursor),
            limit=limit,
            contract=contract,
            cups=Cups(cups) if cups else None,
            state=SwitchState(in_state) if in_state else None,
        )
        return listed(SwitchesOut, page, _switch_out)

    @get(
        "/{request_code:str}",
        sync_to_thread=True,
        operation_id="readSwitch",
        responses=declared(400, 404),
    )
    def read_switch(request_code: RequestPath) -> SwitchOut:
        """Read a switch by its request code."""
        found = use_cases.switches.by_request([request_code])
        if not found:
            raise NotFound("switching.switch.unknown", "no such switch", request=request_code)
        return _switch_out(found[0])

    return Router("/switches", route_handlers=[list_switches, read_switch], tags=["switches"])


def _switch_out(switch: Switch) -> SwitchOut:
    return SwitchOut(
        request=switch.request,
        contract=switch.contract,
        customer=switch.claimant.customer,
        cups=switch.cups.value,
        state=switch.state.value,
        requested_on=switch.requested_on,
        wanted_on=switch.wanted_on,
        expected_on=switch.expected_on,
        activated_on=switch.activated_on,
        rejections=[RejectionOut(code=code, text=words) for code, words in switch.rejections],
    )
