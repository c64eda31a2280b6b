"""Supply points: who supplied them when, and what their meters showed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body, FromQuery, QueryParameter

from energyretail.application.contracts import SupplyPoint
from energyretail.application.metering import KeptReading, ReadingsDoubted
from energyretail.domain.metering import DeliveredReading, Delivery, Origin
from energyretail.domain.shared import Cups
from energyretail.entrypoints.api.answering import REPLAYED, IdempotencyKey, Told, answered
from energyretail.entrypoints.api.documents import usage_routes
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.request_faults import Fault, RequestFaults
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import (
    CupsPath,
    CustomerFilter,
    Meta,
    Register,
    Shape,
    number_out,
    powers_out,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["ReadingIn", "SupplyPointOut", "SupplyPointsOut", "supply_point_routes"]

IndexText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,6}(\.[0-9]{1,3})?\Z",
        description="What the register shows, in kWh, as text.",
        examples=["9223"],
    ),
]


class PointSupplyOut(msgspec.Struct, frozen=True, kw_only=True):
    """A supply of the point: `started_on` is our first day, `ended_on` the first after us."""

    contract: str
    customer: str
    tariff: str
    powers: dict[str, str]
    state: str
    started_on: date | None
    ended_on: date | None


class SupplyPointOut(msgspec.Struct, frozen=True, kw_only=True):
    """A supply point with every supply it was ever wished for."""

    cups: str
    supplies: list[PointSupplyOut]


class SupplyPointsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Supply points in order of CUPS."""

    items: list[SupplyPointOut]
    next: str | None
    has_more: bool


class KeptReadingOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a register showed at the start of `taken_on`; the current version is the one billed."""

    register: str
    taken_on: date
    version: int
    index_kwh: str
    quality: str
    source: str
    basis: str | None
    received_on: date
    is_current: bool


class ReadingsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Readings in order of day, register and version."""

    items: list[KeptReadingOut]
    next: str | None
    has_more: bool


class ReadingIn(Shape, frozen=True):
    """What a customer or a reader saw on the meter at the start of `taken_on`, by register."""

    taken_on: date
    indices: Annotated[dict[Register, IndexText], Meta(min_length=1, max_length=12)]


class TakenOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many registers' readings are new, take an estimate's place, or were known."""

    cups: str
    taken_on: date
    taken: int
    replaced: int
    known: int


_EXAMPLE = {"taken_on": "2026-03-27", "indices": {"P1": "9223", "P2": "16001", "P3": "29292"}}
ReadingBody = Annotated[ReadingIn, Body(examples=[Example(value=_EXAMPLE)])]


def supply_point_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/supply-points``."""
    return Router(
        "/supply-points",
        route_handlers=[*_reads(use_cases), *_changes(use_cases), *usage_routes(use_cases)],
        tags=["supply points"],
    )


def _reads(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @get("/", sync_to_thread=True, operation_id="listSupplyPoints", responses=declared(400))
    def list_supply_points(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        customer: CustomerFilter = None,
        prefix: Annotated[str | None, QueryParameter(pattern=r"^[A-Z0-9]{1,22}\Z")] = None,
    ) -> SupplyPointsOut:
        """List supply points, also those of a customer or with a beginning."""
        page = use_cases.supply_point_shelf.page(
            after=after_of(cursor), limit=limit, customer=customer, prefix=prefix
        )
        return listed(SupplyPointsOut, page, _point_out)

    @get(
        "/{cups:str}",
        sync_to_thread=True,
        operation_id="readSupplyPoint",
        responses=declared(400, 404, 422),
    )
    def read_supply_point(cups: CupsPath) -> SupplyPointOut:
        """Read a supply point and who supplied it when."""
        return _point_out(use_cases.supply_point_shelf.by_cups(Cups(cups)))

    @get(
        "/{cups:str}/readings",
        sync_to_thread=True,
        operation_id="listReadings",
        responses=declared(400, 404, 422),
    )
    def list_readings(
        cups: CupsPath,
        limit: Limit = PAGE,
        cursor: Cursor = None,
        register: Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_-]{1,12}\Z")] = None,
        since: FromQuery[date | None] = None,
        until: FromQuery[date | None] = None,
        current_only: FromQuery[bool] = False,
    ) -> ReadingsOut:
        """List readings from `since` (included) to `until` (excluded), superseded ones too."""
        point = use_cases.supply_point_shelf.by_cups(Cups(cups))
        page = use_cases.reading_shelf.page(
            point.cups,
            after=after_of(cursor),
            limit=limit,
            register=register,
            since=since,
            until=until,
            current_only=current_only,
        )
        return listed(ReadingsOut, page, _reading_out)

    return [list_supply_points, read_supply_point, list_readings]


def _changes(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @post(
        "/{cups:str}/readings",
        sync_to_thread=True,
        operation_id="takeReading",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def take_reading(
        request: AnyRequest,
        cups: CupsPath,
        data: ReadingBody,
        key: IdempotencyKey = None,
    ) -> Response[TakenOut]:
        """Take in what somebody read; all registers are believed, or nothing is taken.

        The same reading again is known and changes nothing.
        """

        def take() -> Told:
            point = use_cases.supply_point_shelf.by_cups(Cups(cups))
            delivery = _delivery(point.cups, data, today=use_cases.today())
            try:
                taken = use_cases.take_readings(delivery)
            except ReadingsDoubted as doubted:
                raise RequestFaults(_faults(doubted)) from doubted
            return Told(
                TakenOut(
                    cups=cups,
                    taken_on=data.taken_on,
                    taken=len(taken.taken),
                    replaced=len(taken.replaced),
                    known=taken.known,
                ),
                201,
            )

        return answered(use_cases.once, request, key, take)

    return [take_reading]


def _point_out(point: SupplyPoint) -> SupplyPointOut:
    return SupplyPointOut(
        cups=point.cups.value,
        supplies=[
            PointSupplyOut(
                contract=each.contract,
                customer=each.customer,
                tariff=each.supply.site.tariff,
                powers=powers_out(each.supply.site.powers),
                state=each.supply.state.value,
                started_on=each.supply.started_on,
                ended_on=each.supply.ended_on,
            )
            for each in point.supplies
        ],
    )


def _reading_out(kept: KeptReading) -> KeptReadingOut:
    reading = kept.reading
    return KeptReadingOut(
        register=reading.register,
        taken_on=reading.taken_on,
        version=reading.version,
        index_kwh=number_out(reading.index_kwh),
        quality=reading.quality.value,
        source=reading.source,
        basis=reading.basis.text if reading.basis else None,
        received_on=kept.received_on,
        is_current=kept.is_current,
    )


def _delivery(cups: Cups, reading: ReadingIn, *, today: date) -> Delivery:
    rows = tuple(
        DeliveredReading(cups, register, reading.taken_on, index, Origin.SELF_READ, None, line)
        for line, (register, index) in enumerate(sorted(reading.indices.items()), start=1)
    )
    return Delivery("customer", today, rows)


def _faults(doubted: ReadingsDoubted) -> tuple[Fault, ...]:
    return tuple(
        Fault(f"indices.{each.delivered.register}", objection.code, objection.text)
        for each in doubted.doubted
        for objection in each.objections
    )
