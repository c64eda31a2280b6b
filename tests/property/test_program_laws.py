"""A bill with its numbers left open, and its kernel, price as `rate` does, to the last digit."""

from __future__ import annotations

from decimal import Decimal

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from energyretail.adapters.columnar import execute
from energyretail.domain import pricing
from energyretail.domain.shared import (
    Energy,
    Period,
    Refused,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing import strategies

KINDS = (
    "standing_charge", "unit_rate", "time_of_use", "blocks", "subscribed_power", "levy",
    "percentage_tax",
)  # fmt: skip
BY_LINE = st.sampled_from(RoundingMode).map(
    lambda mode: RoundingPolicy(RoundingScope.LINE, Rounding(mode, 2))
)
MILLI = Decimal("0.001")

Case = tuple[pricing.Tariff, pricing.Usage, Period, pricing.Circumstances]


def compiled(case: Case) -> pricing.RateProgram:
    """Return the program of a case, if it is of a tariff and a usage that have one."""
    tariff, usage, period, known = case
    assume(all(component.compiles for component in tariff.components))
    assume(all(isinstance(use, pricing.RegisterUse) for use in usage.uses))
    return pricing.compile_program(tariff, usage, period=period, circumstances=known)


@st.composite
def others(draw: st.DrawFn, usage: pricing.Usage) -> pricing.Usage:
    """The same usage with other numbers, whole multiples of a Wh, and other readings."""
    return attrs.evolve(usage, uses=tuple(draw(_another(use)) for use in usage.uses))


@st.composite
def _another(draw: st.DrawFn, use: pricing.Use) -> pricing.Use:
    assert isinstance(use, pricing.RegisterUse)
    near = draw(st.integers(-3_000_000, 3_000_000) | st.integers(-3_000, 3_000))
    read = (draw(st.sampled_from(["P1 0", "P1 1"])), "P1 2")
    return attrs.evolve(use, energy=Energy(near * MILLI), readings=read)


class TestPrograms:
    @given(strategies.priced(kinds=KINDS), st.data())
    def test_price_every_usage_that_fits_as_it_is_rated(
        self, case: Case, data: st.DataObject
    ) -> None:
        tariff, usage, period, known = case
        program = compiled(case)
        assert program.fits(pricing.measures_of(usage))

        for each in (usage, data.draw(others(usage)), data.draw(others(usage))):
            assert pricing.open_usage(each) == program.shape
            measures = pricing.measures_of(each)
            if program.fits(measures):
                rated = pricing.rate(tariff, each, period=period, circumstances=known)
                assert program.bill(measures) == rated


class TestKernels:
    @given(strategies.priced(kinds=KINDS, policies=BY_LINE), st.data())
    def test_make_the_numbers_of_every_bill_that_fits(
        self, case: Case, data: st.DataObject
    ) -> None:
        tariff, usage, period, known = case
        program = compiled(case)
        kernel = pricing.lower(program)
        usages = [data.draw(others(usage)) for _ in range(3)]
        columns = [
            np.array([int(pricing.measures_of(u)[at].value / MILLI) for u in usages], np.int64)
            for at in range(kernel.measures)
        ]

        found = execute(kernel, columns)

        for place, each in enumerate(usages):
            measures = pricing.measures_of(each)
            numbers = kernel.numbers([int(m.value / MILLI) for m in measures])
            assert [int(column[place]) for column in found.numbers] == list(numbers)
            assert found.fits[place] == kernel.fits(numbers) == program.fits(measures)
            if found.fits[place]:
                rated = pricing.rate(tariff, each, period=period, circumstances=known)
                assert_same(rated, program, kernel, numbers)

    @given(strategies.priced(kinds=("unit_rate",), policies=BY_LINE), st.integers(2**61, 2**63 - 1))
    def test_of_more_than_64_bits_hold_are_refused(self, case: Case, much: int) -> None:
        kernel = pricing.lower(compiled(case))
        assume(any(step.sum.terms for step in kernel.steps if isinstance(step, pricing.Rounded)))

        with pytest.raises(Refused) as refused:
            execute(kernel, [np.array([much, -much], np.int64)] * kernel.measures)

        assert refused.value.code == "pricing.kernel_bounds"


def assert_same(
    bill: pricing.PricedBill,
    program: pricing.RateProgram,
    kernel: pricing.Kernel,
    numbers: tuple[int, ...],
) -> None:
    lines = zip(bill.lines, program.lines, kernel.lines, strict=True)
    for line, draft, places in lines:
        assert line.amount.cents == numbers[places.amount]
        assert line.quantity == shown(draft.quantity, places.quantity, numbers)
        assert line.price == shown(draft.price, places.price, numbers)
    taxes = [(tax.tax, tax.rate, tax.amount.cents) for tax in bill.taxes]
    assert taxes == [(tax.tax, tax.rate, numbers[tax.amount]) for tax in kernel.taxes]
    energy = None if kernel.energy is None else shown(bill.energy, kernel.energy, numbers)
    assert bill.energy == energy


def shown(kept: object, place: int | None, numbers: tuple[int, ...]) -> object:
    return kept if place is None else Decimal(numbers[place]).scaleb(-6).normalize() + 0
