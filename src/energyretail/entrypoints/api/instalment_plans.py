"""Instalment plans: what a contract pays in advance, and a review of what is still to be asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body, PathParameter

from energyretail.application.billing import WantedPlan
from energyretail.domain.billing import EndOfPlan, Instalment, InstalmentPlan
from energyretail.domain.shared import Money
from energyretail.entrypoints.api.answering import (
    ETAG,
    LOCATION,
    REPLAYED,
    IdempotencyKey,
    IfMatch,
    Told,
    answered,
    etag_of,
    version_of,
)
from energyretail.entrypoints.api.contracts import ContractNumberPath
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest, refuse_faults
from energyretail.entrypoints.api.shapes import (
    Code,
    ContractFilter,
    Meta,
    MoneyOut,
    Shape,
    money_out,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = [
    "InstalmentOut",
    "InstalmentPlanOut",
    "InstalmentPlansOut",
    "MoneyIn",
    "PlanIn",
    "ReviewIn",
    "plan_routes",
]

FirstDayPath = Annotated[date, PathParameter(examples=[Example(value="2026-07-01")])]


class MoneyIn(Shape, frozen=True):
    """An amount of zero or more in whole cents, and its currency."""

    amount: Annotated[str, Meta(pattern=r"^[0-9]{1,10}(\.[0-9]{1,2})?\Z", examples=["880.00"])]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", examples=["EUR"])]


class PlanIn(Shape, frozen=True):
    """What is agreed: `count` instalments over `months` from `first_day` sum to `expected`.

    `expected` is with VAT, of the code `tax` where the tariff has several. `at_end` says where
    the rest goes when a bill closes the plan: settled in money, or carried by the next plan.
    Without `first_due` the first instalment is due on the first day.
    """

    first_day: date
    expected: MoneyIn
    months: Annotated[int, Meta(ge=1, le=24)] = 12
    count: Annotated[int, Meta(ge=1, le=60)] = 12
    at_end: Literal["true_up", "roll_over"] = "true_up"
    first_due: date | None = None
    tax: Code | None = None


class ReviewIn(Shape, frozen=True):
    """The gross total that is expected by now."""

    expected: MoneyIn


class InstalmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """What falls due on a day: an advance, and a share of what an earlier bill left over.

    `asked` is the number of the document that asked for both.
    """

    due_on: date
    amount: MoneyOut
    carried: MoneyOut
    payable: MoneyOut
    asked: str | None


class InstalmentPlanOut(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it stands; `until` is the first day after its span."""

    contract: str
    first_day: date
    until: date
    months: int
    expected: MoneyOut
    carried: MoneyOut
    tax: str | None
    at_end: str
    version: int
    settled_on: date | None
    instalments: list[InstalmentOut]


class InstalmentPlansOut(msgspec.Struct, frozen=True, kw_only=True):
    """Plans in the order they were made."""

    items: list[InstalmentPlanOut]
    next: str | None
    has_more: bool


_EXPECTED = {"amount": "880.00", "currency": "EUR"}
PlanBody = Annotated[
    PlanIn,
    Body(examples=[Example(value={"first_day": "2026-07-01", "expected": _EXPECTED})]),
]
ReviewBody = Annotated[
    ReviewIn, Body(examples=[Example(value={"expected": _EXPECTED | {"amount": "750.00"}})])
]


def plan_routes(use_cases: ApiUseCases) -> list[Router]:
    """Return ``/v1/instalment-plans`` and ``/v1/contracts/{number}/instalment-plans``."""
    of_contract = Router(
        "/contracts/{number:str}/instalment-plans",
        route_handlers=[_read(use_cases), _set_up(use_cases), _review(use_cases)],
        tags=["contracts"],
    )
    of_all = Router("/instalment-plans", route_handlers=[_list(use_cases)], tags=["contracts"])
    return [of_contract, of_all]


def _list(use_cases: ApiUseCases) -> HTTPRouteHandler:
    @get(
        "/",
        sync_to_thread=True,
        operation_id="listInstalmentPlans",
        responses=declared(400),
    )
    def list_plans(
        limit: Limit = PAGE, cursor: Cursor = None, contract: ContractFilter = None
    ) -> InstalmentPlansOut:
        """List instalment plans as they stand, also those of a contract."""
        page = use_cases.plan_shelf.page(after=after_of(cursor), limit=limit, contract=contract)
        return listed(InstalmentPlansOut, page, plan_out)

    return list_plans


def _read(use_cases: ApiUseCases) -> HTTPRouteHandler:
    @get(
        "/{first_day:date}",
        sync_to_thread=True,
        operation_id="readInstalmentPlan",
        response_headers=[ETAG],
        responses=declared(400, 404),
    )
    def read_plan(
        number: ContractNumberPath, first_day: FirstDayPath
    ) -> Response[InstalmentPlanOut]:
        """Read a plan; the ETag is what a review must name."""
        plan = use_cases.plan_by_key(number, first_day)
        return Response(plan_out(plan), headers={"ETag": etag_of(plan.version)})

    return read_plan


def _set_up(use_cases: ApiUseCases) -> HTTPRouteHandler:
    @post(
        "/",
        sync_to_thread=True,
        operation_id="setUpInstalmentPlan",
        response_headers=[ETAG, LOCATION, REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def set_up_plan(
        request: AnyRequest,
        number: ContractNumberPath,
        data: PlanBody,
        key: IdempotencyKey = None,
    ) -> Response[InstalmentPlanOut]:
        """Let a contract pay in instalments; the same plan again is the plan that is there."""

        def set_up() -> Told:
            plan = use_cases.set_up_plan(_wanted(number, data))
            place = f"/v1/contracts/{plan.contract}/instalment-plans/{plan.first_day}"
            headers = (("ETag", etag_of(plan.version)), ("Location", place))
            return Told(plan_out(plan), 201, headers)

        return answered(use_cases.once, request, key, set_up)

    return set_up_plan


def _review(use_cases: ApiUseCases) -> HTTPRouteHandler:
    @post(
        "/{first_day:date}/review",
        sync_to_thread=True,
        status_code=200,
        operation_id="reviewInstalmentPlan",
        response_headers=[ETAG, REPLAYED],
        responses=declared(400, 404, 409, 412, 413, 422, 428),
    )
    def review_plan(
        request: AnyRequest,
        number: ContractNumberPath,
        first_day: FirstDayPath,
        data: ReviewBody,
        if_match: IfMatch = None,
        key: IdempotencyKey = None,
    ) -> Response[InstalmentPlanOut]:
        """Spread another total over what is still to be asked; what was asked stays."""
        refuse_faults(request)
        version = version_of(if_match)

        def review() -> Told:
            plan = use_cases.review_plan(number, first_day, _money(data.expected), version)
            return Told(plan_out(plan), headers=(("ETag", etag_of(plan.version)),))

        return answered(use_cases.once, request, key, review)

    return review_plan


def plan_out(plan: InstalmentPlan) -> InstalmentPlanOut:
    """Tell a plan."""
    return InstalmentPlanOut(
        contract=plan.contract,
        first_day=plan.first_day,
        until=plan.span.until,
        months=plan.months,
        expected=money_out(plan.expected),
        carried=money_out(plan.carried),
        tax=plan.tax,
        at_end=plan.at_end.value,
        version=plan.version,
        settled_on=plan.settled_on,
        instalments=[_instalment_out(each) for each in plan.instalments],
    )


def _instalment_out(instalment: Instalment) -> InstalmentOut:
    return InstalmentOut(
        due_on=instalment.due_on,
        amount=money_out(instalment.amount),
        carried=money_out(instalment.carried),
        payable=money_out(instalment.payable),
        asked=instalment.asked,
    )


def _wanted(contract: str, plan: PlanIn) -> WantedPlan:
    return WantedPlan(
        contract=contract,
        first_day=plan.first_day,
        months=plan.months,
        count=plan.count,
        expected=_money(plan.expected),
        at_end=EndOfPlan(plan.at_end),
        tax=plan.tax,
        first_due=plan.first_due,
    )


def _money(money: MoneyIn) -> Money:
    return Money(money.amount, money.currency)
