"""What every implementation of the ports of bill runs promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest

from energyretail.application.operations import BillRuns, BillRunShelf, RunShown, SuppliesDue
from energyretail.application.shared import Jobs, Numbers, Whole, Work, WorkList
from energyretail.domain.operations import (
    BillChunk,
    BillRun,
    BillRunState,
    ChunkResult,
    RunProgress,
    chunks_of,
)
from energyretail.domain.shared import Conflict, NotFound
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    BillingWorld,
    contract_of,
    readings_of,
)
from energyretail.testing.conformance.shared import DAY, NEXT_DAY, MovableClock

__all__ = [
    "BillRunsConformance",
    "BillRunsWorld",
    "SuppliesDueConformance",
    "SuppliesDueWorld",
    "run_of",
]

_CHUNKS = chunks_of([("b", 2), ("d", 2), ("e", 1)])
_RESULT = ChunkResult(1, 2, 3, (("b.code", 4), ("a.code", 1)), 1500, (("d.code", 1), ("c.code", 2)))
_DONE = BillRunState.DONE


def run_of(
    number: int,
    day: date = DAY,
    state: BillRunState = BillRunState.RUNNING,
    *,
    started_by: str = "Ana",
    chunk_size: int = 2,
) -> BillRun:
    """Return the `number`-th run."""
    return BillRun(number, day, started_by, chunk_size=chunk_size, state=state)


@attrs.frozen
class BillRunsWorld:
    """One implementation of what bill runs need, empty, its clock not set."""

    work: Work
    whole: Whole
    clock: MovableClock
    numbers: Numbers
    jobs: Jobs
    work_list: WorkList
    runs: BillRuns
    shelf: BillRunShelf


class BillRunsConformance:
    """Give the fixture `world`, an empty BillRunsWorld."""

    def test_are_kept_with_their_chunks(self, world: BillRunsWorld) -> None:
        run = attrs.evolve(run_of(7), dry_run=True)

        _add(world, run)

        assert world.shelf.by_number(7) == RunShown(run, RunProgress(waiting=3, due=5))
        assert world.shelf.chunks(7, after="", limit=9).items == _CHUNKS

    def test_are_one_a_day_until_done_or_aborted(self, world: BillRunsWorld) -> None:
        for number, state in enumerate(BillRunState, start=1):
            _add(world, run_of(number, date(2026, 3, number), state))

        for number, state in enumerate(BillRunState, start=1):
            again = run_of(10 + number, date(2026, 3, number))
            if state in (BillRunState.DONE, BillRunState.ABORTED):
                _add(world, again)
                continue
            with pytest.raises(Conflict) as refusal:
                _add(world, again)
            assert refusal.value.code == "operations.bill_run.under_way"

    def test_are_kept_as_they_become(self, world: BillRunsWorld) -> None:
        _add(world, run_of(1))
        chunks = (_CHUNKS[0].begin().finish(_RESULT), _CHUNKS[1].begin(), _CHUNKS[2].fail("x.y"))

        _change(world, lambda: world.runs.keep(run_of(1, state=_DONE)))
        _change(world, lambda: world.runs.keep_chunks(1, chunks))
        _change(world, lambda: world.runs.keep_chunks(1, ()))

        assert world.shelf.by_number(1) == RunShown(run_of(1, state=_DONE), RunProgress.of(chunks))
        assert world.shelf.chunks(1, after="", limit=9).items == chunks
        with world.work():
            assert world.runs.take(1) == run_of(1, state=_DONE)
            assert world.runs.take_chunk(1, 2) == chunks[1]
            assert world.runs.take_unfinished(1) == chunks[1:]
            assert world.runs.progress(1) == RunProgress.of(chunks)

    def test_of_a_day_are_told_the_newest_first(self, world: BillRunsWorld) -> None:
        rehearsed = attrs.evolve(run_of(1, state=_DONE), dry_run=True)
        for run in (rehearsed, run_of(2), run_of(3, NEXT_DAY)):
            _add(world, run)

        waiting = RunProgress(waiting=3, due=5)
        assert world.shelf.of_day(DAY) == (
            RunShown(run_of(2), waiting),
            RunShown(rehearsed, waiting),
        )
        assert world.shelf.of_day(DAY - timedelta(days=1)) == ()

    def test_keep_nothing_that_is_undone(self, world: BillRunsWorld) -> None:
        _add(world, run_of(1))
        with world.work():
            world.runs.keep(run_of(1, state=_DONE))
            world.runs.keep_chunks(1, [_CHUNKS[0].begin()])
            world.runs.add(run_of(2, NEXT_DAY), _CHUNKS)

        (shown,) = world.shelf.page(after="", limit=9).items
        assert shown == RunShown(run_of(1), RunProgress.of(_CHUNKS))

    def test_that_nobody_knows_are_refused(self, world: BillRunsWorld) -> None:
        _add(world, run_of(1))
        asks: tuple[tuple[str, Callable[[], object]], ...] = (
            ("operations.bill_run.unknown", lambda: world.runs.take(2)),
            ("operations.bill_chunk.unknown", lambda: world.runs.take_chunk(1, 4)),
            ("operations.bill_run.unknown", lambda: world.shelf.by_number(2)),
            ("operations.bill_run.unknown", lambda: world.shelf.chunks(2, after="", limit=1)),
        )
        with world.work():
            for code, ask in asks:
                with pytest.raises(NotFound) as refusal:
                    ask()
                assert refusal.value.code == code
            assert world.runs.take_unfinished(2) == ()
            assert world.runs.progress(2) == RunProgress()

    def test_need_a_transaction(self, world: BillRunsWorld) -> None:
        writes: tuple[Callable[[], object], ...] = (
            lambda: world.runs.add(run_of(1), _CHUNKS),
            lambda: world.runs.take(1),
            lambda: world.runs.take_chunk(1, 1),
            lambda: world.runs.take_unfinished(1),
            lambda: world.runs.keep(run_of(1)),
            lambda: world.runs.keep_chunks(1, _CHUNKS),
            lambda: world.runs.progress(1),
        )
        for write in writes:
            with pytest.raises(RuntimeError):
                write()

    def test_are_listed_newest_first_a_page_at_a_time(self, world: BillRunsWorld) -> None:
        for number in (2, 11, 3):
            _add(world, run_of(number, date(2026, 3, number)))

        first = world.shelf.page(after="", limit=2)
        second = world.shelf.page(after=str(first.next_after), limit=2)

        assert [shown.run.number for shown in (*first.items, *second.items)] == [11, 3, 2]
        assert second.next_after is None
        for nonsense in ("x", "-1", "1.5", "٣", "9" * 30):
            assert world.shelf.page(after=nonsense, limit=2).items == ()

    def test_list_their_chunks_a_page_at_a_time(self, world: BillRunsWorld) -> None:
        _add(world, run_of(1), chunks_of([(f"{n:02d}", 1) for n in range(12)]))

        first = world.shelf.chunks(1, after="", limit=10)
        second = world.shelf.chunks(1, after=str(first.next_after), limit=10)

        assert [chunk.number for chunk in (*first.items, *second.items)] == [*range(1, 13)]
        assert world.shelf.chunks(1, after="x", limit=2).items == ()

    def test_are_totalled_without_dry_ones_and_what_was_called_off(
        self, world: BillRunsWorld
    ) -> None:
        assert world.shelf.total() == RunProgress()
        done = _CHUNKS[0].begin().finish(_RESULT)
        for number, run in enumerate(
            (
                run_of(1),
                run_of(1, state=BillRunState.ABORTED),
                attrs.evolve(run_of(1, NEXT_DAY), dry_run=True),
            ),
            start=1,
        ):
            _add(world, attrs.evolve(run, number=number))
            _keep(world, number, done)

        assert world.shelf.total() == RunProgress(
            waiting=2, done=2, due=7, due_done=4, result=_RESULT + _RESULT
        )


@attrs.frozen
class SuppliesDueWorld:
    """One implementation, empty, with what it takes to fill it."""

    billing: BillingWorld
    due: SuppliesDue


class SuppliesDueConformance:
    """Give the fixture `world`, an empty SuppliesDueWorld."""

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
    def test_are_cut_after_every_so_many(self, world: SuppliesDueWorld, size: int) -> None:
        world.billing.sign(*(contract_of(number) for number in range(1, 8)))
        world.billing.read(*(readings_of(n, START, 0) for n in range(1, 8)))
        world.billing.read(*(readings_of(n, SECOND, 100) for n in (1, 2, 4, 5, 7)))
        keys = [each.key for each in world.billing.due(SECOND)]

        ends = world.due.chunk_ends(today=SECOND, size=size)

        chunks = [keys[start : start + size] for start in range(0, 5, size)]
        assert ends == tuple((chunk[-1], len(chunk)) for chunk in chunks)

    def test_are_those_of_the_day(self, world: SuppliesDueWorld) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 0), readings_of(1, THIRD, 100))

        assert world.due.chunk_ends(today=SECOND, size=9) == ()
        assert len(world.due.chunk_ends(today=THIRD, size=9)) == 1

    def test_are_told_one_by_one(self, world: SuppliesDueWorld) -> None:
        world.billing.sign(contract_of(1), contract_of(2), contract_of(3))
        world.billing.read(*(readings_of(n, START, 0) for n in (1, 2, 3)))
        world.billing.read(readings_of(1, SECOND, 100), readings_of(3, SECOND, 100))
        one, three = (each.key for each in world.billing.due(SECOND))

        def first(after: str, until: str = "") -> tuple[str, date] | None:
            return world.due.first_due(today=SECOND, after=after, until=until)

        assert first("") == (one, START)
        assert first(one) == (three, START)
        assert first(one, three) == (three, START)
        assert first(one, one + "a") is None
        assert first(three) is None


def _add(world: BillRunsWorld, run: BillRun, chunks: tuple[BillChunk, ...] = _CHUNKS) -> None:
    _change(world, lambda: world.runs.add(run, chunks))


def _change(world: BillRunsWorld, change: Callable[[], object]) -> None:
    with world.work() as transaction:
        change()
        transaction.commit()


def _keep(world: BillRunsWorld, number: int, chunk: BillChunk) -> None:
    _change(world, lambda: world.runs.keep_chunks(number, [chunk]))
