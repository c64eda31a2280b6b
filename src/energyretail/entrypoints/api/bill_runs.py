"""Bill runs: started, watched, called off, resumed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import attrs
import msgspec
from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body

from energyretail.application.operations import RunShown
from energyretail.domain.operations import CHUNK_SIZE, CHUNK_SIZE_MAX, BillChunk, ChunkResult
from energyretail.entrypoints.api.answering import (
    LOCATION,
    REPLAYED,
    IdempotencyKey,
    Told,
    answered,
)
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.requests import AnyRequest
from energyretail.entrypoints.api.shapes import Meta, Name, Shape, path_number
from energyretail.entrypoints.api.use_cases import ApiUseCases
from energyretail.entrypoints.bill_run_words import told

__all__ = ["BillRunIn", "BillRunOut", "BillRunsOut", "ChunkOut", "ChunksOut", "bill_run_routes"]


class BillRunIn(Shape, frozen=True):
    """A run of the business day; of a dry one nothing is kept but its counts."""

    as_of: date
    started_by: Name
    dry_run: bool = False
    chunk_size: Annotated[int, Meta(ge=1, le=CHUNK_SIZE_MAX)] = CHUNK_SIZE


class ChunkCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The chunks of a run by where they stand."""

    waiting: int
    under_way: int
    done: int
    failed: int


class BillRunOut(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is.

    `due` counts the supplies that were due when it was planned, `due_done` those of chunks that
    are done. `why` counts what was held or parked by its code, `one_by_one` the supplies that
    columns left to be billed one by one. `bills_per_second` and
    `seconds_left` are of the workers under way together, null before a chunk is done.
    """

    number: int
    as_of: date
    started_by: str
    dry_run: bool
    chunk_size: int
    state: str
    chunks: ChunkCounts
    due: int
    due_done: int
    percent: int
    issued: int
    held: int
    parked: int
    why: dict[str, int]
    one_by_one: dict[str, int]
    worked_seconds: int
    bills_per_second: str | None
    seconds_left: int | None


class BillRunsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Bill runs, the latest first."""

    items: list[BillRunOut]
    next: str | None
    has_more: bool


class ChunkOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a run: the supplies with a key beyond `after` up to `until`, empty for the ends.

    The counts are null before it is done; `code` says why it failed, empty unless it did.
    """

    number: int
    after: str
    until: str
    due: int
    state: str
    issued: int | None
    held: int | None
    parked: int | None
    milliseconds: int | None
    code: str


class ChunksOut(msgspec.Struct, frozen=True, kw_only=True):
    """The chunks of a run, in the order of their ranges."""

    items: list[ChunkOut]
    next: str | None
    has_more: bool


NumberPath = Annotated[str, path_number(r"^[1-9][0-9]{0,11}\Z", "1")]
_EXAMPLE = {"as_of": "2026-03-27", "started_by": "night operator", "chunk_size": 500}
RunBody = Annotated[BillRunIn, Body(examples=[Example(value=_EXAMPLE)])]


def bill_run_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/bill-runs``."""

    @post(
        "/",
        sync_to_thread=True,
        status_code=202,
        operation_id="startBillRun",
        response_headers=[LOCATION, REPLAYED],
        responses=declared(400, 409, 413, 422),
    )
    def start_bill_run(
        request: AnyRequest, data: RunBody, key: IdempotencyKey = None
    ) -> Response[BillRunOut]:
        """Plan a run over all that is due and let the workers take its chunks."""

        def start() -> Told:
            run = use_cases.bill_runs.start(
                data.as_of,
                by=data.started_by,
                dry_run=data.dry_run,
                chunk_size=data.chunk_size,
            )
            place = f"/v1/bill-runs/{run.number}"
            return Told(_shown(use_cases, run.number), 202, (("Location", place),))

        return answered(use_cases.once, request, key, start)

    return Router(
        "/bill-runs",
        route_handlers=[*_reads(use_cases), start_bill_run, *_changes(use_cases)],
        tags=["operations"],
    )


def _reads(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @get("/", sync_to_thread=True, operation_id="listBillRuns", responses=declared(400))
    def list_bill_runs(limit: Limit = PAGE, cursor: Cursor = None) -> BillRunsOut:
        """List the bill runs so far."""
        page = use_cases.bill_runs.shelf.page(after=after_of(cursor), limit=limit)
        return listed(BillRunsOut, page, _out)

    @get(
        "/{number:str}",
        sync_to_thread=True,
        operation_id="readBillRun",
        responses=declared(400, 404),
    )
    def read_bill_run(number: NumberPath) -> BillRunOut:
        """Read how far a run is, how fast, and how long what is left will take."""
        return _shown(use_cases, int(number))

    @get(
        "/{number:str}/chunks",
        sync_to_thread=True,
        operation_id="listBillRunChunks",
        responses=declared(400, 404),
    )
    def list_bill_run_chunks(
        number: NumberPath, limit: Limit = PAGE, cursor: Cursor = None
    ) -> ChunksOut:
        """List the chunks of a run, and what came of each."""
        shelf, after = use_cases.bill_runs.shelf, after_of(cursor)
        page = shelf.chunks(int(number), after=after, limit=limit)
        return listed(ChunksOut, page, _chunk_out)

    return [list_bill_runs, read_bill_run, list_bill_run_chunks]


def _changes(use_cases: ApiUseCases) -> list[HTTPRouteHandler]:
    @post(
        "/{number:str}/abort",
        sync_to_thread=True,
        status_code=200,
        operation_id="abortBillRun",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 422),
    )
    def abort_bill_run(
        request: AnyRequest, number: NumberPath, key: IdempotencyKey = None
    ) -> Response[BillRunOut]:
        """Begin no chunk any more; those under way end. Aborting again changes nothing."""

        def abort() -> Told:
            use_cases.bill_runs.abort(int(number))
            return Told(_shown(use_cases, int(number)))

        return answered(use_cases.once, request, key, abort)

    @post(
        "/{number:str}/resume",
        sync_to_thread=True,
        status_code=202,
        operation_id="resumeBillRun",
        response_headers=[REPLAYED],
        responses=declared(400, 404, 409, 422),
    )
    def resume_bill_run(
        request: AnyRequest, number: NumberPath, key: IdempotencyKey = None
    ) -> Response[BillRunOut]:
        """Let chunks that failed wait again, and make due whatever is not done."""

        def resume() -> Told:
            use_cases.bill_runs.resume(int(number))
            return Told(_shown(use_cases, int(number)), 202)

        return answered(use_cases.once, request, key, resume)

    return [abort_bill_run, resume_bill_run]


def _shown(use_cases: ApiUseCases, number: int) -> BillRunOut:
    return _out(use_cases.bill_runs.shelf.by_number(number))


def _out(shown: RunShown) -> BillRunOut:
    plain = attrs.asdict(told(shown))
    return BillRunOut(**plain | {"chunks": ChunkCounts(**plain["chunks"])})


def _chunk_out(chunk: BillChunk) -> ChunkOut:
    result = chunk.result or ChunkResult()
    is_done = chunk.result is not None
    return ChunkOut(
        number=chunk.number,
        after=chunk.keys.after,
        until=chunk.keys.until,
        due=chunk.due,
        state=chunk.state.value,
        issued=result.issued if is_done else None,
        held=result.held if is_done else None,
        parked=result.parked if is_done else None,
        milliseconds=result.took_ms if is_done else None,
        code=chunk.code,
    )
