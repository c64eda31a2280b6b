"""Bill runs and their chunks in dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from energyretail.adapters.memory.billing import MemorySuppliesToBill
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.shared.texts import counted
from energyretail.application.operations import RunShown
from energyretail.application.shared import Page, page_of
from energyretail.domain.operations import (
    BillChunk,
    BillRun,
    ChunkState,
    RunProgress,
)
from energyretail.domain.shared import Conflict, NotFound

__all__ = ["MemoryBillRunShelf", "MemoryBillRuns", "MemorySuppliesDue"]


class MemorySuppliesDue:
    """The SuppliesDue port over a store."""

    def __init__(self, store: MemoryStore):
        self._supplies = MemorySuppliesToBill(store)

    def chunk_ends(self, *, today: date, size: int) -> tuple[tuple[str, int], ...]:
        """Return the last key of every chunk, and how many are due in it."""
        keys = [each.key for each in self._supplies.due(today=today, after="", limit=10**9)]
        return tuple(
            (keys[min(start + size, len(keys)) - 1], min(size, len(keys) - start))
            for start in range(0, len(keys), size)
        )

    def first_due(self, *, today: date, after: str, until: str) -> tuple[str, date] | None:
        """Return the key of the first supply due, and the day to bill from."""
        found = self._supplies.due(today=today, after=after, until=until, limit=1)
        return (found[0].key, found[0].bill_from) if found else None


class MemoryBillRuns:
    """The BillRuns port over a store; one transaction at a time holds everything."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, run: BillRun, chunks: Sequence[BillChunk]) -> None:
        """Keep a new run with its chunks."""
        table = self._store.writable("bill_run")
        if not run.is_over and any(
            one.as_of == run.as_of and not one.is_over for one in table.values()
        ):
            raise Conflict(
                "operations.bill_run.under_way",
                "the day has a run that is neither done nor aborted: resume or abort it",
            )
        table[run.number] = run
        self.keep_chunks(run.number, chunks)

    def take(self, number: int) -> BillRun:
        """Return a run."""
        return _known(self._store.writable("bill_run"), number)

    def take_chunk(self, number: int, chunk: int) -> BillChunk:
        """Return a chunk."""
        found: BillChunk | None = self._store.writable("bill_chunk").get((number, chunk))
        if found is None:
            raise NotFound(
                "operations.bill_chunk.unknown", "no such chunk", run=number, chunk=chunk
            )
        return found

    def take_unfinished(self, number: int) -> tuple[BillChunk, ...]:
        """Return the chunks not done."""
        self._store.writable("bill_chunk")
        return tuple(
            chunk for chunk in _chunks(self._store, number) if chunk.state is not ChunkState.DONE
        )

    def keep(self, run: BillRun) -> None:
        """Keep a run."""
        self._store.writable("bill_run")[run.number] = run

    def keep_chunks(self, number: int, chunks: Sequence[BillChunk]) -> None:
        """Keep chunks."""
        table = self._store.writable("bill_chunk")
        for chunk in chunks:
            table[number, chunk.number] = chunk

    def progress(self, number: int) -> RunProgress:
        """Return how far a run is."""
        self._store.writable("bill_chunk")
        return RunProgress.of(_chunks(self._store, number))


class MemoryBillRunShelf:
    """The BillRunShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(self, *, after: str, limit: int) -> Page[RunShown]:
        """Return runs before a number, the newest first."""
        before = counted(after)
        runs = sorted(self._store.table("bill_run").items(), reverse=True)
        found = (
            self._shown(run)
            for number, run in runs
            if before is not None and (before == 0 or number < before)
        )
        return page_of(found, limit=limit, key=lambda one: str(one.run.number))

    def by_number(self, number: int) -> RunShown:
        """Return one."""
        return self._shown(_known(self._store.table("bill_run"), number))

    def of_day(self, day: date) -> tuple[RunShown, ...]:
        """Return the runs of a day."""
        runs = sorted(self._store.table("bill_run").items(), reverse=True)
        return tuple(self._shown(run) for _, run in runs if run.as_of == day)

    def chunks(self, number: int, *, after: str, limit: int) -> Page[BillChunk]:
        """Return chunks of a run beyond a number."""
        _known(self._store.table("bill_run"), number)
        beyond = counted(after)
        found = (
            chunk
            for chunk in _chunks(self._store, number)
            if beyond is not None and chunk.number > beyond
        )
        return page_of(found, limit=limit, key=lambda one: str(one.number))

    def total(self) -> RunProgress:
        """Return all runs but dry ones together."""
        counted_ones: list[BillChunk] = []
        for run in self._store.table("bill_run").values():
            chunks = _chunks(self._store, run.number) if not run.dry_run else ()
            counted_ones += (c for c in chunks if not run.is_over or c.state is ChunkState.DONE)
        return RunProgress.of(counted_ones)

    def _shown(self, run: BillRun) -> RunShown:
        return RunShown(run, RunProgress.of(_chunks(self._store, run.number)))


def _known(table: dict[int, BillRun], number: int) -> BillRun:
    if number not in table:
        raise NotFound("operations.bill_run.unknown", "no such bill run", run=number)
    return table[number]


def _chunks(store: MemoryStore, number: int) -> tuple[BillChunk, ...]:
    table: dict[tuple[int, int], BillChunk] = store.table("bill_chunk")
    return tuple(chunk for (run, _), chunk in sorted(table.items()) if run == number)
