"""Asks whether a strategy draws a case, and soon gives up; or draws many at once."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

__all__ = ["SEARCH", "drawn", "sample"]

T = TypeVar("T")
_SEED = 20260301

# What a reader of a law cannot count on in so few examples is not drawn often enough.
SEARCH = settings(
    max_examples=300,
    phases=[Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
)


def drawn(strategy: st.SearchStrategy[Any], case: Callable[[Any], object]) -> None:
    """Assert that a strategy draws such a case; `find` raises NoSuchExample otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)  # a long example makes a long repr
        found = find(
            strategy, lambda one: bool(case(one)), settings=SEARCH, random=random.Random(_SEED)
        )
    assert case(found)


def sample(strategy: st.SearchStrategy[T], runs: int) -> list[T]:
    """Return ten values of each of `runs`, where values are dear, to ask many things of.

    The values of one run are akin, for each is made from those before; those of another are not.
    """
    found: list[T] = []

    @settings(SEARCH, max_examples=10, deadline=None)
    @given(strategy)
    def collect(one: T) -> None:
        found.append(one)

    for run in range(runs):
        seed(_SEED + run)(collect)()
    return found
