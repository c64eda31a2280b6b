"""What no program, kernel or batch can take is refused by a code; nothing is guessed from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pytest

from energyretail.adapters.columnar import Batch, Priced, execute, price
from energyretail.domain import pricing
from energyretail.domain.shared import (
    DomainError,
    Energy,
    Invalid,
    MarketTime,
    Period,
    Power,
    PowerUnit,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

ZONE = MarketTime("Europe/Madrid")
DAYS = Period(date(2026, 5, 4), date(2026, 5, 6))
HOURS = 48
PRICE = pricing.always("price", "0.15", "list")
TARIFF = pricing.Tariff(
    code="T",
    name="T",
    currency="EUR",
    components=(pricing.UnitRate(name="energy", tax_code="A", price=(PRICE,)),),
    taxes=(pricing.Vat("A", "A", pricing.always("VAT", 21, "law")),),
    rounding=RoundingPolicy(RoundingScope.LINE, Rounding(RoundingMode.HALF_UP, 2)),
)
USAGE = pricing.Usage(
    uses=(
        pricing.RegisterUse("P1", DAYS, Energy(Decimal(3))),
        pricing.IntervalUse(
            "P2", ZONE.start_of(DAYS.start), 60, (Decimal(1),) * HOURS, ZONE, source="file"
        ),
    )
)
PROGRAM = pricing.compile_program(TARIFF, USAGE, period=DAYS)
KERNEL = pricing.lower(PROGRAM)
ONE = pricing.Measure(Decimal(3))
ROW = pricing.MeasuredSeries((Decimal(1),) * HOURS)

MEASURES: dict[str, tuple[Any, str]] = {
    "one too few": ([ONE], "pricing.measure_count"),
    "one too many": ([ONE, ROW, ONE], "pricing.measure_count"),
    "none": ([], "pricing.measure_count"),
    "a series for a register": ([ROW, ROW], "pricing.measure_sort"),
    "one number for intervals": ([ONE, ONE], "pricing.measure_sort"),
    "a series of an interval less": (
        [ONE, pricing.MeasuredSeries((Decimal(1),) * (HOURS - 1))],
        "pricing.measure_length",
    ),
}
NUMBERS: dict[str, tuple[Any, str]] = {
    "one too few": ([1], "pricing.measure_count"),
    "one too many": ([1, [1] * HOURS, 1], "pricing.measure_count"),
    "intervals for a register": ([[1] * HOURS, [1] * HOURS], "pricing.measure_sort"),
    "one number for intervals": ([1, 1], "pricing.measure_sort"),
    "an interval more": ([1, [1] * (HOURS + 1)], "pricing.measure_length"),
    "a float": ([1.0, [1] * HOURS], "pricing.measure_whole"),
    "a decimal": ([Decimal(1), [1] * HOURS], "pricing.measure_whole"),
    "a float among intervals": ([1, [1.5] * HOURS], "pricing.measure_whole"),
}
ONES = np.ones(3, np.int64)
ROWS = np.ones((3, HOURS), np.int64)
COLUMNS: dict[str, tuple[Any, str]] = {
    "one too few": ([ONES], "pricing.measure_count"),
    "one too many": ([ONES, ROWS, ONES], "pricing.measure_count"),
    "none": ([], "pricing.measure_count"),
    "a number alone": ([np.int64(1), ROWS], "pricing.measure_sort"),
    "a row a service for a register": ([ROWS, ROWS], "pricing.measure_sort"),
    "one number a service for intervals": ([ONES, ONES], "pricing.measure_sort"),
    "a service less": ([ONES, ROWS[:2]], "pricing.measure_length"),
    "a service more than there are": (
        [np.ones(4, int), np.ones((4, HOURS), int)],
        "pricing.measure_length",
    ),
    "a service that would be spread over all": ([ONES, ROWS[:1]], "pricing.measure_length"),
    "an interval less": ([ONES, ROWS[:, 1:]], "pricing.measure_length"),
    "an interval more": ([ONES, np.ones((3, HOURS + 1), int)], "pricing.measure_length"),
    "floats": ([np.ones(3), ROWS], "pricing.measure_whole"),
    "floats among intervals": ([ONES, np.ones((3, HOURS))], "pricing.measure_whole"),
    "yes and no": ([np.ones(3, bool), ROWS], "pricing.measure_whole"),
    "objects that are floats": ([np.array([1, 2, 0.5], object), ROWS], "pricing.measure_whole"),
    # They would wrap where the program counts on numbers of any size.
    "objects of 64 bits": (
        [np.array([1, 2, np.int64(3)], object), ROWS],
        "pricing.measure_whole",
    ),
}


def code(made: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        made()
    assert isinstance(refused.value, Invalid)
    return refused.value.code


def cases(found: dict[str, tuple[Any, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("given", "wrong"), found.values(), ids=found.keys())


class TestPrograms:
    @cases(MEASURES)
    def test_refuse_measures_of_another_shape(
        self, given: Sequence[pricing.Measure | pricing.MeasuredSeries], wrong: str
    ) -> None:
        assert code(lambda: PROGRAM.fits(given)) == wrong
        assert code(lambda: PROGRAM.bill(given)) == wrong
        assert code(lambda: pricing.filled_usage(PROGRAM.shape, given)) == wrong


class TestShapes:
    def test_compare_numbers_by_value_and_print_those_of_their_program(self) -> None:
        """Of 3.45 and 3.450 kW the amounts agree, the digits of the explanation do not."""
        program, rated = (_by_power(text) for text in ("3.45", "3.450"))
        usage, bill = rated.shape, pricing.rate(_with_power(), rated.shape, period=DAYS)

        assert usage == program.shape
        filled = program.bill(pricing.measures_of(usage))

        assert filled == bill
        assert "3.450 kW" in pricing.explain(bill.lines[0].derivation)[0]
        assert "3.45 kW" in pricing.explain(filled.lines[0].derivation)[0]


def _power() -> pricing.SubscribedPower:
    rates = (("P1", (PRICE,)),)
    return pricing.SubscribedPower(name="power", tax_code="A", rates=rates, unit=PowerUnit.KW)


def _with_power() -> pricing.Tariff:
    return attrs.evolve(TARIFF, components=(_power(),))


def _by_power(kw: str) -> pricing.RateProgram:
    usage = pricing.Usage(powers=(("P1", Power(Decimal(kw))),))
    return pricing.compile_program(_with_power(), usage, period=DAYS)


class TestKernels:
    @cases(NUMBERS)
    def test_refuse_numbers_of_another_shape(self, given: Any, wrong: str) -> None:
        assert code(lambda: KERNEL.numbers(given)) == wrong

    def test_take_whole_numbers_of_any_sort(self) -> None:
        plain = KERNEL.numbers([3_000, [1_000] * HOURS])

        row = np.full(HOURS, 1_000, np.int16)
        assert KERNEL.numbers([np.int64(3_000), row]) == plain  # type: ignore[list-item]  # as read
        assert plain[KERNEL.gross] > 0


class TestColumns:
    @cases(COLUMNS)
    def test_refuse_columns_of_another_shape(self, given: Any, wrong: str) -> None:
        assert code(lambda: execute(KERNEL, given, services=3)) == wrong

    @cases(COLUMNS)
    def test_are_looked_at_when_a_batch_is_made(self, given: Any, wrong: str) -> None:
        assert code(lambda: Batch(TARIFF, DAYS, PROGRAM.shape, given, services=3)) == wrong

    @pytest.mark.parametrize("sort", [np.int8, np.uint8, np.int32, np.uint32, np.uint64, object])
    def test_take_whole_numbers_of_any_width(self, sort: Any) -> None:
        plain = execute(KERNEL, [ONES, ROWS], services=3)

        other = execute(KERNEL, [ONES.astype(sort), ROWS.astype(sort)], services=3)

        assert all(np.array_equal(*both) for both in zip(plain.numbers, other.numbers, strict=True))

    def test_are_compared_by_identity_as_arrays_have_no_truth(self) -> None:
        one, other = (Batch(TARIFF, DAYS, PROGRAM.shape, [ONES, ROWS], services=3) for _ in "ab")
        (priced,), (again,) = price(one), price(other)
        assert isinstance(priced, Priced)
        assert isinstance(again, Priced)

        for each, like in ((one, other), (priced, again), (priced.columns, again.columns)):
            assert each == each
            assert each != like
            assert len({each, like}) == 2

    def test_are_not_of_less_than_no_service(self) -> None:
        nothing = pricing.Usage()

        wrong = code(lambda: Batch(TARIFF, DAYS, nothing, (), services=-1))

        assert wrong == "pricing.measure_length"

    def test_of_no_service_are_empty(self) -> None:
        found = execute(KERNEL, [ONES[:0], ROWS[:0]], services=0)

        assert {len(column) for column in found.numbers} == {0}
