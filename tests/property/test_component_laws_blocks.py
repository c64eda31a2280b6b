"""The laws of blocks: what fills them, what they cost, and what goes on from bill to bill."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
from component_bench import (
    HARD,
    bill_of,
    constant,
    energies,
    exactly,
    positive,
    read,
    unit_rate,
)
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import Period

APRIL = Period.month(2026, 4)
YEARS = Period(date(2024, 1, 1), date(2028, 1, 1))
OVER = pricing.CountedOver
BY_BILL = st.sampled_from([OVER.BILL, OVER.DAY, OVER.MONTH, OVER.YEAR])
BY_YEAR = st.sampled_from([OVER.TAX_YEAR, OVER.CONTRACT_YEAR])
ends = st.lists(st.integers(1, 3_000), max_size=3, unique=True).map(sorted)


@st.composite
def blocks(draw: st.DrawFn, counted: st.SearchStrategy[OVER], **fields: Any) -> pricing.Blocks:
    """Blocks of a price each that never changes."""
    found = [*map(Decimal, draw(ends)), None]
    steps = tuple(pricing.Block(constant(draw(positive)), end) for end in found)
    given: dict[str, Any] = {"method": draw(st.sampled_from(pricing.BlockMethod)), **fields}
    return pricing.Blocks(
        name="blocks",
        tax_code=pricing.NO_TAX,
        steps=steps,
        counted_over=draw(counted),
        year_starts=(draw(st.integers(1, 12)), draw(st.integers(1, 28))),
        **given,
    )


def energy_of(bill: pricing.PricedBill) -> Fraction:
    lines = (line for line in bill.lines if line.component == "blocks")
    return sum((Fraction(line.quantity) for line in lines), start=Fraction(0))


def by_hand(steps: tuple[pricing.Block, ...], begin: Fraction, end: Fraction) -> Fraction:
    """Return what the energy from `begin` to `end` of the count costs, graduated."""
    total, low = Fraction(0), Fraction(0)
    for block in steps:
        high = max(end, low) if block.up_to is None else Fraction(block.up_to)
        inside = max(min(end, high) - max(begin, low), Fraction(0))
        total += inside * Fraction(block.price[0].versions[0].value)
        low = high
    return total


class TestBlocks:
    @HARD
    @given(blocks(BY_BILL), st.lists(energies, min_size=1, max_size=4))
    def test_share_out_all_the_energy_and_no_more(
        self, component: pricing.Blocks, used: list[Decimal]
    ) -> None:
        parts = APRIL.split(date(2026, 4, 1 + 7 * at) for at in range(len(used)))
        usage = pricing.Usage(
            tuple(read(part, kwh) for part, kwh in zip(parts, used, strict=False))
        )

        bill = bill_of(component, usage, APRIL)

        # Shown to six places each; that nothing is lost is held by equal prices below.
        assert all(line.quantity >= 0 for line in bill.lines)
        missing = energy_of(bill) - sum(map(Fraction, used), start=Fraction(0))
        assert abs(missing) <= Fraction(len(bill.lines), 2_000_000)

    @HARD
    @given(blocks(st.just(OVER.BILL), method=pricing.BlockMethod.GRADUATED), energies)
    def test_graduated_cost_each_part_at_the_price_of_its_block(
        self, component: pricing.Blocks, kwh: Decimal
    ) -> None:
        found = exactly(bill_of(component, pricing.Usage((read(APRIL, kwh),)), APRIL))

        assert found["blocks"] == by_hand(component.steps, Fraction(0), Fraction(kwh))

    @HARD
    @given(blocks(st.just(OVER.BILL), method=pricing.BlockMethod.VOLUME), energies)
    def test_by_volume_cost_all_at_the_price_of_the_block_reached(
        self, component: pricing.Blocks, kwh: Decimal
    ) -> None:
        found = exactly(bill_of(component, pricing.Usage((read(APRIL, kwh),)), APRIL))

        (reached, *_) = (b for b in component.steps if b.up_to is None or kwh <= b.up_to)
        price = Fraction(reached.price[0].versions[0].value)
        assert found["blocks"] == Fraction(kwh) * price

    @HARD
    @given(blocks(BY_BILL), energies)
    def test_by_either_method_cost_the_same_while_the_first_is_not_full(
        self, component: pricing.Blocks, kwh: Decimal
    ) -> None:
        scale = Decimal(100_000_000) if len(component.steps) > 1 else Decimal(1)
        steps = tuple(
            attrs.evolve(block, up_to=None if block.up_to is None else block.up_to * scale)
            for block in component.steps
        )
        usage = pricing.Usage((read(APRIL, kwh),))

        graduated, volume = (
            exactly(bill_of(attrs.evolve(component, steps=steps, method=method), usage, APRIL))
            for method in pricing.BlockMethod
        )

        assert graduated == volume

    @HARD
    @given(blocks(BY_BILL), energies, positive)
    def test_of_equal_prices_cost_what_a_unit_rate_does(
        self, component: pricing.Blocks, kwh: Decimal, price: Decimal
    ) -> None:
        steps = tuple(attrs.evolve(block, price=constant(price)) for block in component.steps)
        usage = pricing.Usage((read(APRIL, kwh),))

        found = exactly(bill_of(attrs.evolve(component, steps=steps), usage, APRIL))

        assert found == exactly(bill_of(unit_rate("blocks", constant(price)), usage, APRIL))

    @HARD
    @given(blocks(st.just(OVER.BILL)), energies, st.integers(1, 29))
    def test_are_filled_the_same_wherever_the_bill_is_cut(
        self, component: pricing.Blocks, kwh: Decimal, day: int
    ) -> None:
        usage = pricing.Usage((read(APRIL, kwh),))
        cut = pricing.StandingCharge(
            name="cut",
            tax_code=pricing.NO_TAX,
            price=constant(0),
            valid=Period(date(2026, 4, 1 + day)),
        )

        whole = exactly(bill_of(component, usage, APRIL))["blocks"]

        assert exactly(bill_of((component, cut), usage, APRIL))["blocks"] == whole


class TestCounters:
    @HARD
    @given(
        blocks(BY_YEAR, method=pricing.BlockMethod.GRADUATED),
        st.dates(YEARS.start, date(2026, 12, 31)),
        st.dates(date(2020, 2, 29), YEARS.start),
        st.lists(st.tuples(st.integers(1, 200), energies), min_size=2, max_size=5),
    )
    def test_carried_from_bill_to_bill_cost_what_one_long_bill_does(
        self,
        component: pricing.Blocks,
        start: date,
        since: date,
        used: list[tuple[int, Decimal]],
    ) -> None:
        uses, day = [], start
        for days, kwh in used:
            # Read on the days on which a year begins too: a counter has no more than twelve places.
            end = date.fromordinal(day.toordinal() + days)
            parts = Period(day, end).split(years_of(component, since))
            uses += [read(part, kwh) for part in parts]
            day = end
        circumstances = pricing.Circumstances(since=since)

        total = Fraction(0)
        for use in uses:
            bill = bill_of(component, pricing.Usage((use,)), use.period, circumstances)
            circumstances = attrs.evolve(circumstances, carried_over=bill.carried_over)
            total += exactly(bill)["blocks"]

        known = pricing.Circumstances(since=since)
        one = bill_of(component, pricing.Usage(tuple(uses)), Period(start, day), known)
        assert exactly(one)["blocks"] == total
        assert one.carried_over == bill.carried_over

    @HARD
    @given(blocks(st.just(OVER.TAX_YEAR), method=pricing.BlockMethod.GRADUATED), energies, energies)
    def test_begin_where_the_bills_before_ended(
        self, component: pricing.Blocks, before: Decimal, kwh: Decimal
    ) -> None:
        component = attrs.evolve(component, year_starts=(4, 1))
        counter = pricing.Counter("blocks", APRIL.start, before)
        carried = pricing.Circumstances(carried_over=pricing.CarriedOver((counter,)))

        bill = bill_of(component, pricing.Usage((read(APRIL, kwh),)), APRIL, carried)

        begin = Fraction(before)
        expected = by_hand(component.steps, begin, begin + Fraction(kwh))
        assert exactly(bill)["blocks"] == expected
        assert bill.carried_over.counters == (attrs.evolve(counter, kwh=before + kwh),)


def years_of(component: pricing.Blocks, since: date) -> set[date]:
    if component.counted_over is OVER.TAX_YEAR:
        return {date(year, *component.year_starts) for year in range(2023, 2032)}
    leap = (since.month, since.day) == (2, 29)
    return {
        date(year, 2, 29 if year % 4 == 0 else 28) if leap else date(year, since.month, since.day)
        for year in range(2023, 2032)
    }
