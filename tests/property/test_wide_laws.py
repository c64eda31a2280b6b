"""Columns that are computed in 64 bits come to what Python's own numbers come to."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.columnar.wide import Wide

NUMBERS = st.lists(
    st.integers(-100, 100) | st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3
)
ANY = st.integers(-5, 5) | st.integers(-(2**130), 2**130)
MAKES = st.sampled_from([operator.add, operator.sub, operator.mul])
TELLS = st.sampled_from([operator.lt, operator.le, operator.gt, operator.ge])


def wide(numbers: list[int]) -> Wide:
    return Wide(np.array(numbers, np.int64))


def test_narrow_columns_do_not_wrap() -> None:
    column = Wide(np.array([2**30, -(2**31)], np.int32))

    assert ((column + column) * column >= 2**61).tolist() == [True, True]
    assert (abs(Wide(np.array([-(2**63)], np.int64))) >= 2**63).tolist() == [True]


@given(NUMBERS, NUMBERS, NUMBERS, ANY, MAKES, MAKES, MAKES, TELLS)
def test_wide_columns_come_to_what_whole_numbers_do(
    one: list[int],
    two: list[int],
    three: list[int],
    number: int,
    first: Callable[[Any, Any], Any],
    second: Callable[[Any, Any], Any],
    third: Callable[[Any, Any], Any],
    tells: Callable[[Any, Any], Any],
) -> None:
    made = second(first(wide(one), wide(two)), number)
    whole = [second(first(a, b), number) for a, b in zip(one, two, strict=True)]

    assert tells(abs(made), wide(three)).tolist() == [
        tells(abs(a), b) for a, b in zip(whole, three, strict=True)
    ]
    assert tells(third(made, wide(three)), number).tolist() == [
        tells(third(a, b), number) for a, b in zip(whole, three, strict=True)
    ]
    assert (sum([made, wide(three)]) >= whole[0] + three[0]).tolist() == [
        a + b >= whole[0] + three[0] for a, b in zip(whole, three, strict=True)
    ]
    assert (number * made <= number).tolist() == [number * a <= number for a in whole]
