"""A bill run started, resumed, called off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from energyretail.application.operations.bill_run_ports import BillRuns, SuppliesDue
from energyretail.application.shared import Clock, Jobs, Numbers, Work
from energyretail.domain.operations import (
    CHUNK_SIZE,
    BillChunk,
    BillRun,
    RunProgress,
    chunks_of,
)
from energyretail.domain.shared import Refused

__all__ = ["CHUNK_TASK", "AbortBillRun", "ResumeBillRun", "StartBillRun", "refuse_another_day"]

CHUNK_TASK: Final = "bill_chunk"
_SERIES: Final = "bill_run"


class StartBillRun:
    """Plan a bill run over all that is due and make its chunks due for the workers.

    Rules: what is billed bears the business day it is billed on, so a run is of that day alone;
    there is one run of a day at a time, until it is done or aborted. A run that finds nothing due
    is done at once.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        numbers: Numbers,
        runs: BillRuns,
        supplies: SuppliesDue,
        jobs: Jobs,
    ):
        self._work = work
        self._clock = clock
        self._numbers = numbers
        self._runs = runs
        self._supplies = supplies
        self._jobs = jobs

    def __call__(
        self, as_of: date, *, by: str, dry_run: bool = False, chunk_size: int = CHUNK_SIZE
    ) -> BillRun:
        """Return the run planned.

        Raises Refused ``operations.bill_run.not_today`` for any day but the business day, Conflict
        ``operations.bill_run.under_way``, and Invalid as `BillRun` does.
        """
        with self._work() as transaction:
            run, chunks = self._planned(as_of, by, dry_run=dry_run, chunk_size=chunk_size)
            self._add(run, chunks)
            transaction.commit()
        return run

    def if_more_than_a_chunk(
        self, as_of: date, *, by: str, chunk_size: int = CHUNK_SIZE
    ) -> BillRun | None:
        """Return the run planned as above, None where all that is due is at most a chunk."""
        with self._work() as transaction:
            run, chunks = self._planned(as_of, by, dry_run=False, chunk_size=chunk_size)
            if len(chunks) < 2:
                return None
            self._add(run, chunks)
            transaction.commit()
        return run

    def _planned(
        self, as_of: date, by: str, *, dry_run: bool, chunk_size: int
    ) -> tuple[BillRun, tuple[BillChunk, ...]]:
        refuse_another_day(as_of, self._clock.today())
        # First of all: two started at once wait for each other here.
        (number,) = self._numbers.take(_SERIES, 1)
        run = BillRun(number, as_of, by, dry_run, chunk_size)
        chunks = chunks_of(self._supplies.chunk_ends(today=as_of, size=chunk_size))
        return run.settle(RunProgress.of(chunks)), chunks

    def _add(self, run: BillRun, chunks: tuple[BillChunk, ...]) -> None:
        self._runs.add(run, chunks)
        _enqueue(self._jobs, run, chunks)


class ResumeBillRun:
    """Let a run go on: what failed waits again, and every chunk not done is due once more."""

    def __init__(self, *, work: Work, clock: Clock, runs: BillRuns, jobs: Jobs):
        self._work = work
        self._clock = clock
        self._runs = runs
        self._jobs = jobs

    def __call__(self, number: int) -> BillRun:
        """Return the run resumed.

        Raises NotFound ``operations.bill_run.unknown``, Refused ``operations.bill_run.not_allowed``
        for one that is done or aborted, ``operations.bill_run.not_today`` once its day is over.
        """
        with self._work() as transaction:
            left = self._runs.take_unfinished(number)
            run = self._runs.take(number).resume()
            refuse_another_day(run.as_of, self._clock.today())
            waiting = [chunk.try_again() for chunk in left if chunk.is_settled]
            self._runs.keep_chunks(number, waiting)
            self._runs.keep(run)
            _enqueue(self._jobs, run, left)
            transaction.commit()
        return run


class AbortBillRun:
    """Call a run off: chunks not begun are not begun any more, those under way end.

    What they billed stays billed; what is left is due the next time anybody bills.
    """

    def __init__(self, *, work: Work, runs: BillRuns):
        self._work = work
        self._runs = runs

    def __call__(self, number: int) -> BillRun:
        """Return the run aborted; aborting again changes nothing.

        Raises NotFound ``operations.bill_run.unknown``, Refused
        ``operations.bill_run.not_allowed`` for one that is done.
        """
        with self._work() as transaction:
            run = self._runs.take(number).abort()
            self._runs.keep(run)
            transaction.commit()
        return run


def refuse_another_day(as_of: date, today: date) -> None:
    """Raise Refused ``operations.bill_run.not_today`` unless a run is of the business day."""
    if as_of != today:
        raise Refused(
            "operations.bill_run.not_today", "bill the business day", as_of=as_of, today=today
        )


def _enqueue(jobs: Jobs, run: BillRun, chunks: Iterable[BillChunk]) -> None:
    for chunk in chunks:
        key = f"bill_run:{run.number}/{chunk.number}"
        # Under its own lock a job that is resumed waits for the one under way.
        jobs.enqueue(
            CHUNK_TASK,
            lock=key,
            once=key,
            # The company's day and its messages do not wait for hours of bills.
            behind=True,
            run=str(run.number),
            chunk=str(chunk.number),
        )
