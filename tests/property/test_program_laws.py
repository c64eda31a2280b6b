"""A bill with its numbers left open, and its kernel, price as `rate` does, to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from energyretail.adapters.columnar import Batch, LeftOut, Priced, execute, price
from energyretail.adapters.shared.form_json import form_of, form_text
from energyretail.domain import pricing
from energyretail.domain.shared import (
    Energy,
    Period,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing import strategies
from energyretail.testing.profiles import dear

KINDS = (
    "standing_charge", "unit_rate", "time_of_use", "blocks", "subscribed_power", "levy",
    "percentage_tax", "feed_in", "minimum_charge", "discount",
)  # fmt: skip
# What needs intervals is drawn by itself.
BY_INTERVAL = ("spot",)
ZONE = strategies.MADRID
HOURS = pricing.BandCalendar(
    "hours",
    ZONE,
    pricing.ALWAYS,
    "test",
    (
        pricing.BandRule("off", days=frozenset({"sat", "sun"})),
        pricing.BandRule("peak", 8 * 60, 22 * 60),
        pricing.BandRule("off"),
    ),
)
# Of so few each meets the others often: limits are reached, discounts take all there is.
DECIDING = ("standing_charge", "unit_rate", "feed_in", "discount", "minimum_charge")
TO_CENTS = st.builds(
    RoundingPolicy,
    st.sampled_from(RoundingScope),
    st.sampled_from(RoundingMode).map(lambda mode: Rounding(mode, 2)),
    st.none() | st.integers(2, 6),
)
Case = tuple[pricing.Tariff, pricing.Usage, Period, pricing.Circumstances]
MILLI = Decimal("0.001")


def _cases(policies: st.SearchStrategy[RoundingPolicy]) -> st.SearchStrategy[Case]:
    drawn = st.sampled_from([KINDS, DECIDING]).flatmap(
        lambda kinds: strategies.priced(kinds=kinds, policies=policies)
    )
    return drawn.flatmap(strategies.varied)


ANY = _cases(strategies.rounding_policies())
TO_KERNELS = _cases(TO_CENTS)
ZERO_OR_GREAT = st.just(0) | st.integers(2**50, 2**62)


def compiled(case: Case) -> pricing.RateProgram:
    """Return the program of a case, if it is of a tariff and a usage that have one."""
    tariff, usage, period, known = case
    assume(all(component.compiles for component in tariff.components))
    return pricing.compile_program(tariff, usage, period=period, circumstances=known)


def with_kernel(case: Case) -> pricing.RateProgram:
    """Return the program of a case whose bill has a line: a kernel is of lines."""
    program = compiled(case)
    assume(program.form.lines)
    return program


@st.composite
def others(draw: st.DrawFn, usage: pricing.Usage) -> pricing.Usage:
    """The same usage with other numbers, whole multiples of a Wh, and other readings."""
    return attrs.evolve(usage, uses=tuple(draw(_another(use)) for use in usage.uses))


@st.composite
def _another(draw: st.DrawFn, use: pricing.Use) -> pricing.Use:
    if isinstance(use, pricing.IntervalUse):
        some = draw(st.lists(st.integers(-50, 9_000), min_size=1, max_size=9))
        kwh = tuple(some[at % len(some)] * MILLI for at in range(len(use.kwh)))
        return attrs.evolve(use, kwh=kwh, source=draw(st.sampled_from(["", "file 7"])))
    near = draw(st.integers(-3_000_000, 3_000_000) | st.integers(-3_000, 3_000))
    read = (draw(st.sampled_from(["P1 0", "P1 1"])), "P1 2")
    if isinstance(use, pricing.VolumeUse):
        return attrs.evolve(use, volume=near * MILLI, readings=read)
    assert isinstance(use, pricing.RegisterUse)
    return attrs.evolve(use, energy=Energy(near * MILLI), readings=read)


@st.composite
def by_hours(draw: st.DrawFn) -> Case:
    """Intervals at prices of their hours, of the market and in blocks, with a levy.

    Over a clock change.
    """
    start = draw(st.dates(date(2026, 3, 20), date(2026, 4, 2)))
    period = Period(start, start + timedelta(days=draw(st.integers(1, 14))))
    prices = strategies.dated_prices()
    bands = st.tuples(*(st.tuples(st.just(b), st.tuples(prices)) for b in ("peak", "off")))
    tax = st.sampled_from(["A", pricing.NO_TAX])
    energy = st.builds(
        pricing.TimeOfUse,
        name=st.just("energy"),
        tax_code=tax,
        rates=bands,
        calendar=st.just("hours"),
    )
    steps = (pricing.Block((draw(prices),), Decimal(20)), pricing.Block((draw(prices),)))
    rate = strategies.dated_prices(st.integers(0, 30).map(Decimal))
    spot = st.builds(
        pricing.Spot,
        name=st.just("spot"),
        tax_code=tax,
        index=st.just("spot"),
        per=st.sampled_from(pricing.EnergyUnit),
        factor=st.tuples(prices),
        margin=st.tuples(prices),
        calendar=st.just("hours"),
        bands=st.sampled_from([("peak",), ("peak", "off")]),
    )
    tariff = pricing.Tariff(
        code="HOURS",
        name="By hours",
        currency="EUR",
        components=(
            draw(energy),
            draw(spot),
            pricing.Blocks(name="blocks", tax_code="A", steps=steps),
            pricing.Levy(name="levy", tax_code=draw(tax), price=(draw(prices),)),
        ),
        taxes=(pricing.Vat("A", "A", draw(rate)),),
        rounding=draw(TO_CENTS),
        calendars=(HOURS,),
        zone=ZONE,
    )
    use = draw(strategies.interval_uses(period, minutes=30))
    indices = (draw(strategies.interval_indices(period)),)
    return tariff, pricing.Usage(uses=(use,)), period, pricing.Circumstances(indices=indices)


@st.composite
def unmeasured(draw: st.DrawFn) -> Case:
    """A standing charge and nothing used, as of a point that is empty."""
    charge = st.builds(
        pricing.StandingCharge,
        name=st.just("fixed"),
        tax_code=st.just(pricing.NO_TAX),
        price=st.tuples(strategies.dated_prices()),
    )
    tariff = pricing.Tariff(
        code="FIXED",
        name="Fixed",
        currency="EUR",
        components=(draw(charge),),
        taxes=(),
        rounding=draw(TO_CENTS),
    )
    return tariff, pricing.Usage(), draw(strategies.periods(days_max=60)), pricing.PLAIN


def batched(case: Case, usages: Sequence[pricing.Usage]) -> Batch:
    """Return usages of the shape of a case as a batch."""
    tariff, usage, period, known = case
    measured = [[whole(each) for each in pricing.measures_of(u)] for u in usages]
    counts = pricing.interval_counts(usage)
    columns = [
        np.array([row[use] for row in measured], np.int64).reshape(-1, *(() if n is None else (n,)))
        for use, n in enumerate(counts)
    ]
    return Batch(tariff, period, pricing.open_usage(usage), columns, known, services=len(usages))


def bills_of(case: Case, usages: Sequence[pricing.Usage]) -> list[pricing.PricedBill]:
    """Return the bills of usages, if each has a line: a kernel is of lines."""
    tariff, _, period, known = case
    rated = [pricing.rate(tariff, each, period=period, circumstances=known) for each in usages]
    assume(all(bill.lines for bill in rated))
    return rated


class TestComponents:
    @pytest.mark.parametrize("kind", sorted(set(pricing.COMPONENTS) - {*KINDS, *BY_INTERVAL}))
    @given(st.data())
    def test_that_no_law_here_draws_do_not_compile(self, kind: str, data: st.DataObject) -> None:
        assert not data.draw(strategies.components(kind)).compiles


class TestPrograms:
    @given(st.one_of(ANY, ANY, ANY, by_hours()), st.data())
    def test_price_every_usage_that_fits_as_it_is_rated(
        self, case: Case, data: st.DataObject
    ) -> None:
        tariff, usage, period, known = case
        program = compiled(case)
        kept = form_of(form_text(program.form))
        assert program.fits(pricing.measures_of(usage))

        for each in (usage, data.draw(others(usage)), data.draw(others(usage))):
            assert pricing.open_usage(each) == program.shape
            measures = pricing.measures_of(each)
            if program.fits(measures):
                rated = pricing.rate(tariff, each, period=period, circumstances=known)
                assert program.bill(measures) == kept.bill(measures) == rated


class TestKernels:
    @given(st.one_of(TO_KERNELS, TO_KERNELS, TO_KERNELS, by_hours()), st.data())
    def test_make_the_numbers_of_every_bill_that_fits(
        self, case: Case, data: st.DataObject
    ) -> None:
        tariff, usage, period, known = case
        program = with_kernel(case)
        kernel = pricing.lower(program)
        usages = [data.draw(others(usage)) for _ in range(3)]
        measured = [[whole(each) for each in pricing.measures_of(u)] for u in usages]
        columns = [np.array(each, np.int64) for each in zip(*measured, strict=True)]

        found = execute(kernel, columns, services=len(usages))

        for place, each in enumerate(usages):
            measures = pricing.measures_of(each)
            numbers = kernel.numbers(measured[place])
            assert [int(column[place]) for column in found.numbers] == list(numbers)
            assert found.fits[place] == kernel.fits(numbers) == program.fits(measures)
            if found.fits[place]:
                rated = pricing.rate(tariff, each, period=period, circumstances=known)
                assert_same(rated, program, kernel, numbers)

    @given(TO_KERNELS, ZERO_OR_GREAT)
    def test_of_more_than_64_bits_hold_are_made_all_the_same(self, case: Case, much: int) -> None:
        kernel = pricing.lower(with_kernel(case))
        uses = len(case[1].uses)

        found = execute(kernel, [np.array([much, -much, 1], np.int64)] * uses, services=3)

        for place, value in enumerate((much, -much, 1)):
            numbers = kernel.numbers([value] * uses)
            assert [int(column[place]) for column in found.numbers] == list(numbers)
            assert found.fits[place] == kernel.fits(numbers)

    @given(by_hours(), ZERO_OR_GREAT)
    def test_of_intervals_of_more_than_64_bits_hold_are_made_all_the_same(
        self, case: Case, much: int
    ) -> None:
        kernel = pricing.lower(with_kernel(case))
        (use,) = case[1].uses
        assert isinstance(use, pricing.IntervalUse)
        rows = np.full((2, len(use.kwh)), much, np.int64)

        found = execute(kernel, [rows], services=2)

        numbers = kernel.numbers(rows[:1].tolist())
        assert [[int(each) for each in column] for column in found.numbers] == [
            [number] * 2 for number in numbers
        ]


class TestBatches:
    @dear(30)
    @given(st.one_of(TO_KERNELS, TO_KERNELS, by_hours(), unmeasured()), st.data())
    def test_price_every_service_once_and_as_it_is_rated(
        self, case: Case, data: st.DataObject
    ) -> None:
        compiled(case)
        usages = data.draw(st.lists(others(case[1]), max_size=6))
        rated = bills_of(case, usages)
        batch = batched(case, usages)

        found = [each for each in price(batch) if isinstance(each, Priced)]

        priced = [int(place) for each in found for place in each.services]
        assert sorted(priced) == list(range(len(usages)))
        for each in found:
            for row, place in enumerate(each.services):
                numbers = tuple(int(column[row]) for column in each.columns.numbers)
                assert_same(rated[place], each.program, each.kernel, numbers)

    @dear(30)
    @given(
        TO_KERNELS | unmeasured(),
        st.data(),
        st.integers(0, 2),
    )
    def test_name_every_service_that_their_programs_leave_out(
        self, case: Case, data: st.DataObject, programs: int
    ) -> None:
        compiled(case)
        usages = data.draw(st.lists(others(case[1]), max_size=6))
        bills_of(case, usages)

        found = list(price(batched(case, usages), programs=programs))

        assert len([each for each in found if isinstance(each, Priced)]) <= programs
        assert all(isinstance(each, Priced) for each in found[:-1])
        assert all(len(each.services) for each in found)
        named = [int(place) for each in found for place in each.services]
        assert sorted(named) == list(range(len(usages)))
        if len(usages) <= programs:
            assert not any(isinstance(each, LeftOut) for each in found)

    @given(ANY)
    def test_fill_a_shape_with_the_measures_it_was_opened_of(self, case: Case) -> None:
        _, usage, _, _ = case
        measures = pricing.measures_of(usage)

        again = pricing.filled_usage(pricing.open_usage(usage), measures)

        assert pricing.measures_of(again) == measures
        assert pricing.open_usage(again) == pricing.open_usage(usage)


def whole(measured: object) -> int | list[int]:
    """Return what a use measured in whole Wh."""
    if isinstance(measured, pricing.MeasuredSeries):
        return [int(value / MILLI) for value in measured.values]
    assert isinstance(measured, pricing.Measure)
    return int(measured.value / MILLI)


def assert_same(
    bill: pricing.PricedBill,
    program: pricing.RateProgram,
    kernel: pricing.Kernel,
    numbers: tuple[int, ...],
) -> None:
    *lines, rounded = bill.lines[: len(program.form.lines)], bill.lines[len(program.form.lines) :]
    for line, taxed, places in zip(*lines, program.form.lines, kernel.lines, strict=True):
        assert line.amount.cents == numbers[places.amount]
        assert line.quantity == shown(taxed.draft.quantity, places.quantity, numbers)
        assert line.price == shown(taxed.draft.price, places.price, numbers)
    roundings = [(r.tax_code, r.rate, numbers[r.amount]) for r in kernel.roundings]
    assert [(line.tax_code, line.tax_rate, line.amount.cents) for line in rounded] == [
        each for each in roundings if each[2]
    ]
    taxes = [(tax.tax, tax.rate, tax.base.cents, tax.amount.cents) for tax in bill.taxes]
    assert taxes == [
        (tax.tax, tax.rate, numbers[tax.base], numbers[tax.amount]) for tax in kernel.taxes
    ]
    assert (bill.tax.cents, bill.gross.cents) == (numbers[kernel.tax], numbers[kernel.gross])
    energy = None if kernel.energy is None else shown(bill.energy, kernel.energy, numbers)
    assert bill.energy == energy


def shown(kept: object, place: int | None, numbers: tuple[int, ...]) -> object:
    return kept if place is None else Decimal(numbers[place]).scaleb(-6).normalize() + 0
