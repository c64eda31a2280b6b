"""A kernel over columns of whole numbers: in 64 bits where that is sure to hold, else in any."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.columnar.layout import Whole, refuse_layout
from energyretail.adapters.columnar.wide import BOUND, most_of
from energyretail.domain.pricing import (
    Counted,
    Extreme,
    Kernel,
    Quotient,
    Rounded,
    Step,
    WholeSum,
)
from energyretail.domain.shared import RoundingMode

__all__ = ["Columns", "Places", "execute", "run"]

Places = NDArray[np.intp]
"""Places of services in the columns of what they measured."""
_Sort = type[np.float64] | type[np.int64] | type[np.object_]
_FLOATS: Final = 2**53
"""Whole numbers below it are exact in floating point of 64 bits, and so are their sums."""
_ROWS: Final = 128
"""So many rows of a month of half-hours, as floating point, stay in a cache of a processor."""


@attrs.frozen(eq=False)
class Columns:
    """All numbers of a kernel, a column each with one place a service; `fits` tells which hold.

    Where a service does not fit the choices of its program, its numbers mean nothing.
    """

    numbers: tuple[Whole, ...]
    fits: NDArray[np.bool_]

    def only(self, services: NDArray[np.bool_]) -> Columns:
        """Return the columns of some services."""
        return Columns(tuple(each[services] for each in self.numbers), self.fits[services])


def execute(kernel: Kernel, measures: Sequence[Whole], *, services: int) -> Columns:
    """Return the numbers of a kernel for what so many services measured.

    `measures` has an array a use: one number a service, or one row of intervals a service.
    What might not fit into 64 bits is computed in numbers of any size. Raises Invalid
    ``pricing.measure_count``, ``measure_sort``, ``measure_length``, ``measure_whole``
    for arrays that are not of the kernel's shape, or not of whole numbers.
    """
    refuse_layout(kernel.intervals, measures, services)
    return run(kernel, measures, np.arange(services))


def run(kernel: Kernel, measures: Sequence[Whole], at: Places) -> Columns:
    """Execute a kernel on some places, ascending, of measures that were looked at before."""
    services = len(at)
    numbers = [_narrow(column) for column in _counted(kernel, measures, at)]
    most = [most_of(column) for column in numbers]
    for step in kernel.steps:
        numbers.append(_narrow(_column(step, numbers, most, services)))
        most.append(most_of(numbers[-1]))
    fits = np.ones(services, dtype=np.bool_)
    for whole, holds in kernel.choices:
        fits &= (_sum(whole, numbers, most, services) >= 0) == holds
    return Columns(tuple(numbers), fits)


def _narrow(column: Whole) -> Whole:
    """Return a column of numbers of any size in 64 bits where they fit."""
    if column.dtype != np.object_ or most_of(column) >= BOUND:
        return column
    return column.astype(np.int64)


def _counted(kernel: Kernel, measures: Sequence[Whole], at: Places) -> list[Whole]:
    """Return the columns that a kernel counts, each row of intervals being read once."""
    found: dict[Counted, Whole] = {}
    for use, measured in enumerate(measures):
        asked = [each for each in kernel.counted if each.use == use]
        if kernel.intervals[use] is None:
            found.update((each, measured[at]) for each in asked)
        elif asked:
            found.update(zip(asked, _summed(asked, measured, at).T, strict=True))
    return [found[each] for each in kernel.counted]


def _summed(asked: Sequence[Counted], measured: Whole, at: Places) -> Whole:
    """Return a column for each: the sum of the intervals that it counts.

    It is a product of matrices, in which each row is read once for all that is asked: several times
    as fast as it is added by runs.
    """
    counts = np.zeros((measured.shape[1], len(asked)), dtype=np.object_)
    for column, each in enumerate(asked):
        counts[list(each.places or ()), column] = 1 if each.times is None else each.times
    times = max(map(_times_counted, asked))
    made: dict[_Sort, Whole] = {}
    # One array: small ones kept from block to block make the memory of a block be asked for anew.
    totals: Whole = np.empty((len(at), len(asked)), dtype=np.int64)
    for first in range(0, len(at), _ROWS):
        some = at[first : first + _ROWS]
        together = some[-1] - some[0] == len(some) - 1
        rows = measured[some[0] : some[-1] + 1] if together else measured[some]
        sort = _sort_of(rows, times)
        if sort not in made:
            made[sort] = counts.astype(sort)
        found = rows.astype(sort) @ made[sort]
        if sort is np.object_:
            totals = totals.astype(np.object_, copy=False)
        totals[first : first + _ROWS] = found.astype(np.int64) if sort is np.float64 else found
    return totals


def _sort_of(rows: Whole, times: int) -> _Sort:
    """Return the numbers that add up intervals exactly which count so often all together."""
    # What narrow numbers can hold at most need not be looked for where it is little enough.
    if rows.itemsize <= 4 and times << 8 * rows.itemsize < _FLOATS:
        return np.float64
    reach = most_of(rows) * times
    if reach < _FLOATS:
        return np.float64
    return np.int64 if reach < BOUND else np.object_


def _times_counted(counted: Counted) -> int:
    """Return how often intervals count, all together."""
    if counted.times is None:
        return len(counted.places or ())
    return sum(abs(each) for each in counted.times)


def _sum(whole: WholeSum, numbers: Sequence[Whole], most: Sequence[int], length: int) -> Whole:
    # A multiple stands in 64 bits itself, even of a column that holds nothing but zeros; and so do
    # the numbers of a column that counts no times.
    reach = abs(whole.constant)
    reach += sum(max(abs(times), 1) * max(most[at], 1) for at, times in whole.terms)
    wide = np.object_ if max(reach, whole.divisor) >= BOUND else np.int64
    total: Whole = np.full(length, whole.constant, dtype=wide)
    for at, times in whole.terms:
        total += numbers[at].astype(wide) * times
    return total


def _column(step: Step, numbers: Sequence[Whole], most: Sequence[int], length: int) -> Whole:
    match step:
        case Rounded(whole, mode):
            return _rounded(_sum(whole, numbers, most, length), whole.divisor, mode)
        case Quotient(above, below, mode):
            by = _sum(below, numbers, most, length)
            return _average(_sum(above, numbers, most, length), by, mode)
        case Extreme(sums, greatest):
            columns = [_sum(each, numbers, most, length) for each in sums]
            return reduce(np.maximum if greatest else np.minimum, columns)


def _average(total: Whole, by: Whole, mode: RoundingMode) -> Whole:
    """Divide by a column and round; what is divided by nothing is nothing."""
    if total.dtype != by.dtype:
        total, by = total.astype(np.object_), by.astype(np.object_)
    found = _rounded(np.where(by < 0, -total, total), np.where(by == 0, 1, np.abs(by)), mode)
    return np.where(by == 0, 0, found)


def _rounded(total: Whole, divisor: int | Whole, mode: RoundingMode) -> Whole:
    """Divide and round away from or towards zero alike on both sides of it."""
    size = np.abs(total)
    whole = size // divisor
    whole += _goes_up(mode, whole, 2 * (size - whole * divisor), divisor)
    return np.where(total < 0, -whole, whole)


def _goes_up(mode: RoundingMode, whole: Whole, twice: Whole, one: int | Whole) -> NDArray[np.bool_]:
    match mode:
        case RoundingMode.HALF_UP:
            return twice >= one
        case RoundingMode.HALF_DOWN:
            return twice > one
        case RoundingMode.HALF_EVEN:
            goes_up: NDArray[np.bool_] = (twice > one) | ((twice == one) & (whole % 2 == 1))
            return goes_up
        case RoundingMode.UP:
            return twice > 0
        case RoundingMode.DOWN:
            return np.zeros(len(whole), dtype=np.bool_)
