"""Any kernel over columns gives what it gives for each service on its own, however great."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.columnar import execute
from energyretail.adapters.columnar.layout import Whole
from energyretail.domain import pricing
from energyretail.domain.shared import RoundingMode

INTERVALS = (None, None, 4)
BLOCK = 128
"""So many rows of intervals are added up at a time."""
COUNTED = (
    pricing.Counted(0),
    pricing.Counted(1),
    pricing.Counted(2, (0, 2)),
    pricing.Counted(2, (1, 2, 3)),
    pricing.Counted(2, ()),
    pricing.Counted(2, (0, 3), (5, -2)),
    pricing.Counted(2, (1, 2), (2**40, -(2**40))),
    pricing.Counted(2, (0,), (2**64 + 1,)),
)
SORTS = st.sampled_from([np.int8, np.int16, np.int32, np.int64, np.uint64, object])
NEAR_64_BITS = (0, 1, -1, 5, 2**31, 2**62 - 1, 2**62, 2**63 - 1, 2**63, 2**64, -(2**63))
MULTIPLES = st.sampled_from(NEAR_64_BITS) | st.integers(-(2**70), 2**70)
DIVISORS = st.sampled_from([1, 2, 100, 2**61, 2**62, 2**63]) | st.integers(1, 2**70)
COLUMNS = (
    st.just([0, 0, 0])
    | st.lists(st.integers(-9, 9), min_size=3, max_size=3)
    | st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3)
)
NEAR_53_BITS = (0, 1, 127, 2**31, 2**51 - 1, 2**51, 2**52 + 1, 2**53 - 1, 2**53 + 1, 2**59 + 1)


@st.composite
def measured_rows(draw: st.DrawFn) -> Whole:
    """Rows of intervals, in numbers that hold them."""
    sort = draw(SORTS)
    fitting = [n for n in NEAR_53_BITS if sort is object or n <= np.iinfo(sort).max]
    numbers = st.sampled_from(fitting) | st.integers(0, 127)
    if sort is not np.uint64:
        numbers |= st.integers(-128, 0)
    row = st.lists(numbers, min_size=4, max_size=4)
    return np.array(draw(st.lists(row, min_size=3, max_size=3)), sort)


@st.composite
def whole_sums(draw: st.DrawFn, known: int, divisor: int | None = None) -> pricing.WholeSum:
    terms = draw(st.dictionaries(st.integers(0, known - 1), MULTIPLES, max_size=3))
    below = draw(DIVISORS) if divisor is None else divisor
    return pricing.WholeSum(tuple(sorted(terms.items())), draw(MULTIPLES), below)


@st.composite
def _steps(draw: st.DrawFn, known: int) -> pricing.Step:
    sort, mode = draw(st.integers(0, 2)), draw(st.sampled_from(RoundingMode))
    if sort == 0:
        return pricing.Rounded(draw(whole_sums(known)), mode)
    if sort == 1:
        return pricing.Quotient(draw(whole_sums(known, 7)), draw(whole_sums(known, 7)), mode)
    sums = draw(st.lists(whole_sums(known, 7), min_size=1, max_size=3))
    return pricing.Extreme(tuple(sums), draw(st.booleans()))


@st.composite
def kernels(draw: st.DrawFn) -> pricing.Kernel:
    """Kernels of no program: a few steps and choices, of any size."""
    count = draw(st.integers(1, 3))
    steps = tuple(draw(_steps(len(COUNTED) + at)) for at in range(count))
    choices = st.tuples(whole_sums(len(COUNTED) + count), st.booleans())
    return pricing.Kernel(
        intervals=INTERVALS,
        counted=COUNTED,
        decimals=3,
        steps=steps,
        choices=tuple(draw(st.lists(choices, max_size=2))),
        lines=(),
        taxes=(),
        roundings=(),
        tax=0,
        gross=0,
        energy=None,
    )


class TestColumns:
    @given(kernels(), COLUMNS, COLUMNS, measured_rows())
    def test_hold_what_each_service_comes_to(
        self,
        kernel: pricing.Kernel,
        one: list[int],
        other: list[int],
        rows: Whole,
    ) -> None:
        arrays = [np.array(one, np.int64), np.array(other, object), rows]

        found = execute(kernel, arrays, services=3)

        for place, measured in enumerate(zip(one, other, rows.tolist(), strict=True)):
            numbers = kernel.numbers(measured)
            assert [int(column[place]) for column in found.numbers] == list(numbers)
            assert found.fits[place] == kernel.fits(numbers)

    @given(kernels(), COLUMNS, COLUMNS, measured_rows())
    def test_are_those_of_each_service_among_many(
        self, kernel: pricing.Kernel, one: list[int], other: list[int], rows: Whole
    ) -> None:
        arrays = [np.array(one, np.int64), np.array(other, object), rows]
        # Intervals are added up in blocks: each of these has numbers of its own size.
        many = np.repeat(np.arange(3), BLOCK)

        found = execute(kernel, [each[many] for each in arrays], services=len(many))

        few = execute(kernel, arrays, services=3)
        for column, alone in zip(found.numbers, few.numbers, strict=True):
            assert column.tolist() == alone[many].tolist()
            assert {type(number) for number in column.tolist()} == {int}
        assert found.fits.tolist() == few.fits[many].tolist()
