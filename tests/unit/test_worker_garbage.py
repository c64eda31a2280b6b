"""A worker looks for cycles once in thousands of objects, not once in hundreds."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from energyretail.entrypoints.worker import collect_seldom, collect_young


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_a_chunk_of_bills_is_looked_at_a_few_times_and_cycles_still_go() -> None:
    collect_seldom()
    gc.collect()
    before = gc.get_stats()[0]["collections"]

    made = [[number] for number in range(200_000)]

    assert 0 < gc.get_stats()[0]["collections"] - before < 10
    assert made
    assert gc.isenabled()


class Columns:
    """What a chunk holds, and is to be freed with it."""


def refused(columns: Columns) -> None:
    """Fail as a chunk does of which a supply is refused: who raises it knows it."""

    def deep() -> None:
        error = ValueError("refused")
        raise error

    try:
        deep()
    except ValueError:
        assert columns


def test_what_was_refused_holds_the_columns_of_its_chunk_no_longer() -> None:
    collect_seldom()
    gc.collect()

    def chunk() -> weakref.ref[Columns]:
        columns = Columns()
        refused(columns)
        return weakref.ref(columns)

    left = chunk()
    held = left() is not None
    collect_young()

    assert held
    assert left() is None
