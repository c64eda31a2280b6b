"""What is told of a bill run at every door, in plain values."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.application.operations import RunShown

__all__ = ["ToldRun", "told"]


@attrs.frozen
class ToldRun:
    """A bill run in plain values, named as the doors name them; times are in seconds."""

    number: int
    as_of: date
    started_by: str
    dry_run: bool
    chunk_size: int
    state: str
    chunks: dict[str, int]
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


def told(shown: RunShown) -> ToldRun:
    """Return what is told of a run; one that is over has no time left."""
    run, progress = shown.run, shown.progress
    pace = progress.bills_per_second
    return ToldRun(
        number=run.number,
        as_of=run.as_of,
        started_by=run.started_by,
        dry_run=run.dry_run,
        chunk_size=run.chunk_size,
        state=run.state.value,
        chunks={
            "waiting": progress.waiting,
            "under_way": progress.under_way,
            "done": progress.done,
            "failed": progress.failed,
        },
        due=progress.due,
        due_done=progress.due_done,
        percent=progress.percent,
        issued=progress.result.issued,
        held=progress.result.held,
        parked=progress.result.parked,
        why=dict(progress.result.why),
        one_by_one=dict(progress.result.one_by_one),
        worked_seconds=round(progress.result.took_ms / 1000),
        bills_per_second=None if pace is None else f"{pace:f}",
        seconds_left=None if run.is_over else progress.seconds_left,
    )
