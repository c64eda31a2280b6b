"""Documents of the tariff format: tariffs offered, use told, figures published."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body

from energyretail.adapters.tariff_json import (
    DocumentFaults,
    read_figures,
    read_offered,
    read_told,
)
from energyretail.application.billing import TariffDocument
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Cups, NotFound
from energyretail.entrypoints.api.answering import (
    LOCATION,
    REPLAYED,
    IdempotencyKey,
    Told,
    answered,
)
from energyretail.entrypoints.api.document_examples import FIGURES, TARIFF, USAGE
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.request_faults import Fault, RequestFaults
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import CupsPath, path_number
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["TariffOut", "TariffsOut", "document_routes", "usage_routes"]

CodePath = Annotated[str, path_number(r"^[A-Za-z0-9._-]{1,40}\Z", "2.0TD-HORA-A-HORA")]


class TariffOut(msgspec.Struct, frozen=True, kw_only=True):
    """A tariff that came as a document, in its newest version."""

    code: str
    name: str
    version: int
    added_on: date
    document: dict[str, Any]


class TariffsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Tariffs that came as documents, in order of code."""

    items: list[TariffOut]
    next: str | None
    has_more: bool


class TakenFactsOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many facts or figures were news."""

    taken: int


def _body(example: dict[str, Any], what: str) -> Any:
    return Body(
        examples=[Example(value=example)],
        description=f"{what} of the tariff format; `energyretail schema` prints its JSON Schema.",
    )


TariffBody = Annotated[dict[str, Any], _body(TARIFF, "A tariff document")]
UsageBody = Annotated[dict[str, Any], _body(USAGE, "A document of usage to keep")]
FiguresBody = Annotated[dict[str, Any], _body(FIGURES, "A document of published figures")]


def document_routes(use_cases: ApiUseCases) -> list[Router]:
    """Return ``/v1/tariffs`` and ``/v1/figures``."""
    return [
        Router("/tariffs", route_handlers=_tariffs(use_cases), tags=["tariffs"]),
        Router("/figures", route_handlers=[_figures(use_cases)], tags=["tariffs"]),
    ]


def _tariffs(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @get("/", sync_to_thread=True, operation_id="listTariffs", responses=declared(400))
    def list_tariffs(limit: Limit = PAGE, cursor: Cursor = None) -> TariffsOut:
        """List the tariffs that came as documents; those of the market are not among them."""
        page = use_cases.told.tariff_book.page(after=after_of(cursor), limit=limit)
        return listed(TariffsOut, page, _tariff_out)

    @get(
        "/{code:str}",
        sync_to_thread=True,
        operation_id="readTariff",
        responses=declared(400, 404),
    )
    def read_one(code: CodePath) -> TariffOut:
        """Read a tariff as it was given."""
        found = use_cases.told.tariff_book.current(code)
        if found is None:
            raise NotFound("billing.tariff.unknown", "no document of this code", code_asked=code)
        return _tariff_out(found)

    @post(
        "/",
        sync_to_thread=True,
        operation_id="addTariff",
        response_headers=[LOCATION, REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def add_tariff(
        request: AnyRequest, data: TariffBody, key: IdempotencyKey = None
    ) -> Response[TariffOut]:
        """Offer the tariff of a document, or the next version of one; the same again is nothing.

        Bills in force whose prices it changes are corrected the next business day.
        """

        def add() -> Told:
            added = use_cases.told.add_tariff(_read(read_offered, data), data)
            place = (("Location", f"/v1/tariffs/{added.tariff.code}"),)
            return Told(_tariff_out(added), 201, place)

        return answered(use_cases.once, request, key, add)

    return [list_tariffs, read_one, add_tariff]


def _figures(use_cases: ApiUseCases) -> HTTPRouteHandler:
    @post(
        "/",
        sync_to_thread=True,
        status_code=200,
        operation_id="takeFigures",
        response_headers=[REPLAYED],
        responses=declared(400, 409, 413, 422),
    )
    def take_figures(
        request: AnyRequest, data: FiguresBody, key: IdempotencyKey = None
    ) -> Response[TakenFactsOut]:
        """Keep published indices, conversions and profiles; told again they are nothing."""

        def take() -> Told:
            return Told(TakenFactsOut(taken=use_cases.told.take_figures(_read(read_figures, data))))

        return answered(use_cases.once, request, key, take)

    return take_figures


def usage_routes(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    """Return what is told of a supply point, below ``/v1/supply-points``."""

    @post(
        "/{cups:str}/usage",
        sync_to_thread=True,
        status_code=200,
        operation_id="takeUsage",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def take_usage(
        request: AnyRequest, cups: CupsPath, data: UsageBody, key: IdempotencyKey = None
    ) -> Response[TakenFactsOut]:
        """Keep what was measured or declared of a supply point beside its readings.

        Told again it is nothing; told otherwise it takes the place of what was told before, and
        bills in force that rest on that are corrected the next business day.
        """

        def take() -> Told:
            told = _read(lambda document: read_told(document, zone=SPAIN.zone), data)
            return Told(TakenFactsOut(taken=use_cases.told.take_usage(Cups(cups), told)))

        return answered(use_cases.once, request, key, take)

    return [take_usage]


_Read = TypeVar("_Read")


def _read(read: Callable[[object], _Read], document: dict[str, Any]) -> _Read:
    """Read a document; raises RequestFaults with every fault of it."""
    try:
        return read(document)
    except DocumentFaults as error:
        raise RequestFaults(
            tuple(Fault(_field(each.pointer), each.code, each.text) for each in error.faults)
        ) from None


def _field(pointer: str) -> str:
    """Return ``components[0].price`` for ``/components/0/price``."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    text = "".join(f"[{step}]" if re.fullmatch("[0-9]+", step) else f".{step}" for step in steps)
    return text.removeprefix(".")


def _tariff_out(found: TariffDocument) -> TariffOut:
    return TariffOut(
        code=found.tariff.code,
        name=found.tariff.name,
        version=found.version,
        added_on=found.added_on,
        document=dict(found.document),
    )
