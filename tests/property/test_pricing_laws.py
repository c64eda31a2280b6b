"""The laws every bill obeys, whatever the tariff, the policy and the days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
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
tariffs, usages, bills = strategies.tariffs, strategies.usages, strategies.bills
periods = strategies.periods(days_max=130)


def exactly(bill: pricing.PricedBill) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for line in bill.lines:
        if line.component != pricing.ROUNDING:
            value = pricing.exact(line.derivation.rounded(None))
            found[line.label] = found.get(line.label, Fraction(0)) + value
    return found


def counting_nothing(tariff: pricing.Tariff) -> pricing.Tariff:
    """Leave out what is counted over a bill: two bills are lawfully not one."""
    kept = []
    for component in tariff.components:
        if isinstance(component, pricing.Blocks):
            price = component.steps[0].price
            component = pricing.UnitRate(
                name=component.name, tax_code=component.tax_code, price=price
            )
        if not isinstance(component, (pricing.MinimumCharge, pricing.Discount)):
            kept.append(component)
    return attrs.evolve(tariff, components=tuple(kept))


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
    @given(bills())
    def test_by_line_needs_no_rounding_line(self, bill: pricing.PricedBill) -> None:
        assume(bill.policy.scope is RoundingScope.LINE)

        assert all(line.component != pricing.ROUNDING for line in bill.lines)

    @dear(60)
    @given(st.data())
    def test_is_the_same_when_rated_again(self, data: st.DataObject) -> None:
        period, tariff = data.draw(periods), data.draw(tariffs())
        usage = data.draw(usages(period))

        assert pricing.rate(tariff, usage, period=period) == pricing.rate(
            tariff, usage, period=period
        )

    @dear(60)
    @given(st.data())
    def test_by_end_is_the_exact_sum_rounded_once(self, data: st.DataObject) -> None:
        period, tariff = data.draw(periods), data.draw(tariffs())
        rounding = tariff.rounding.rounding
        tariff = attrs.evolve(tariff, rounding=RoundingPolicy(RoundingScope.END, rounding))

        bill = pricing.rate(tariff, data.draw(usages(period)), period=period)

        total = Fraction(0)
        for line in bill.lines:
            if line.component != pricing.ROUNDING:
                value = pricing.exact(line.derivation.rounded(None))
                inclusive = bill.prices is pricing.Prices.TAX_INCLUSIVE
                total += value if inclusive else value * (100 + Fraction(line.tax_rate)) / 100
        assert bill.gross.amount == pricing.round_exactly(total, rounding)


class TestSplitting:
    @dear(60)
    @given(st.data())
    def test_a_period_at_any_day_leaves_the_exact_amounts_unchanged(
        self, data: st.DataObject
    ) -> None:
        period, tariff = data.draw(periods), counting_nothing(data.draw(tariffs()))
        # A tax by line is a tax on rounded amounts, and those depend on how many lines there are.
        assume(tariff.rounding.scope is not RoundingScope.LINE)
        usage = data.draw(usages(period, cut=False))
        cut = data.draw(st.sampled_from(list(period.each_day())))

        whole = exactly(pricing.rate(tariff, usage, period=period))
        parts = [exactly(pricing.rate(tariff, usage, period=p)) for p in period.split([cut])]

        for label, value in whole.items():
            assert value == sum((part.get(label, 0) for part in parts), start=Fraction(0))


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
