"""A bill run: who started it for which day, where it stands, how fast it is, what is left."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

import attrs

from energyretail.domain.operations.bill_chunks import (
    BillChunk,
    ChunkResult,
    ChunkState,
    SupplyRange,
)
from energyretail.domain.parties import LINE_SHAPE, NAME_MAX
from energyretail.domain.shared import Invalid, Transition, TransitionTable

__all__ = [
    "CHUNK_SIZE",
    "CHUNK_SIZE_MAX",
    "RUN_TABLE",
    "BillRun",
    "BillRunState",
    "BillRunTrigger",
    "RunProgress",
    "chunks_of",
]

CHUNK_SIZE: Final = 10_000
"""In chunks of five thousand a bill took a twelfth more time, in thousands a third."""

CHUNK_SIZE_MAX: Final = 20_000
"""A chunk is one transaction, held in memory: past this it is none of a small machine's."""

_TENTH: Final = Decimal("0.1")


class BillRunState(enum.Enum):
    """Where a run stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ABORTED = "aborted"


class BillRunTrigger(enum.Enum):
    """What moves a run."""

    BEGIN = "begin"
    FINISH = "finish"
    FAIL = "fail"
    ABORT = "abort"
    RESUME = "resume"


_S, _T = BillRunState, BillRunTrigger
RUN_TABLE = TransitionTable(
    "operations.bill_run",
    _S.PLANNED,
    (
        Transition(_S.PLANNED, _T.BEGIN, _S.RUNNING, "its first chunk is begun"),
        Transition(_S.PLANNED, _T.FINISH, _S.DONE, "nothing was due"),
        Transition(_S.PLANNED, _T.FAIL, _S.FAILED, "no chunk could be begun"),
        Transition(_S.PLANNED, _T.ABORT, _S.ABORTED, "a person calls it off"),
        Transition(_S.PLANNED, _T.RESUME, _S.PLANNED, "its jobs are made due again"),
        Transition(_S.RUNNING, _T.BEGIN, _S.RUNNING, "another chunk is begun"),
        Transition(_S.RUNNING, _T.FINISH, _S.DONE, "every chunk is done"),
        Transition(_S.RUNNING, _T.FAIL, _S.FAILED, "no chunk is left but those that failed"),
        Transition(_S.RUNNING, _T.ABORT, _S.ABORTED, "a person calls it off"),
        Transition(_S.RUNNING, _T.RESUME, _S.RUNNING, "its jobs are made due again"),
        Transition(_S.FAILED, _T.ABORT, _S.ABORTED, "a person gives up what failed"),
        Transition(_S.FAILED, _T.RESUME, _S.RUNNING, "a person has put right what failed"),
    ),
)


@attrs.frozen
class RunProgress:
    """How far a run is: its chunks by state, the supplies that were due, and what came of them.

    `due_done` is how many of the supplies `due` lie in chunks that are done, and `result` what
    came of those chunks; its time is that of all workers together.
    """

    waiting: int = 0
    under_way: int = 0
    done: int = 0
    failed: int = 0
    due: int = 0
    due_done: int = 0
    result: ChunkResult = attrs.field(factory=ChunkResult)

    @classmethod
    def of(cls, chunks: Iterable[BillChunk]) -> RunProgress:
        """Return how far these chunks are together."""
        found = tuple(chunks)
        states = [chunk.state for chunk in found]
        done = [chunk for chunk in found if chunk.result is not None]
        return cls(
            waiting=states.count(ChunkState.WAITING),
            under_way=states.count(ChunkState.UNDER_WAY),
            done=len(done),
            failed=states.count(ChunkState.FAILED),
            due=sum(chunk.due for chunk in found),
            due_done=sum(chunk.due for chunk in done),
            result=sum((c.result for c in done if c.result is not None), ChunkResult()),
        )

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return self.waiting + self.under_way + self.done + self.failed

    @property
    def is_settled(self) -> bool:
        """Tell whether every chunk is done, or was given up."""
        return not self.waiting and not self.under_way

    @property
    def percent(self) -> int:
        """How much of what was due is done, rounded down: a hundred is all of it."""
        return self.due_done * 100 // self.due if self.due else 100

    @property
    def bills_per_second(self) -> Decimal | None:
        """Documents issued a second by as many workers as are under way, one where none is.

        Each worker's pace is that of all chunks done, so time in which nobody worked counts for
        nothing. To a tenth; None before the first chunk is done.
        """
        if not self.result.took_ms:
            return None
        each_ms = Decimal(self.result.issued * self._workers * 1000) / self.result.took_ms
        return each_ms.quantize(_TENTH, ROUND_HALF_EVEN)

    @property
    def seconds_left(self) -> int | None:
        """How long what is left will take as many workers as are under way, one where none is.

        None before the first chunk is done. Chunks that failed are left out.
        """
        if self.is_settled:
            return 0
        if not self.due_done or not self.result.took_ms:
            return None
        per_supply_ms = Decimal(self.result.took_ms) / self.due_done / self._workers
        return round((self.due - self.due_done) * per_supply_ms / 1000)

    @property
    def _workers(self) -> int:
        return max(1, self.under_way)


@attrs.frozen
class BillRun:
    """Billing all that is due on a business day, chunk by chunk, by any number of workers.

    `started_by` is who answers for it. Of a dry run nothing is kept but its counts. Raises
    Invalid ``operations.bill_run.chunk_size`` (from 1 to 20,000 supplies) and
    ``operations.bill_run.started_by`` (say who, in one line as a name is written).
    """

    number: int
    as_of: date
    started_by: str
    dry_run: bool = False
    chunk_size: int = CHUNK_SIZE
    state: BillRunState = BillRunState.PLANNED

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.chunk_size <= CHUNK_SIZE_MAX:
            raise Invalid(
                "operations.bill_run.chunk_size", "1 to 20,000 supplies", given=self.chunk_size
            )
        is_line = re.fullmatch(LINE_SHAPE, self.started_by) is not None
        if not is_line or len(self.started_by) > NAME_MAX:
            raise Invalid("operations.bill_run.started_by", "say who starts it, in one line")

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more can come of it; a run that failed may be resumed."""
        return self.state in RUN_TABLE.finals()

    def begin(self) -> BillRun:
        """Return the run of which a chunk is begun."""
        return self._after(BillRunTrigger.BEGIN)

    def settle(self, progress: RunProgress) -> BillRun:
        """Return the run as its chunks leave it: done or failed once all of them are settled.

        One that was aborted stays so, whatever chunks under way came to.
        """
        if self.is_over or not progress.is_settled:
            return self
        return self._after(BillRunTrigger.FAIL if progress.failed else BillRunTrigger.FINISH)

    def abort(self) -> BillRun:
        """Return the run that begins no chunk any more; aborting again changes nothing."""
        return self if self.state is _S.ABORTED else self._after(BillRunTrigger.ABORT)

    def resume(self) -> BillRun:
        """Return the run that goes on."""
        return self._after(BillRunTrigger.RESUME)

    def _after(self, trigger: BillRunTrigger) -> BillRun:
        return attrs.evolve(self, state=RUN_TABLE.after(self.state, trigger))


def chunks_of(ends: Sequence[tuple[str, int]]) -> tuple[BillChunk, ...]:
    """Return the chunks of a run from the last key of each and how many supplies are due there.

    The first begins before every key and the last ends after every key: what becomes due while
    the run lasts belongs to a chunk too.
    """
    keys = ["", *(key for key, _ in ends)]
    last = len(ends)
    return tuple(
        BillChunk(number, SupplyRange(keys[number - 1], "" if number == last else key), due)
        for number, (key, due) in enumerate(ends, start=1)
    )
