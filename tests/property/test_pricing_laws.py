"""The laws every bill obeys, whatever the tariff, the policy and the days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
from component_bench import only
from hypothesis import assume, given
from hypothesis import strategies as st

from energyretail.domain import markets, pricing
from energyretail.domain.shared import (
    Energy,
    Money,
    Period,
    Power,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing import strategies
from energyretail.testing.profiles import dear

FIRST = date(2024, 1, 1)
values = st.decimals("-5", "50", places=6)
days = st.integers(0, 500).map(lambda n: FIRST + timedelta(days=n))
priced, bills = strategies.priced, strategies.bills
Case = tuple[pricing.Tariff, pricing.Usage, Period, pricing.Circumstances]


def exactly(bill: pricing.PricedBill) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for line in bill.lines:
        if line.component != pricing.ROUNDING:
            value = pricing.exact(line.derivation.rounded(None))
            found[line.label] = found.get(line.label, Fraction(0)) + value
    return found


def bill_of(case: Case, part: Period | None = None) -> pricing.PricedBill:
    """Price a case, or only a part of its period with the items that are of its days."""
    tariff, usage, period, circumstances = case
    if part is not None:
        usage = only(usage, part)
    return pricing.rate(tariff, usage, period=part or period, circumstances=circumstances)


def rounded_by(scope: RoundingScope, case: Case) -> Case:
    tariff, usage, period, circumstances = case
    policy = RoundingPolicy(scope, tariff.rounding.rounding)
    return attrs.evolve(tariff, rounding=policy), usage, period, circumstances


def counting_nothing(tariff: pricing.Tariff) -> pricing.Tariff:
    """Leave out what is counted or compared over a part: two bills are lawfully not one.

    Blocks, minimum charges and discounts go by a bill. A tax with a minimum is the greater of
    two sums of each part, and two such are not the greater of the sums.
    """
    kept = []
    for component in tariff.components:
        if isinstance(component, pricing.Blocks):
            price = component.steps[0].price
            component = pricing.UnitRate(
                name=component.name, tax_code=component.tax_code, price=price
            )
        if isinstance(component, pricing.PercentageTax):
            component = attrs.evolve(component, minimum=None)
        if not isinstance(component, (pricing.MinimumCharge, pricing.Discount)):
            kept.append(component)
    return attrs.evolve(tariff, components=tuple(kept))


def divided_evenly(usage: pricing.Usage, period: Period) -> pricing.Usage:
    """Leave out what is free up to a share that differs from part to part, and date the extras.

    Reactive energy is free up to a share of the energy. Between readings both are divided alike,
    so the share of a part is that of the whole; by intervals the energy of a part is its own.
    An extra without a day is for the last of a bill: here that of the whole, not of a part.
    """
    last = period.until - timedelta(days=1)
    by_interval = any(isinstance(use, pricing.IntervalUse) for use in usage.uses)
    return attrs.evolve(
        usage,
        reactive=() if by_interval else usage.reactive,
        extras=tuple(attrs.evolve(item, on=item.on or last) for item in usage.extras),
    )


def days_between_lines(usage: pricing.Usage, period: Period) -> list[date]:
    """Return the days on which a cut goes through no line of somebody else's invoice."""
    inside = {
        day
        for item in usage.passed_on
        for day in item.period.each_day()
        if day != item.period.start
    }
    return [day for day in period.each_day() if day not in inside]


class TestRounding:
    @given(
        st.decimals("-1e9", "1e9", places=6),
        st.sampled_from(RoundingMode),
        st.integers(0, 6),
    )
    def test_of_a_fraction_is_that_of_the_decimal(
        self, value: Decimal, mode: RoundingMode, decimals: int
    ) -> None:
        rounding = Rounding(mode, decimals)

        assert pricing.round_exactly(Fraction(value), rounding) == rounding.apply(value)


class TestBill:
    @dear(60)
    @given(bills())
    def test_recomputes_every_amount_from_its_derivation(self, bill: pricing.PricedBill) -> None:
        for line in (*bill.lines, *bill.taxes):
            assert pricing.recompute(line.derivation) == line.amount.amount

    @dear(60)
    @given(bills())
    def test_shows_lines_that_sum_to_the_base_of_their_rate(self, bill: pricing.PricedBill) -> None:
        for tax in bill.taxes:
            lines = (
                line.amount
                for line in bill.lines
                if (line.tax_code, line.tax_rate) == (tax.tax, tax.rate)
            )
            inclusive = bill.prices is pricing.Prices.TAX_INCLUSIVE
            expected = tax.base + tax.amount if inclusive else tax.base
            assert Money.total(lines, bill.currency) == expected

    @dear(60)
    @given(priced())
    def test_by_line_needs_no_rounding_line(self, case: Case) -> None:
        bill = bill_of(rounded_by(RoundingScope.LINE, case))

        assert all(line.component != pricing.ROUNDING for line in bill.lines)

    @dear(60)
    @given(priced())
    def test_is_the_same_when_rated_again(self, case: Case) -> None:
        assert bill_of(case) == bill_of(case)

    @dear(60)
    @given(priced())
    def test_by_end_is_the_exact_sum_rounded_once(self, case: Case) -> None:
        case = rounded_by(RoundingScope.END, case)

        bill = bill_of(case)

        total = Fraction(0)
        for line in bill.lines:
            if line.component != pricing.ROUNDING:
                value = pricing.exact(line.derivation.rounded(None))
                inclusive = bill.prices is pricing.Prices.TAX_INCLUSIVE
                total += value if inclusive else value * (100 + Fraction(line.tax_rate)) / 100
        assert bill.gross.amount == pricing.round_exactly(total, case[0].rounding.rounding)


class TestSplitting:
    @dear(60)
    @given(priced(cut=False), st.data())
    def test_a_period_at_any_day_leaves_the_exact_amounts_unchanged(
        self, case: Case, data: st.DataObject
    ) -> None:
        drawn, usage, period, circumstances = case
        tariff, usage = counting_nothing(drawn), divided_evenly(usage, period)
        case = (tariff, usage, period, circumstances)
        # A tax by line is a tax on rounded amounts, and those depend on how many lines there are.
        assume(tariff.rounding.scope is not RoundingScope.LINE)
        cut = data.draw(st.sampled_from(days_between_lines(usage, period)))

        whole = exactly(bill_of(case))
        parts = [exactly(bill_of(case, part)) for part in period.split([cut])]

        assert whole == {
            label: sum((part.get(label, Fraction(0)) for part in parts), start=Fraction(0))
            for label in dict.fromkeys(label for part in parts for label in part)
        }


class TestZeroUse:
    @dear(40)
    @given(
        st.dates(date(2026, 1, 1), date(2026, 9, 1)),
        st.integers(5, 100),
        st.sampled_from(["2.0TD-FIJO", "2.0TD-HORAS"]),
    )
    def test_bills_the_fixed_parts_and_nothing_for_nothing(
        self, start: date, length: int, product: str
    ) -> None:
        period = Period(start, start + timedelta(days=length))
        uses = tuple(
            pricing.RegisterUse(name, period, Energy(0), pricing.Quality.ACTUAL)
            for name in ("P1", "P2", "P3")
        )
        powers = (("P1", Power("4.6")), ("P2", Power("4.6")))

        bill = pricing.rate(
            markets.SPAIN.tariff(product), pricing.Usage(uses, powers), period=period
        )

        for line in bill.lines:
            if line.component in ("energy", "access"):
                assert not line.amount
        assert bill.gross.cents > 0
        assert {line.component for line in bill.lines} >= {"power", "bono_social", "meter_rent"}
