"""Held bills: drafts that are not plausible, and what two people say about them."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from energyretail.domain.billing import (
    Decision,
    Finding,
    HeldBill,
    HeldBillState,
    HeldBillTrigger,
)
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
    ContractFilter,
    MoneyOut,
    PeriodOut,
    Remark,
    Shape,
    money_out,
    path_number,
    period_out,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["DecisionIn", "DecisionOut", "FindingOut", "HeldBillOut", "HeldBillsOut",
           "held_bill_routes"]  # fmt: skip

_PREFIX = "hld_"
_EXAMPLE_KEY = "K000001/ES0021000000000271JS0F/2026-03-10/0123456789abcdef"


def _name_of(key: str) -> str:
    return _PREFIX + base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


HeldPath = Annotated[str, path_number(r"^hld_[A-Za-z0-9_-]{2,400}\Z", _name_of(_EXAMPLE_KEY))]
StateFilter = Annotated[
    Literal["held", "released", "confirmed", "rejected", "issued", "lapsed"] | None,
    QueryParameter(name="state", examples=[Example(value="held")]),
]


class FindingOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule found: `code` is stable, the figures are in `unit` (none for a share).

    `factor` is how often `expected` goes into `used`; both are null where nothing is compared.
    """

    code: str
    text: str
    register: str
    used: str
    expected: str | None
    factor: str | None
    unit: str


class DecisionOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided, and why."""

    by: str
    on: date
    reason: str


class HeldBillOut(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that was held; `digest` names what was judged, `gross` is what it would ask."""

    id: str
    contract: str
    customer: str
    cups: str
    period: PeriodOut
    digest: str
    tariff: str
    gross: MoneyOut
    findings: list[FindingOut]
    held_on: date
    state: str
    released: DecisionOut | None
    confirmed: DecisionOut | None
    rejected: DecisionOut | None
    version: int


class HeldBillsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Held bills in order of contract, supply point and first day."""

    items: list[HeldBillOut]
    next: str | None
    has_more: bool


class DecisionIn(Shape, frozen=True):
    """Who decides, and why. A release and its confirmation are by two people."""

    person: Remark
    reason: Remark


DecisionBody = Annotated[
    DecisionIn,
    Body(
        examples=[
            Example(value={"person": "Ana Ruiz", "reason": "A bakery moved in: the use is right."})
        ]
    ),
]


def held_bill_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/held-bills``."""
    return Router(
        "/held-bills",
        route_handlers=[
            _list(use_cases),
            _read(use_cases),
            *(_decide(use_cases, *each) for each in _DECISIONS),
        ],
        tags=["invoices"],
    )


def _list(use_cases: ApiUseCases) -> HTTPRouteHandler:
    @get("/", sync_to_thread=True, operation_id="listHeldBills", responses=declared(400))
    def list_held_bills(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        contract: ContractFilter = None,
        wanted: StateFilter = None,
    ) -> HeldBillsOut:
        """List drafts that were held, also those of a contract or in a state."""
        page = use_cases.held.shelf.page(
            after=after_of(cursor),
            limit=limit,
            contract=contract,
            state=None if wanted is None else HeldBillState(wanted),
        )
        return listed(HeldBillsOut, page, _out)

    return list_held_bills


def _read(use_cases: ApiUseCases) -> HTTPRouteHandler:
    @get(
        "/{held_id:str}",
        sync_to_thread=True,
        operation_id="readHeldBill",
        response_headers=[ETAG],
        responses=declared(400, 404),
    )
    def read_held_bill(held_id: HeldPath) -> Response[HeldBillOut]:
        """Read a held draft with what was found; the ETag is what a decision must name."""
        bill = use_cases.held.by_key(_key_of(held_id))
        return Response(_out(bill), headers={"ETag": etag_of(bill.version)})

    return read_held_bill


_DECISIONS = (
    (HeldBillTrigger.RELEASE, "releaseHeldBill", "Say as the first person that it may leave."),
    (
        HeldBillTrigger.CONFIRM,
        "confirmHeldBill",
        "Say so as a second person: the next run issues it, if the same is drafted still.",
    ),
    (
        HeldBillTrigger.REJECT,
        "rejectHeldBill",
        "Say that it is wrong: it is never issued as it is, only what is drafted otherwise.",
    ),
)


def _decide(
    use_cases: ApiUseCases, decision: HeldBillTrigger, operation: str, told: str
) -> HTTPRouteHandler:
    @post(
        f"/{{held_id:str}}/{decision.value}",
        sync_to_thread=True,
        status_code=200,
        operation_id=operation,
        description=told,
        response_headers=[ETAG, REPLAYED],
        responses=declared(400, 404, 409, 412, 413, 422, 428),
    )
    def decide_held_bill(
        request: AnyRequest,
        held_id: HeldPath,
        data: DecisionBody,
        if_match: IfMatch = None,
        key: IdempotencyKey = None,
    ) -> Response[HeldBillOut]:
        refuse_faults(request)
        version = version_of(if_match)

        def decide() -> Told:
            bill = use_cases.held.decide(
                _key_of(held_id), decision, by=data.person, reason=data.reason, version=version
            )
            return Told(_out(bill), headers=(("ETag", etag_of(bill.version)),))

        return answered(use_cases.once, request, key, decide)

    return decide_held_bill


def _out(bill: HeldBill) -> HeldBillOut:
    return HeldBillOut(
        id=_name_of(bill.key),
        contract=bill.contract,
        customer=bill.customer,
        cups=bill.cups.value,
        period=period_out(bill.days),
        digest=bill.digest,
        tariff=bill.tariff,
        gross=money_out(bill.gross),
        findings=[_finding_out(each) for each in bill.findings],
        held_on=bill.held_on,
        state=bill.state.value,
        released=_decision_out(bill.released),
        confirmed=_decision_out(bill.confirmed),
        rejected=_decision_out(bill.rejected),
        version=bill.version,
    )


def _finding_out(finding: Finding) -> FindingOut:
    return FindingOut(
        code=finding.code,
        text=finding.text,
        register=finding.register,
        used=f"{finding.used:f}",
        expected=None if finding.expected is None else f"{finding.expected:f}",
        factor=None if finding.factor is None else f"{finding.factor:f}",
        unit=finding.unit,
    )


def _decision_out(decision: Decision | None) -> DecisionOut | None:
    if decision is None:
        return None
    return DecisionOut(by=decision.by, on=decision.on, reason=decision.reason)


def _key_of(held_id: str) -> str:
    digits = held_id.removeprefix(_PREFIX)
    try:
        return base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise NotFound("billing.held_bill.unknown", "no such bill is held", id=held_id) from error
