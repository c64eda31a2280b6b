"""Laws of bill runs: ranges cover every key once, counts add up, and nothing moves unlawfully."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain.operations import (
    CHUNK_TABLE,
    RUN_TABLE,
    BillChunk,
    BillRunState,
    BillRunTrigger,
    ChunkResult,
    ChunkState,
    ChunkTrigger,
    RunProgress,
    SupplyRange,
    chunks_of,
)
from energyretail.domain.shared import Invalid, Refused
from energyretail.testing.conformance.bill_runs import run_of

counts = st.integers(0, 10**6)
codes = st.dictionaries(st.sampled_from(["a.b", "a.c", "z.z"]), counts, max_size=3)
counted = codes.map(lambda found: tuple(found.items()))
results = st.builds(ChunkResult, counts, counts, counts, counted, counts, counted)
keys = st.text("ab/é\U0001f600", min_size=1, max_size=4)
sorted_keys = st.sets(keys, min_size=1, max_size=8).map(lambda found: sorted(found))
states = st.sampled_from(ChunkState)


@st.composite
def chunks(draw: st.DrawFn) -> BillChunk:
    state = draw(states)
    return BillChunk(
        draw(st.integers(1, 99)),
        SupplyRange("", ""),
        draw(st.integers(1, 1000)),
        state,
        draw(results) if state is ChunkState.DONE else None,
        "a.b" if state is ChunkState.FAILED else "",
    )


class TestRanges:
    @given(sorted_keys, keys)
    def test_of_a_run_hold_every_key_once(self, ends: list[str], key: str) -> None:
        ends = sorted(ends, key=str.encode)

        ranges = [chunk.keys for chunk in chunks_of([(end, 1) for end in ends])]

        assert sum(one.holds(key) for one in ranges) == 1
        assert all(one.holds(end) for one, end in zip(ranges, ends, strict=True))

    def test_that_can_hold_nothing_are_refused(self) -> None:
        for after, until in (("b", "a"), ("b", "b"), ("\U0001f600", "é")):
            with pytest.raises(Invalid):
                SupplyRange(after, until)

    def test_are_none_of_nothing(self) -> None:
        assert chunks_of([]) == ()


class TestResults:
    @given(results, results, results)
    def test_add_up_in_any_order(self, a: ChunkResult, b: ChunkResult, c: ChunkResult) -> None:
        assert (a + b) + c == a + (b + c)
        assert a + b == b + a
        assert a + ChunkResult() == a

    @given(results, results)
    def test_name_each_code_once(self, a: ChunkResult, b: ChunkResult) -> None:
        for name in ("why", "one_by_one"):
            of_a, of_b, found = (dict(getattr(each, name)) for each in (a, b, a + b))

            assert sum(found.values()) == sum(of_a.values()) + sum(of_b.values())
            assert list(found) == sorted(found)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"issued": -1},
            {"took_ms": -1},
            {"why": (("a", -1),)},
            {"why": (("a", 1), ("a", 2))},
            {"one_by_one": (("a", -1),)},
            {"one_by_one": (("a", 1), ("a", 2))},
        ],
    )
    def test_below_nothing_are_refused(self, wrong: dict[str, int]) -> None:
        with pytest.raises(Invalid) as refusal:
            ChunkResult(**wrong)
        assert refusal.value.code == "operations.bill_chunk.counts"


class TestProgress:
    @given(st.lists(chunks(), max_size=8), st.integers(0, 8))
    def test_counts_every_chunk_once(self, found: list[BillChunk], cut: int) -> None:
        whole, one, other = map(RunProgress.of, (found, found[:cut], found[cut:]))

        assert whole.chunks == len(found)
        assert whole.result == one.result + other.result
        assert (whole.due, whole.due_done) == (
            one.due + other.due,
            one.due_done + other.due_done,
        )
        assert whole.is_settled == (one.is_settled and other.is_settled)

    @given(st.lists(chunks(), max_size=8))
    def test_is_all_only_when_all_is_done(self, found: list[BillChunk]) -> None:
        progress = RunProgress.of(found)

        assert 0 <= progress.percent <= 100
        assert (progress.percent == 100) == (progress.done == progress.chunks)
        assert (progress.seconds_left == 0) or not progress.is_settled

    def test_tells_the_pace_of_the_workers_under_way(self) -> None:
        one = RunProgress(
            waiting=2, done=2, due=400, due_done=200, result=ChunkResult(150, took_ms=10_000)
        )
        two = RunProgress(
            waiting=1,
            under_way=2,
            done=2,
            due=500,
            due_done=200,
            result=ChunkResult(150, took_ms=10_000),
        )

        assert (one.bills_per_second, one.seconds_left) == (Decimal("15.0"), 10)
        assert (two.bills_per_second, two.seconds_left) == (Decimal("30.0"), 8)

    def test_tells_no_pace_before_a_chunk_is_done(self) -> None:
        progress = RunProgress(waiting=1, due=10)

        assert (progress.bills_per_second, progress.seconds_left) == (None, None)
        assert RunProgress().percent == 100


class TestTables:
    @given(states, st.sampled_from(ChunkTrigger))
    def test_let_a_chunk_go_no_other_way(self, state: ChunkState, trigger: ChunkTrigger) -> None:
        result = ChunkResult() if state is ChunkState.DONE else None
        code = "a.b" if state is ChunkState.FAILED else ""
        chunk = BillChunk(1, SupplyRange(""), 1, state, result, code)
        moves = {
            ChunkTrigger.BEGIN: chunk.begin,
            ChunkTrigger.FINISH: lambda: chunk.finish(ChunkResult()),
            ChunkTrigger.FAIL: lambda: chunk.fail("a.c"),
            ChunkTrigger.LEAVE: chunk.leave,
            ChunkTrigger.TRY_AGAIN: chunk.try_again,
        }
        if CHUNK_TABLE.allows(state, trigger):
            assert moves[trigger]().state is CHUNK_TABLE.after(state, trigger)
            return
        with pytest.raises(Refused) as refusal:
            moves[trigger]()
        assert refusal.value.code == "operations.bill_chunk.not_allowed"

    def test_end_where_a_run_or_chunk_is_over(self) -> None:
        assert RUN_TABLE.finals() == {BillRunState.DONE, BillRunState.ABORTED}
        assert CHUNK_TABLE.finals() == {ChunkState.DONE}

    @given(st.sampled_from(BillRunState))
    def test_let_a_run_that_is_over_begin_nothing(self, state: BillRunState) -> None:
        run = run_of(1, state=state)

        assert run.is_over == (not RUN_TABLE.triggers(state))
        if run.is_over or state is BillRunState.FAILED:
            with pytest.raises(Refused):
                run.begin()
            assert not RUN_TABLE.allows(state, BillRunTrigger.BEGIN)

    @given(st.sampled_from(BillRunState), st.lists(chunks(), max_size=5))
    def test_settle_a_run_as_its_chunks_are(
        self, state: BillRunState, found: list[BillChunk]
    ) -> None:
        if state is BillRunState.FAILED:
            return
        run, progress = run_of(1, state=state), RunProgress.of(found)

        after = run.settle(progress).state

        if run.is_over or not progress.is_settled:
            assert after is state
        else:
            assert after is (BillRunState.FAILED if progress.failed else BillRunState.DONE)


class TestValues:
    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"chunk_size": 0}, "operations.bill_run.chunk_size"),
            ({"chunk_size": 20_001}, "operations.bill_run.chunk_size"),
            ({"started_by": " "}, "operations.bill_run.started_by"),
            ({"started_by": "a\nb"}, "operations.bill_run.started_by"),
            ({"started_by": "a" * 500}, "operations.bill_run.started_by"),
        ],
    )
    def test_that_say_nothing_are_refused(self, wrong: dict[str, object], code: str) -> None:
        with pytest.raises(Invalid) as refusal:
            run_of(1, **wrong)
        assert refusal.value.code == code

    def test_of_a_chunk_go_with_its_state(self) -> None:
        for state, result, code in (
            (ChunkState.DONE, None, ""),
            (ChunkState.WAITING, ChunkResult(), ""),
            (ChunkState.FAILED, None, ""),
            (ChunkState.WAITING, None, "a.b"),
        ):
            with pytest.raises(Invalid):
                BillChunk(1, SupplyRange(""), 1, state, result, code)
