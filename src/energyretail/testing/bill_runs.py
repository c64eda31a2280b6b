"""An office that runs bill runs over a few made-up supplies, quickly and with faults at will."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Final

import attrs

from energyretail.application.operations import (
    AbortBillRun,
    BillRunChunk,
    GiveUpChunk,
    ResumeBillRun,
    ShareBills,
    StartBillRun,
)
from energyretail.application.shared import Work, WorkList
from energyretail.domain.operations import BillRun, ChunkResult, SupplyRange, WorkItem
from energyretail.testing.conformance.bill_runs import BillRunsWorld

__all__ = ["BillRunOffice", "FewSupplies", "RangeOfFew"]

_KIND: Final = "billed"


@attrs.frozen
class RangeOfFew:
    """What billing a range of made-up supplies came to."""

    issued: int
    resume: str | None
    held: int = 0
    parked: int = 0
    why: tuple[tuple[str, int], ...] = ()
    reasons: Mapping[str, int] = attrs.field(factory=dict)


class FewSupplies:
    """Supplies by their keys, due until billed; a bill is an item on the work list.

    Whatever is in `faults` under a key is raised when it is that key's turn, once. A key that
    begins with ``p`` is parked, one with ``h`` held, one with ``o`` billed one by one.
    """

    def __init__(self, work: Work, work_list: WorkList, keys: Sequence[str]):
        self._work = work
        self._work_list = work_list
        self.keys = sorted(keys)
        self.faults: dict[str, Exception] = {}

    def billed(self) -> list[str]:
        """Return the keys billed, in order."""
        return sorted(item.key for item in self._work_list.open_items() if item.kind == _KIND)

    def due(self) -> list[str]:
        """Return the keys not billed, in order."""
        billed = set(self.billed())
        return [key for key in self.keys if key not in billed]

    def chunk_ends(self, *, today: date, size: int) -> tuple[tuple[str, int], ...]:
        """Return the last key of every chunk of what is due."""
        del today
        due = self.due()
        chunks = [due[start : start + size] for start in range(0, len(due), size)]
        return tuple((chunk[-1], len(chunk)) for chunk in chunks)

    def first_due(self, *, today: date, after: str, until: str) -> tuple[str, date] | None:
        """Return the first key of a range that is due; all are due from `today` on."""
        found = [key for key in self.due() if SupplyRange(after, until).holds(key)]
        return (found[0], today) if found else None

    def __call__(self, *, after: str, until: str, limit: int, on: date) -> RangeOfFew:
        """Bill up to `limit` of a range, each in a transaction of its own."""
        keys = SupplyRange(after, until)
        page = [key for key in self.due() if keys.holds(key)][:limit]
        for key in page:
            with self._work() as transaction:
                item = WorkItem(_KIND, key, "few", "", "", on)
                self._work_list.add([item])
                transaction.commit()
            if (fault := self.faults.pop(key, None)) is not None:
                raise fault
        parked, held, odd = (sum(key.startswith(sign) for key in page) for sign in "pho")
        why = tuple((code, n) for code, n in (("few.parked", parked), ("few.held", held)) if n)
        resume = page[-1] if len(page) == limit else None
        reasons = {"few.odd": odd} if odd else {}
        return RangeOfFew(len(page) - parked - held, resume, held, parked, why, reasons)


class BillRunOffice:
    """The use cases of bill runs over one implementation; a chunk takes a second."""

    def __init__(self, world: BillRunsWorld, keys: Sequence[str]):
        self.world = world
        self.supplies = FewSupplies(world.work, world.work_list, keys)
        seconds: Callable[[], float] = count().__next__
        self.start_run = StartBillRun(
            work=world.work,
            clock=world.clock,
            numbers=world.numbers,
            runs=world.runs,
            supplies=self.supplies,
            jobs=world.jobs,
        )
        self.share = ShareBills(
            clock=world.clock, shelf=world.shelf, start=self.start_run, chunk_size=3
        )
        self.resume = ResumeBillRun(
            work=world.work, clock=world.clock, runs=world.runs, jobs=world.jobs
        )
        self.abort = AbortBillRun(work=world.work, runs=world.runs)
        self.bill = BillRunChunk(
            work=world.work,
            whole=world.whole,
            clock=world.clock,
            runs=world.runs,
            bill=self.supplies,
            seconds=seconds,
        )
        self.give_up = GiveUpChunk(work=world.work, runs=world.runs)

    def open(self, day: date) -> None:
        """Move the clock."""
        with self.world.work() as transaction:
            self.world.clock.move_to(day)
            transaction.commit()

    def start(self, *, dry_run: bool = False, size: int = 2) -> BillRun:
        """Start a run of the business day."""
        today = self.world.clock.today()
        return self.start_run(today, by="Ana", dry_run=dry_run, chunk_size=size)

    def bill_all(self, number: int) -> list[ChunkResult | None]:
        """Bill every chunk of a run, in order."""
        chunks = self.world.shelf.chunks(number, after="", limit=100).items
        return [self.bill(number, chunk.number) for chunk in chunks]
