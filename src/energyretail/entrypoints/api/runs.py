"""Runs: the company's business days, each a walk through the steps of the day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, PathParameter

from energyretail.application.operations import DayShown
from energyretail.domain.shared import NotFound
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
from energyretail.entrypoints.api.shapes import Shape
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["RunIn", "RunOut", "RunsOut", "run_routes"]


class RunIn(Shape, frozen=True):
    """The business day to move to: today's, or a later one once today's is closed."""

    day: date


class RunOut(msgspec.Struct, frozen=True, kw_only=True):
    """How far a business day is; it is closed when nothing more is due on it."""

    day: date
    closed: bool
    steps_done: list[str]
    steps_left: list[str]


class RunsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Business days, the latest first."""

    items: list[RunOut]
    next: str | None
    has_more: bool


DayPath = Annotated[date, PathParameter(examples=[Example(value="2026-03-27")])]
RunBody = Annotated[RunIn, Body(examples=[Example(value={"day": "2026-03-27"})])]


def run_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/runs``."""
    steps = use_cases.day_steps

    def out(shown: DayShown) -> RunOut:
        return RunOut(
            day=shown.day,
            closed=shown.is_closed,
            steps_done=[step for step in steps if step in shown.steps_done],
            steps_left=[step for step in steps if step not in shown.steps_done],
        )

    def run_of(day: date) -> RunOut:
        # The page that follows the next day begins with the day itself: newest come first.
        after = date.fromordinal(min(day.toordinal() + 1, date.max.toordinal())).isoformat()
        page = use_cases.business_day_shelf.page(after=after, limit=1)
        if not page.items or page.items[0].day != day:
            raise NotFound("operations.day.unknown", "no such business day", day=day)
        return out(page.items[0])

    @get("/", sync_to_thread=True, operation_id="listRuns", responses=declared(400))
    def list_runs(limit: Limit = PAGE, cursor: Cursor = None) -> RunsOut:
        """List the business days so far."""
        page = use_cases.business_day_shelf.page(after=_day_after(cursor), limit=limit)
        return listed(RunsOut, page, out)

    @get("/{day:date}", sync_to_thread=True, operation_id="readRun", responses=declared(400, 404))
    def read_run(day: DayPath) -> RunOut:
        """Read how far a business day is."""
        return run_of(day)

    @post(
        "/",
        sync_to_thread=True,
        status_code=202,
        operation_id="beginRun",
        response_headers=[LOCATION, REPLAYED],
        responses=declared(400, 404, 409, 413, 422),
    )
    def begin_run(
        request: AnyRequest, data: RunBody, key: IdempotencyKey = None
    ) -> Response[RunOut]:
        """Move the company to a business day and let a worker walk its steps; once is enough."""

        def begin() -> Told:
            use_cases.run_day(data.day)
            return Told(run_of(data.day), 202, (("Location", f"/v1/runs/{data.day}"),))

        return answered(use_cases.once, request, key, begin)

    return Router("/runs", route_handlers=[list_runs, read_run, begin_run], tags=["operations"])


def _day_after(cursor: str | None) -> str:
    """Return the day a cursor stands for; one that stands for none ends the list."""
    after = after_of(cursor)
    try:
        return after and date.fromisoformat(after).isoformat()
    except ValueError:
        return date.min.isoformat()
