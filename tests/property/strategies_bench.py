"""Asks whether a strategy draws a case, and soon gives up."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

__all__ = ["SEARCH", "drawn"]

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
            strategy, lambda one: bool(case(one)), settings=SEARCH, random=random.Random(20260301)
        )
    assert case(found)
