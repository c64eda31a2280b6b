"""What was agreed on with a customer about one document a month over the bills."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, get, put
from litestar.openapi.spec import Example
from litestar.params import Body

from energyretail.domain.billing import LAST_CUT_DAY, ConsolidationTerms
from energyretail.entrypoints.api.answering import REPLAYED, IdempotencyKey, Told, answered
from energyretail.entrypoints.api.customers import CustomerNumberPath
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import Meta, Shape
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["ConsolidationOut", "consolidation_routes"]


class ConsolidationIn(Shape, frozen=True):
    """One document as of a `day` of each month, over what is issued from `since` on.

    The last one is as of no later day than `ended_on`. A day after the bills of a month and before
    they are collected asks for all of them once. Whoever changes the day keeps `since`.
    """

    day: Annotated[int, Meta(ge=1, le=LAST_CUT_DAY, examples=[20])]
    since: date
    ended_on: date | None = None


class ConsolidationOut(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a customer, ended ones too."""

    customer: str
    day: int
    since: date
    ended_on: date | None


_EXAMPLE = {"day": 20, "since": "2026-06-01"}
ConsolidationBody = Annotated[ConsolidationIn, Body(examples=[Example(value=_EXAMPLE)])]


def consolidation_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/customers/{number}/consolidation``."""

    @get(
        "/{number:str}/consolidation",
        sync_to_thread=True,
        operation_id="readConsolidation",
        responses=declared(400, 404),
    )
    def read_consolidation(number: CustomerNumberPath) -> ConsolidationOut:
        """Read what was agreed on about one document a month."""
        return _out(use_cases.consolidation.read(number))

    @put(
        "/{number:str}/consolidation",
        sync_to_thread=True,
        operation_id="agreeConsolidation",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def agree_consolidation(
        request: AnyRequest,
        number: CustomerNumberPath,
        data: ConsolidationBody,
        key: IdempotencyKey = None,
    ) -> Response[ConsolidationOut]:
        """Give a customer one document a month from a day on; other terms take their place."""

        def agree() -> Told:
            terms = use_cases.consolidation.agree(
                number, day=data.day, since=data.since, ended_on=data.ended_on
            )
            return Told(_out(terms))

        return answered(use_cases.once, request, key, agree)

    return Router(
        "/customers", route_handlers=[read_consolidation, agree_consolidation], tags=["customers"]
    )


def _out(terms: ConsolidationTerms) -> ConsolidationOut:
    return ConsolidationOut(
        customer=terms.customer, day=terms.day, since=terms.since, ended_on=terms.ended_on
    )
