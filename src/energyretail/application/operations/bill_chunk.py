"""One chunk of a bill run, billed in one transaction with its result; or given up."""

from __future__ import annotations

from collections.abc import Callable

from energyretail.application.operations.bill_run_ports import BillRuns, BillsARange
from energyretail.application.operations.bill_runs import refuse_another_day
from energyretail.application.shared import Clock, Whole, Work
from energyretail.domain.operations import BillChunk, BillRun, BillRunState, ChunkResult, ChunkState
from energyretail.domain.shared import DomainError, NotFound

__all__ = ["BillRunChunk", "GiveUpChunk"]


class BillRunChunk:
    """Bill what is due in the range of a chunk, once.

    The bills and the result of the chunk are kept in one transaction: a chunk whose worker died
    has billed nothing and is done again, one that is done is left alone. Of a dry run the
    transaction is undone when all is made and checked, and the result is kept alone. A chunk of a
    run that was aborted is not begun. All of a chunk is billed on the day of its run, though the
    company's may end while it is under way. `seconds` is a clock that only ever goes on; how long a
    chunk takes is read off it.
    """

    def __init__(
        self,
        *,
        work: Work,
        whole: Whole,
        clock: Clock,
        runs: BillRuns,
        bill: BillsARange,
        seconds: Callable[[], float],
    ):
        self._work = work
        self._whole = whole
        self._clock = clock
        self._runs = runs
        self._bill = bill
        self._seconds = seconds

    def __call__(self, number: int, chunk: int) -> ChunkResult | None:
        """Return what came of the chunk, None where there was nothing to do.

        Raises Refused ``operations.bill_run.not_today`` once the day of the run is over, NotFound
        ``operations.bill_chunk.unknown``; whatever billing raises undoes the chunk.
        """
        run = self._begin(number, chunk)
        if run is None:
            return None
        result: ChunkResult | None = None
        with self._whole(trial=run.dry_run) as whole:
            begun = self._held(number, chunk)
            if begun.state is ChunkState.UNDER_WAY:
                result = self._bill_range(begun, run)
                if not run.dry_run:
                    self._finish(number, chunk, result)
                    whole.commit()
        if run.dry_run and result is not None:
            self._finish(number, chunk, result)
        return result

    def _begin(self, number: int, chunk: int) -> BillRun | None:
        """Note that the chunk is under way, for others to see; None where it must not be."""
        with self._work() as transaction:
            found = self._runs.take_chunk(number, chunk)
            run = self._runs.take(number)
            if found.is_settled:
                return None
            if run.state is BillRunState.ABORTED:
                # Nobody else works on it: whoever does, holds it.
                if found.state is ChunkState.UNDER_WAY:
                    self._runs.keep_chunks(number, [found.leave()])
                transaction.commit()
                return None
            refuse_another_day(run.as_of, self._clock.today())
            self._runs.keep_chunks(number, [found.begin()])
            self._runs.keep(run.begin())
            transaction.commit()
        return run

    def _held(self, number: int, chunk: int) -> BillChunk:
        with self._work() as part:
            found = self._runs.take_chunk(number, chunk)
            part.commit()
        return found

    def _bill_range(self, chunk: BillChunk, run: BillRun) -> ChunkResult:
        began, result = self._seconds(), ChunkResult()
        after: str | None = chunk.keys.after
        while after is not None:
            step = self._bill(
                after=after, until=chunk.keys.until, limit=run.chunk_size, on=run.as_of
            )
            apart = tuple(step.reasons.items())
            result += ChunkResult(step.issued, step.held, step.parked, step.why, one_by_one=apart)
            after = step.resume if step.resume != chunk.keys.until else None
        return result + ChunkResult(took_ms=round((self._seconds() - began) * 1000))

    def _finish(self, number: int, chunk: int, result: ChunkResult) -> None:
        with self._work() as transaction:
            found = self._runs.take_chunk(number, chunk)
            if found.state is ChunkState.UNDER_WAY:
                _settle(self._runs, number, found.finish(result))
            transaction.commit()


class GiveUpChunk:
    """Note that a chunk failed for good: its run goes on with the others, and then has failed."""

    def __init__(self, *, work: Work, runs: BillRuns):
        self._work = work
        self._runs = runs

    def __call__(self, number: int, chunk: int, error: Exception) -> None:
        """Give the chunk up for `error`; one that is settled, or unknown, is left alone."""
        code = error.code if isinstance(error, DomainError) else "job.unexpected"
        with self._work() as transaction:
            try:
                found = self._runs.take_chunk(number, chunk)
            except NotFound:
                return
            if not found.is_settled:
                _settle(self._runs, number, found.fail(code))
            transaction.commit()


def _settle(runs: BillRuns, number: int, chunk: BillChunk) -> None:
    runs.keep_chunks(number, [chunk])
    # Only who holds the run sees all chunks that ended before.
    run = runs.take(number)
    runs.keep(run.settle(runs.progress(number)))
