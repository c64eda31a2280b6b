"""What a bill run needs of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import attrs

from energyretail.application.shared import Page
from energyretail.domain.operations import BillChunk, BillRun, RunProgress

__all__ = [
    "BillRunShelf",
    "BillRuns",
    "BillsARange",
    "RangeBilled",
    "RunShown",
    "SuppliesDue",
]


class RangeBilled(Protocol):
    """What billing up to so many supplies of a range came to.

    Each is as in `domain.operations.ChunkResult`; `resume` is the key after which the range goes
    on, None when nothing of it is left.
    """

    @property
    def issued(self) -> int:
        """How many documents were issued."""
        ...

    @property
    def held(self) -> int:
        """How many documents were made and held for a person."""
        ...

    @property
    def parked(self) -> int:
        """How many supplies could not be billed."""
        ...

    @property
    def why(self) -> tuple[tuple[str, int], ...]:
        """What was held or parked, counted by its code."""
        ...

    @property
    def reasons(self) -> Mapping[str, int]:
        """Why columns left supplies to be billed one by one, by code, and how many."""
        ...

    @property
    def resume(self) -> str | None:
        """The natural key after which the range goes on."""
        ...


class BillsARange(Protocol):
    """Bills what is due in a range of supplies; the one who does it can be exchanged."""

    def __call__(self, *, after: str, until: str, limit: int, on: date) -> RangeBilled:
        """Bill up to `limit` of the supplies due with a key beyond `after`, up to `until`.

        An empty `until` is after every key. The business day is `on`, whatever the clock says.
        Opens transactions of its own, which the caller may have made parts of one; done again, it
        finds nothing due.
        """
        ...


class SuppliesDue(Protocol):
    """What is due, cut into chunks."""

    def chunk_ends(self, *, today: date, size: int) -> tuple[tuple[str, int], ...]:
        """Return of every `size` supplies due the last key, and how many they are.

        In order of key (``contract/cups``), found by set and not one by one. A chunk may be a
        few smaller, the last one by any number. Due is what the `SuppliesToBill` port of billing
        gives; what the open transaction itself has changed of it may not count.
        """
        ...

    def first_due(self, *, today: date, after: str, until: str) -> tuple[str, date] | None:
        """Return the key of the first supply due beyond `after` and up to `until`, and a day.

        That is the first no live bill covers. None where nothing is due there; an empty `until`
        is after every key. Nothing else of the supply is looked at: what is wrong with it does
        no harm here.
        """
        ...


class BillRuns(Protocol):
    """The runs with their chunks; part of the open transaction.

    Whoever wants both takes a chunk before its run, so that two never wait for each other.
    """

    def add(self, run: BillRun, chunks: Sequence[BillChunk]) -> None:
        """Keep a new run, its chunks waiting.

        Raises Conflict ``operations.bill_run.under_way`` while there is another of its day that is
        neither done nor aborted.
        """
        ...

    def take(self, number: int) -> BillRun:
        """Return a run as it is now, and hold it until the transaction ends.

        Raises NotFound ``operations.bill_run.unknown``.
        """
        ...

    def take_chunk(self, number: int, chunk: int) -> BillChunk:
        """Return a chunk of a run likewise; raises NotFound ``operations.bill_chunk.unknown``."""
        ...

    def take_unfinished(self, number: int) -> tuple[BillChunk, ...]:
        """Return the chunks of a run that are not done, in order, and hold them likewise.

        One that is being finished just now is waited for, and left out.
        """
        ...

    def keep(self, run: BillRun) -> None:
        """Keep what became of a run."""
        ...

    def keep_chunks(self, number: int, chunks: Sequence[BillChunk]) -> None:
        """Keep what became of chunks of a run."""
        ...

    def progress(self, number: int) -> RunProgress:
        """Return how far a run is, seen from the open transaction; nothing for one unknown."""
        ...


@attrs.frozen
class RunShown:
    """A run and how far it is."""

    run: BillRun
    progress: RunProgress


class BillRunShelf(Protocol):
    """The bill runs, the newest first, and the chunks of one."""

    def page(self, *, after: str, limit: int) -> Page[RunShown]:
        """Return up to `limit` runs before the number `after` (empty for all)."""
        ...

    def by_number(self, number: int) -> RunShown:
        """Return one; raises NotFound ``operations.bill_run.unknown``."""
        ...

    def of_day(self, day: date) -> tuple[RunShown, ...]:
        """Return the runs of a business day, dry ones too, the newest first."""
        ...

    def chunks(self, number: int, *, after: str, limit: int) -> Page[BillChunk]:
        """Return up to `limit` chunks of a run beyond the number `after`, in their order.

        Raises NotFound ``operations.bill_run.unknown``.
        """
        ...

    def total(self) -> RunProgress:
        """Return all runs but dry ones together, of those still open alone what is not done."""
        ...
