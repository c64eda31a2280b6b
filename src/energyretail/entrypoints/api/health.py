"""Routes for those who run the service."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import msgspec
from litestar import Response, Router, get
from litestar.openapi.datastructures import ResponseSpec

from energyretail import __version__
from energyretail.entrypoints.api.identity import OPEN_TO_ALL
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["Live", "Ready", "Version", "health_routes"]


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """The process runs."""

    live: bool


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether requests can be served, and what each check says."""

    ready: bool
    checks: dict[str, bool]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Which version runs."""

    version: str


_NOT_READY = {503: ResponseSpec(Ready, description="Not ready.", generate_examples=False)}


def health_routes(use_cases: ApiUseCases) -> list[Router]:
    """Return ``/health/live``, ``/health/ready`` and ``/version``."""
    look = _Look(use_cases)

    @get(
        "/live",
        operation_id="readLive",
        sync_to_thread=False,
        tags=["health"],
        responses=declared(),
    )
    def live() -> Live:
        """Tell that the process runs; asks nothing else."""
        return Live(live=True)

    @get(
        "/ready",
        operation_id="readReady",
        tags=["health"],
        responses=declared() | _NOT_READY,
    )
    async def ready() -> Response[Ready]:
        """Tell whether requests can be served: 200, or 503 with the failing checks."""
        checks = dict(await look())
        answer = Ready(ready=all(checks.values()), checks=checks)
        return Response(answer, status_code=200 if answer.ready else 503)

    @get(
        "/", operation_id="readVersion", sync_to_thread=False, tags=["health"], responses=declared()
    )
    def version() -> Version:
        """Tell which version runs."""
        return Version(version=__version__)

    return [
        Router("/health", route_handlers=[live, ready], opt={OPEN_TO_ALL: True}),
        Router("/version", route_handlers=[version], opt={OPEN_TO_ALL: True}),
    ]


class _Look:
    """Asks the checks in a thread of its own: whoever else waits keeps nobody from the answer.

    Those who ask at once share one look.
    """

    def __init__(self, use_cases: ApiUseCases):
        self._use_cases = use_cases
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._under_way: asyncio.Future[Mapping[str, bool]] | None = None

    async def __call__(self) -> Mapping[str, bool]:
        """Return what the checks say."""
        if self._under_way is None or self._under_way.done():
            loop = asyncio.get_running_loop()
            self._under_way = loop.run_in_executor(self._thread, self._use_cases.readiness)
        # Who goes away while waiting leaves the look to the others.
        return await asyncio.shield(self._under_way)
