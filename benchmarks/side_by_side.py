"""Worker processes that bill one portfolio side by side, chunk by chunk.

They are there before the time begins: those of a company wait for work. What is due is cut into
chunks as a run is, which counts; a chunk is billed by whoever is free, in one transaction. What a
run keeps beside the bills is left out: its jobs, and a row for each chunk.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from multiprocessing.process import BaseProcess
from queue import Empty
from typing import Any, Final

import attrs
import copying
from workload import Told

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.supplies_due import PostgresSuppliesDue
from energyretail.application.billing import BulkStep
from energyretail.entrypoints.worker import collect_seldom, collect_young
from energyretail.testing.billing import BillingDesk, RecordedEvents

__all__ = ["Run", "billed", "timed"]

_PATIENCE_SECONDS: Final = 600
DeskOf = Callable[[Database, RecordedEvents], BillingDesk]


@attrs.frozen
class Run:
    """A day to be billed at desks like this, in chunks, by so many workers."""

    desk_of: DeskOf
    day: date
    chunk: int
    workers: int


def billed(url: str, run: Run) -> tuple[float, BulkStep]:
    """Bill what is due; return the seconds from looking for it on, and what came of it."""
    context: Any = multiprocessing.get_context("spawn")
    ranges, steps, ready = context.Queue(), context.Queue(), context.Barrier(run.workers + 1)
    workers = [
        context.Process(target=_work, args=(url, run, ranges, steps, ready))
        for _ in range(run.workers)
    ]
    with closing(Database(url)) as database, _started(workers) as is_alive:
        run.desk_of(database, Told(PostgresOutbox(database))).open_day(run.day)
        ready.wait(_PATIENCE_SECONDS)
        copying.settled(url)
        began = time.perf_counter()
        ends = PostgresSuppliesDue(database).chunk_ends(today=run.day, size=run.chunk)
        after = ""
        for until, _ in ends:
            ranges.put((after, until))
            after = until
        found = [_next(steps, is_alive) for _ in ends]
        return time.perf_counter() - began, sum(found, start=BulkStep(0, 0, None))


def timed(url: str, run: Run, like: BulkStep) -> float:
    """Bill what is due and return the seconds; raise unless as much came of it as of another."""
    took, step = billed(url, run)
    if (step.issued, step.held, step.parked) != (like.issued, like.held, like.parked):
        raise RuntimeError(f"what was billed is {step}, not {like}")
    return took


def _next(steps: Any, is_alive: Callable[[], bool]) -> BulkStep:
    """Return what came of a chunk; raise where a worker has died of one."""
    while True:
        try:
            step: BulkStep = steps.get(timeout=1)
        except Empty:
            if not is_alive():
                raise RuntimeError("a worker died: it has said why") from None
        else:
            return step


@contextmanager
def _started(workers: list[BaseProcess]) -> Iterator[Callable[[], bool]]:
    for each in workers:
        each.start()
    try:
        yield lambda: all(each.is_alive() for each in workers)
    finally:
        for each in workers:
            each.kill()  # it has nothing left to do
            each.join()


def _work(url: str, run: Run, ranges: Any, steps: Any, ready: Any) -> None:
    """Bill range by range, and tell what came of each."""
    collect_seldom()
    with closing(Database(url)) as database:
        desk = run.desk_of(database, Told(PostgresOutbox(database)))
        bill = desk.bulk(PostgresBulkBills(database), ColumnarRating())
        with database.engine.connect():
            ready.wait(_PATIENCE_SECONDS)
        while True:
            after, until = ranges.get()
            step = bill(after=after, until=until, limit=run.chunk, on=run.day)
            # As a chunk of a run: what is left of it is billed after what clashed.
            while step.resume is not None and step.resume != until:
                step += bill(after=step.resume, until=until, limit=run.chunk, on=run.day)
            collect_young()
            steps.put(step)
