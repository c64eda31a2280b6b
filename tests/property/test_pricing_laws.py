"""The laws every bill obeys, whatever the tariff, the policy and the days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from energyretail.domain import markets, pricing
from energyretail.domain.shared import (
    Energy,
    Money,
    Period,
    Power,
    PowerUnit,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

FIRST = date(2024, 1, 1)
values = st.decimals("-5", "50", places=6)
days = st.integers(0, 500).map(lambda n: FIRST + timedelta(days=n))
policies = st.builds(
    RoundingPolicy,
    st.sampled_from(RoundingScope),
    st.builds(Rounding, st.sampled_from(RoundingMode), st.just(2)),
)


@st.composite
def dated_prices(draw: st.DrawFn, worth: st.SearchStrategy[Decimal] = values) -> pricing.DatedPrice:
    cuts = sorted(draw(st.sets(days, max_size=2)))
    parts = Period(FIRST - timedelta(days=1)).split(cuts)
    versions = tuple(pricing.Version(part, draw(worth), "drawn") for part in parts)
    return pricing.DatedPrice("price", versions)


@st.composite
def tariffs(draw: st.DrawFn) -> pricing.Tariff:
    codes = st.sampled_from(["A", "B", pricing.NO_TAX])
    inclusive = draw(st.booleans())

    def prices() -> tuple[pricing.DatedPrice, ...]:
        return tuple(draw(st.lists(dated_prices(), min_size=1, max_size=2)))

    per = st.sampled_from([pricing.Per.MONTH, pricing.Per.YEAR])
    unit = st.sampled_from(pricing.EnergyUnit)
    components: list[pricing.Component] = [
        pricing.StandingCharge("standing", "Standing", prices(), draw(codes)),
        pricing.FixedAmount("fixed", "Fixed", prices(), draw(per), draw(codes)),
        pricing.SubscribedPower(
            "power", "Power", (("P1", prices()), ("P2", prices())), PowerUnit.KVA, draw(codes)
        ),
        pricing.UnitRate("rate", "Rate", prices(), draw(codes), draw(unit)),
        pricing.TimeOfUse("hours", "Hours", (("P1", prices()), ("P2", prices())), draw(codes)),
        pricing.Levy("levy", "Levy", prices(), draw(codes), draw(unit)),
    ]
    if not inclusive:
        percent = draw(dated_prices(st.decimals(0, 30, places=4)))
        floor = draw(st.none() | dated_prices(st.decimals(0, 9, places=2)))
        bases = ("standing", "power", "rate")
        tax = pricing.PercentageTax("tax", "Tax", bases, percent, draw(codes), floor)
        components.append(tax)
    rates = st.decimals(0, 30, places=1)
    return pricing.Tariff(
        code="DRAWN",
        name="Drawn",
        currency="EUR",
        components=tuple(components),
        taxes=tuple(pricing.Vat(code, code, draw(dated_prices(rates))) for code in ("A", "B")),
        rounding=draw(policies),
        prices=pricing.Prices.TAX_INCLUSIVE if inclusive else pricing.Prices.NET,
        apportioning=draw(st.sampled_from(pricing.Apportioning)),
    )


periods = st.builds(
    lambda start, length: Period(start, start + timedelta(days=length)), days, st.integers(1, 130)
)
energies = st.builds(Energy, st.decimals(0, 5000, places=3))


@st.composite
def usages(draw: st.DrawFn, period: Period, *, one: bool = False) -> pricing.Usage:
    cuts = set() if one else draw(st.sets(st.sampled_from(list(period.each_day())), max_size=3))
    uses = tuple(
        pricing.RegisterUse(
            register, part, draw(energies), draw(st.sampled_from(pricing.Quality)), ("reading",)
        )
        for register in ("P1", "P2")
        for part in period.split(cuts)
    )
    power = draw(st.decimals("0.1", "36", places=1))
    powers = tuple((name, Power(power, PowerUnit.KVA)) for name in ("P1", "P2"))
    return pricing.Usage(uses, powers)


@st.composite
def bills(draw: st.DrawFn) -> pricing.PricedBill:
    period = draw(periods)
    return pricing.rate(draw(tariffs()), draw(usages(period)), period=period)


def exactly(bill: pricing.PricedBill) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for line in bill.lines:
        if line.component != pricing.ROUNDING:
            value = pricing.exact(line.derivation.rounded(None))
            found[line.label] = found.get(line.label, Fraction(0)) + value
    return found


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
    @settings(max_examples=60, deadline=None)
    @given(bills())
    def test_recomputes_every_amount_from_its_derivation(self, bill: pricing.PricedBill) -> None:
        for line in (*bill.lines, *bill.taxes):
            assert pricing.recompute(line.derivation) == line.amount.amount

    @settings(max_examples=60, deadline=None)
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

    @settings(max_examples=60, deadline=None)
    @given(bills())
    def test_by_line_needs_no_rounding_line(self, bill: pricing.PricedBill) -> None:
        assume(bill.policy.scope is RoundingScope.LINE)

        assert all(line.component != pricing.ROUNDING for line in bill.lines)

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_is_the_same_when_rated_again(self, data: st.DataObject) -> None:
        period, tariff = data.draw(periods), data.draw(tariffs())
        usage = data.draw(usages(period))

        assert pricing.rate(tariff, usage, period=period) == pricing.rate(
            tariff, usage, period=period
        )

    @settings(max_examples=60, deadline=None)
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
    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_a_period_at_any_day_leaves_the_exact_amounts_unchanged(
        self, data: st.DataObject
    ) -> None:
        period, tariff = data.draw(periods), data.draw(tariffs())
        # A tax by line is a tax on rounded amounts, and those depend on how many lines there are.
        assume(tariff.rounding.scope is not RoundingScope.LINE)
        usage = data.draw(usages(period, one=True))
        cut = data.draw(st.sampled_from(list(period.each_day())))

        whole = exactly(pricing.rate(tariff, usage, period=period))
        parts = [exactly(pricing.rate(tariff, usage, period=p)) for p in period.split([cut])]

        for label, value in whole.items():
            assert value == sum((part[label] for part in parts), start=Fraction(0))


class TestZeroUse:
    @settings(max_examples=40, deadline=None)
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
