"""What Prometheus scrapes: the bill runs in numbers, in its text format."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from litestar import Response, Router, get

from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["MEDIA_TYPE", "metric_routes"]

MEDIA_TYPE: Final = "text/plain; version=0.0.4"


def metric_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/metrics``."""

    @get(
        "/",
        operation_id="readMetrics",
        sync_to_thread=True,
        tags=["health"],
        media_type="text/plain",
        responses=declared(),
    )
    def metrics() -> Response[str]:
        """Tell the state of the bill runs in the text format of Prometheus."""
        return Response(_text(use_cases), media_type=MEDIA_TYPE)

    return Router("/metrics", route_handlers=[metrics])


def _text(use_cases: ApiUseCases) -> str:
    runs = use_cases.bill_runs
    total, newest = runs.shelf.total(), runs.shelf.page(after="", limit=1).items
    is_open = bool(newest) and not newest[0].run.is_over and newest[0].progress.under_way > 0
    pace = newest[0].progress.bills_per_second if is_open else None
    since = runs.waiting_since()
    age_s = 0.0 if since is None else (datetime.now(UTC) - since).total_seconds()
    told = (
        ("bills_issued_total", "counter", "Bills issued by bill runs.", total.result.issued),
        ("bills_held_total", "counter", "Bills held for a person.", total.result.held),
        ("supplies_parked_total", "counter", "Supplies parked.", total.result.parked),
        (
            "supplies_one_by_one_total",
            "counter",
            "Supplies that columns left to be billed one by one.",
            sum(dict(total.result.one_by_one).values()),
        ),
        ("bills_per_second", "gauge", "Pace of the newest run while it goes on.", pace or 0),
        ("bill_chunks_waiting", "gauge", "Chunks not begun.", total.waiting),
        ("bill_chunks_under_way", "gauge", "Chunks begun.", total.under_way),
        ("bill_chunks_failed", "gauge", "Chunks given up.", total.failed),
        (
            "oldest_job_age_seconds",
            "gauge",
            "How long the oldest job that waits has been waiting.",
            round(max(age_s, 0.0), 3),
        ),
    )
    return "".join(_metric(*each) for each in told)


def _metric(name: str, kind: str, text: str, value: object) -> str:
    full = f"energyretail_{name}"
    return f"# HELP {full} {text}\n# TYPE {full} {kind}\n{full} {value}\n"
