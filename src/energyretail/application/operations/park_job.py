"""Puts a job that failed for good where a person sees it."""

from __future__ import annotations

from collections.abc import Mapping

from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError

__all__ = ["ParkJob"]


class ParkJob:
    """Put a failed job on the work list, once under its task and arguments."""

    def __init__(self, *, work: Work, work_list: WorkList, clock: Clock):
        self._work = work
        self._work_list = work_list
        self._clock = clock

    def __call__(self, task: str, arguments: Mapping[str, str], error: Exception) -> None:
        """Park the job `task` with its `arguments`, for `error`."""
        named = " ".join(f"{name}={value}" for name, value in sorted(arguments.items()))
        expected = isinstance(error, DomainError)
        item = WorkItem(
            kind="job",
            key=f"{task} {named}".strip(),
            code=error.code if isinstance(error, DomainError) else "job.unexpected",
            text=str(error) if expected else f"{type(error).__name__}: {error}",
            way_out="put right what the text says, then run the job again",
            raised_on=self._clock.today(),
        )
        with self._work() as transaction:
            self._work_list.add([item])
            transaction.commit()
