"""A chunk of a bill run: a range of supplies, where it stands, and what came of it."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable

import attrs

from energyretail.domain.shared import Invalid, Transition, TransitionTable

__all__ = [
    "CHUNK_TABLE",
    "BillChunk",
    "ChunkResult",
    "ChunkState",
    "ChunkTrigger",
    "SupplyRange",
]


class ChunkState(enum.Enum):
    """Where a chunk stands."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"


class ChunkTrigger(enum.Enum):
    """What moves a chunk."""

    BEGIN = "begin"
    FINISH = "finish"
    FAIL = "fail"
    LEAVE = "leave"
    TRY_AGAIN = "try_again"


_S, _T = ChunkState, ChunkTrigger
CHUNK_TABLE = TransitionTable(
    "operations.bill_chunk",
    _S.WAITING,
    (
        Transition(_S.WAITING, _T.BEGIN, _S.UNDER_WAY, "a worker takes it"),
        Transition(_S.WAITING, _T.FAIL, _S.FAILED, "given up before it could be begun"),
        Transition(_S.UNDER_WAY, _T.BEGIN, _S.UNDER_WAY, "its worker died: it is done again"),
        Transition(_S.UNDER_WAY, _T.FINISH, _S.DONE, "its bills and its result are kept at once"),
        Transition(_S.UNDER_WAY, _T.FAIL, _S.FAILED, "given up after the last attempt"),
        Transition(_S.UNDER_WAY, _T.LEAVE, _S.WAITING, "its worker died, and the run was aborted"),
        Transition(_S.FAILED, _T.TRY_AGAIN, _S.WAITING, "the run is resumed"),
    ),
)


@attrs.frozen
class SupplyRange:
    """The keys (``contract/cups``) beyond `after` up to `until` included, in order of bytes.

    An empty `after` is before every key, an empty `until` after every key, so that the ranges of
    a run lie end to end and together hold every key there is or will be. Raises Invalid
    ``operations.supply_range.empty`` for one that can hold no key.
    """

    after: str
    until: str = ""

    def __attrs_post_init__(self) -> None:
        if self.until and self.until.encode() <= self.after.encode():
            raise Invalid("operations.supply_range.empty", "no key lies there", after=self.after)

    def holds(self, key: str) -> bool:
        """Tell whether a key lies in the range."""
        beyond = self.after.encode() < key.encode()
        return beyond and (not self.until or key.encode() <= self.until.encode())


def _added(
    these: Iterable[tuple[str, int]], those: Iterable[tuple[str, int]]
) -> tuple[tuple[str, int], ...]:
    counts = Counter(dict(these))
    counts.update(dict(those))
    return tuple(counts.items())


def _sorted(why: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(why))


@attrs.frozen
class ChunkResult:
    """What came of supplies billed: documents issued and held, supplies parked, and why.

    `why` counts what was held or parked by its stable code, in their order. `took_ms` is the
    time it took, in milliseconds. `one_by_one` counts the supplies whose bills columns left to be
    made one by one, by the code that says why. Raises Invalid ``operations.bill_chunk.counts``
    below zero, or for a code named twice.
    """

    issued: int = 0
    held: int = 0
    parked: int = 0
    why: tuple[tuple[str, int], ...] = attrs.field(default=(), converter=_sorted)
    took_ms: int = 0
    one_by_one: tuple[tuple[str, int], ...] = attrs.field(default=(), converter=_sorted)

    def __attrs_post_init__(self) -> None:
        coded = (self.why, self.one_by_one)
        counts = [count for each in coded for _, count in each]
        if min(self.issued, self.held, self.parked, self.took_ms, *counts) < 0 or any(
            len(dict(each)) != len(each) for each in coded
        ):
            raise Invalid("operations.bill_chunk.counts", "counted from zero, each code once")

    def __add__(self, other: ChunkResult) -> ChunkResult:
        """Return both together."""
        return ChunkResult(
            self.issued + other.issued,
            self.held + other.held,
            self.parked + other.parked,
            _added(self.why, other.why),
            self.took_ms + other.took_ms,
            _added(self.one_by_one, other.one_by_one),
        )


@attrs.frozen
class BillChunk:
    """One part of a run, done in one transaction.

    `number` counts from 1 in the order of the ranges; `due` is how many supplies of its range
    were due when the run was planned. Raises Invalid ``operations.bill_chunk.result`` unless a
    chunk that is done, and no other, has a result, and one that failed, and no other, a `code`.
    """

    number: int
    keys: SupplyRange
    due: int
    state: ChunkState = ChunkState.WAITING
    result: ChunkResult | None = None
    code: str = ""

    def __attrs_post_init__(self) -> None:
        is_done, is_failed = self.state is ChunkState.DONE, self.state is ChunkState.FAILED
        if (self.result is not None) != is_done or bool(self.code) != is_failed:
            raise Invalid(
                "operations.bill_chunk.result", "the result goes with the state", chunk=self.number
            )

    @property
    def is_settled(self) -> bool:
        """Tell whether no worker is to touch it before the run is resumed."""
        return self.state in (ChunkState.DONE, ChunkState.FAILED)

    def begin(self) -> BillChunk:
        """Return the chunk in the hands of a worker; begun by one that died, it is begun anew."""
        return self._after(ChunkTrigger.BEGIN)

    def finish(self, result: ChunkResult) -> BillChunk:
        """Return the chunk that is done."""
        return self._after(ChunkTrigger.FINISH, result=result)

    def fail(self, code: str) -> BillChunk:
        """Return the chunk that was given up, for the reason of a stable code."""
        return self._after(ChunkTrigger.FAIL, code=code)

    def leave(self) -> BillChunk:
        """Return the chunk that nobody works on any more and nobody is to."""
        return self._after(ChunkTrigger.LEAVE)

    def try_again(self) -> BillChunk:
        """Return the chunk that failed as one that waits."""
        return self._after(ChunkTrigger.TRY_AGAIN)

    def _after(
        self, trigger: ChunkTrigger, *, result: ChunkResult | None = None, code: str = ""
    ) -> BillChunk:
        state = CHUNK_TABLE.after(self.state, trigger)
        return attrs.evolve(self, state=state, result=result, code=code)
