"""Work items: what waits for a person, why, and the way out."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, PathParameter, QueryParameter

from energyretail.application.shared import Channel
from energyretail.domain.operations import ClosedWorkItem, WorkItem
from energyretail.domain.shared import NotFound
from energyretail.entrypoints.api.answering import REPLAYED, IdempotencyKey, Told, answered
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import Remark, Shape, path_number
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["WorkItemOut", "WorkItemsOut", "work_item_routes"]

_PREFIX = "wrk_"
ItemPath = Annotated[
    str, path_number(r"^wrk_[A-Za-z0-9_-]{2,800}\Z", "wrk_c3dpdGNoLzIwMjYwMzAwMDAwMQ")
]
Word = Annotated[str | None, QueryParameter(pattern=r"^[a-z0-9_.]{1,80}\Z")]
ChannelName = Annotated[
    Literal["registry", "erp", "bank", "signature", "mail"],
    PathParameter(examples=[Example(value="erp")]),
]


class WorkItemOut(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person must look at; `code` is stable."""

    id: str
    kind: str
    key: str
    code: str
    text: str
    way_out: str
    raised_on: date


class WorkItemsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Open items in order of kind and key."""

    items: list[WorkItemOut]
    next: str | None
    has_more: bool


class CloseIn(Shape, frozen=True):
    """What was done about it."""

    remark: Remark


class ClosedOut(msgspec.Struct, frozen=True, kw_only=True):
    """An item that was dealt with."""

    item: WorkItemOut
    closed_on: date
    remark: str


class SentAgainOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many parked messages of a channel go out again."""

    channel: str
    released: int


_EXAMPLE = {"remark": "Called the operator: the right file comes tomorrow."}
CloseBody = Annotated[CloseIn, Body(examples=[Example(value=_EXAMPLE)])]


def work_item_routes(use_cases: ApiUseCases) -> list[Router]:
    """Return the work list and what sends messages again, below ``/v1``."""

    @get("/", sync_to_thread=True, operation_id="listWorkItems", responses=declared(400))
    def list_work_items(
        limit: Limit = PAGE, cursor: Cursor = None, kind: Word = None, code: Word = None
    ) -> WorkItemsOut:
        """List what waits for a person."""
        page = use_cases.work_item_shelf.page(
            after=after_of(cursor), limit=limit, kind=kind, code=code
        )
        return listed(WorkItemsOut, page, _item_out)

    @post(
        "/{item_id:str}/close",
        sync_to_thread=True,
        status_code=200,
        operation_id="closeWorkItem",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def close_work_item(
        request: AnyRequest, item_id: ItemPath, data: CloseBody, key: IdempotencyKey = None
    ) -> Response[ClosedOut]:
        """Close an item a person has dealt with; the same remark again is the same answer."""

        def close() -> Told:
            kind, item_key = _named(item_id)
            return Told(_closed_out(use_cases.close_work_item(kind, item_key, data.remark)))

        return answered(use_cases.once, request, key, close)

    @post(
        "/{channel:str}/send-again",
        sync_to_thread=True,
        status_code=200,
        operation_id="sendAgain",
        response_headers=[REPLAYED],
        responses=declared(400, 409, 413, 422),
    )
    def send_again(
        request: AnyRequest, channel: ChannelName, key: IdempotencyKey = None
    ) -> Response[SentAgainOut]:
        """Let a channel's parked messages go out again, once their cause was put right."""

        def release() -> Told:
            released = use_cases.send_again(Channel(channel))
            return Told(SentAgainOut(channel=channel, released=released))

        return answered(use_cases.once, request, key, release)

    return [
        Router(
            "/work-items", route_handlers=[list_work_items, close_work_item], tags=["operations"]
        ),
        Router("/channels", route_handlers=[send_again], tags=["operations"]),
    ]


def _item_out(item: WorkItem) -> WorkItemOut:
    return WorkItemOut(
        id=_name_of(item.kind, item.key),
        kind=item.kind,
        key=item.key,
        code=item.code,
        text=item.text,
        way_out=item.way_out,
        raised_on=item.raised_on,
    )


def _closed_out(closed: ClosedWorkItem) -> ClosedOut:
    return ClosedOut(item=_item_out(closed.item), closed_on=closed.closed_on, remark=closed.remark)


def _name_of(kind: str, key: str) -> str:
    return _PREFIX + base64.urlsafe_b64encode(f"{kind}/{key}".encode()).decode().rstrip("=")


def _named(item_id: str) -> tuple[str, str]:
    digits = item_id.removeprefix(_PREFIX)
    try:
        text = base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    kind, found, key = text.partition("/")
    if not found or "\x00" in text:
        raise NotFound("operations.work_item.unknown", "no such work item", id=item_id)
    return kind, key
