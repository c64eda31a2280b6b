"""The handle that moves the sandbox through its calendar."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar import Router, get, post
from litestar.status_codes import HTTP_200_OK

from energyretail.entrypoints.sandbox.world import World

__all__ = ["ClockMove", "Status", "control_router"]


class ClockMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The day to advance to."""

    day: date


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Where the sandbox stands; `walked` counts the days this call lived through."""

    seed: int
    day: date | None
    partners: list[str]
    walked: int = 0


def control_router(world: World) -> Router:
    """Return ``POST /control/clock`` and ``GET /control/status``."""

    def status(walked: int = 0) -> Status:
        return Status(seed=world.seed, day=world.day, partners=[*world.partners], walked=walked)

    @post("/clock", sync_to_thread=False, status_code=HTTP_200_OK)
    def move_clock(data: ClockMove) -> Status:
        return status(world.advance_to(data.day))

    @get("/status", sync_to_thread=False)
    def show_status() -> Status:
        return status()

    return Router("/control", route_handlers=[move_clock, show_status])
