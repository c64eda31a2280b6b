"""Columns of whole numbers that are computed in 64 bits where that is sure to hold, else in any."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.columnar.layout import Whole

__all__ = ["BOUND", "Wide", "most_of"]

BOUND: Final = 2**62
"""What 64 bits are given stays below it: twice a rest then fits too."""
_Truths = NDArray[np.bool_]


class Wide:
    """A column, and a bound on the size of its numbers: none of them ever wraps.

    It adds, multiplies and compares as a whole number does, with another or with a number.
    """

    __slots__ = ("_most", "_numbers")

    def __init__(self, numbers: Whole, most: int | None = None):
        # Narrower ones wrap at less.
        self._numbers = (
            numbers if numbers.dtype == np.object_ else numbers.astype(np.int64, copy=False)
        )
        self._most = most_of(numbers) if most is None else most

    def __add__(self, other: Wide | int) -> Wide:
        most = self._most + _size(other)
        one, two = self._both(other, most)
        return Wide(one + two, most)

    __radd__ = __add__

    def __sub__(self, other: Wide | int) -> Wide:
        most = self._most + _size(other)
        one, two = self._both(other, most)
        return Wide(one - two, most)

    def __mul__(self, other: Wide | int) -> Wide:
        # A multiple stands in 64 bits itself, even of a column that holds nothing but zeros.
        most = max(self._most, 1) * max(_size(other), 1)
        one, two = self._both(other, most)
        return Wide(one * two, most)

    __rmul__ = __mul__

    def __abs__(self) -> Wide:
        numbers, _ = self._both(0, self._most)
        return Wide(np.abs(numbers), self._most)

    def __lt__(self, other: Wide | int) -> _Truths:
        one, two = self._both(other, _size(other))
        return _truths(one < two)

    def __le__(self, other: Wide | int) -> _Truths:
        one, two = self._both(other, _size(other))
        return _truths(one <= two)

    def __gt__(self, other: Wide | int) -> _Truths:
        one, two = self._both(other, _size(other))
        return _truths(one > two)

    def __ge__(self, other: Wide | int) -> _Truths:
        one, two = self._both(other, _size(other))
        return _truths(one >= two)

    def _both(self, other: Wide | int, most: int) -> tuple[Any, Any]:
        """Return both as they are computed with where `most` is what comes of them."""
        two = other._numbers if isinstance(other, Wide) else other
        if most < BOUND:
            return self._numbers, two
        return self._numbers.astype(np.object_), (
            two.astype(np.object_) if isinstance(two, np.ndarray) else two
        )


def most_of(column: Whole) -> int:
    """Return the size of the largest number of a column, zero of an empty one."""
    return max(abs(int(column.min())), abs(int(column.max()))) if column.size else 0


def _size(other: Wide | int) -> int:
    return other._most if isinstance(other, Wide) else abs(other)


def _truths(found: Any) -> _Truths:
    # Of numbers of any size numpy tells truths as objects.
    return np.asarray(found, dtype=np.bool_)
