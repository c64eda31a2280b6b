"""A worker looks for cycles once in thousands of objects, not once in hundreds."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from energyretail.entrypoints.worker import collect_seldom


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
