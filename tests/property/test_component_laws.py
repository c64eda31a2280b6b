"""The laws of each kind of price that runs with energy or items, and those of all kinds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from component_bench import (
    HARD,
    bill_of,
    constant,
    energies,
    exactly,
    index_of,
    long,
    only,
    positive,
    prices,
    read,
    short,
    unit_rate,
    usage_of_all,
)
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import (
    Money,
    Period,
)
from energyretail.testing import strategies

ON_ENERGY = ("unit_rate", "time_of_use", "blocks", "levy", "index_linked", "spot", "feed_in")
ON_BASES = ("percentage_tax", "discount", "minimum_charge")
# A block, a minimum or a budget of a bill is not that of two bills.
SPLITTABLE = tuple(k for k in pricing.COMPONENTS if k not in ("blocks", *ON_BASES))
DAYS_OF_YEAR = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda d: (d.month, d.day))


def drawn(
    data: st.DataObject, kind: str, values: st.SearchStrategy[Decimal] = prices
) -> tuple[pricing.Component, pricing.Usage, Period, pricing.Circumstances]:
    """Draw a component with all that it asks for."""
    period = data.draw(short if kind == "spot" else long)
    component = data.draw(strategies.components(kind, prices=values))
    usage = data.draw(usage_of_all(kind, period))
    circumstances = index_of(kind, period, data.draw(strategies.dated_prices(values)))
    return component, usage, period, circumstances


def with_energy(usage: pricing.Usage, factor: int) -> pricing.Usage:
    """Multiply each quantity of energy."""
    uses: list[pricing.Use] = []
    for use in usage.uses:
        if isinstance(use, pricing.IntervalUse):
            kwh = tuple(None if each is None else each * factor for each in use.kwh)
            uses.append(attrs.evolve(use, kwh=kwh))
        elif isinstance(use, pricing.RegisterUse):
            uses.append(attrs.evolve(use, energy=use.energy * factor))
    return attrs.evolve(usage, uses=tuple(uses))


class TestEveryKind:
    @pytest.mark.parametrize("kind", pricing.COMPONENTS)
    @HARD
    @given(data=st.data())
    def test_recomputes_each_line_under_every_policy(self, kind: str, data: st.DataObject) -> None:
        policy = data.draw(strategies.rounding_policies())
        inclusive = data.draw(st.sampled_from(pricing.Prices))
        if kind not in ON_BASES:
            component, usage, period, circumstances = drawn(data, kind)
            chosen: tuple[pricing.Component, ...] = (component,)
        else:
            base, usage, period, circumstances = drawn(data, "unit_rate")
            chosen = (base, data.draw(strategies.components(kind, bases=(base.name,))))
            inclusive = pricing.Prices.NET if kind == "percentage_tax" else inclusive

        bill = bill_of(chosen, usage, period, circumstances, rounding=policy, prices=inclusive)

        assert Money.total((t.amount for t in bill.taxes), "EUR") == bill.tax
        assert bill.net + bill.tax == bill.gross

    @pytest.mark.parametrize("kind", SPLITTABLE)
    @HARD
    @given(data=st.data())
    def test_that_counts_nothing_is_additive_over_a_split(
        self, kind: str, data: st.DataObject
    ) -> None:
        component, usage, period, circumstances = drawn(data, kind)
        cut = data.draw(st.sampled_from(list(period.each_day())))

        whole = exactly(bill_of(component, usage, period, circumstances)).get(kind, 0)

        parts = [
            exactly(bill_of(component, only(usage, part), part, circumstances)).get(kind, 0)
            for part in period.split([cut])
        ]
        assert whole == sum(parts)


class TestEnergy:
    @pytest.mark.parametrize("kind", ON_ENERGY)
    @HARD
    @given(data=st.data())
    def test_of_nothing_costs_nothing(self, kind: str, data: st.DataObject) -> None:
        component, usage, period, circumstances = drawn(data, kind)

        found = exactly(bill_of(component, with_energy(usage, 0), period, circumstances))

        assert found.get(kind, 0) == 0

    @pytest.mark.parametrize("kind", ON_ENERGY)
    @HARD
    @given(data=st.data())
    def test_that_is_more_costs_no_less(self, kind: str, data: st.DataObject) -> None:
        component, usage, period, circumstances = drawn(data, kind, positive)
        if isinstance(component, pricing.Blocks):  # by volume a cheaper block may be reached
            component = attrs.evolve(component, method=pricing.BlockMethod.GRADUATED)

        less, more = (
            exactly(bill_of(component, with_energy(usage, n), period, circumstances)).get(kind, 0)
            for n in (1, 2)
        )

        assert more <= less if kind == "feed_in" else more >= less

    @pytest.mark.parametrize("kind", ["index_linked", "spot"])
    @HARD
    @given(data=st.data())
    def test_by_a_constant_index_costs_what_a_unit_rate_does(
        self, kind: str, data: st.DataObject
    ) -> None:
        component, usage, period, _ = drawn(data, kind)
        assert isinstance(component, (pricing.IndexLinked, pricing.Spot))
        factor = constant(data.draw(positive))
        (price,) = constant(data.draw(positive))
        component = attrs.evolve(component, factor=factor)
        followed = (
            pricing.always("index", price.versions[0].value * factor[0].versions[0].value, ""),
            *component.margin,
        )
        plain = unit_rate(kind, followed, per=component.per)

        found = exactly(bill_of(component, usage, period, index_of(kind, period, price)))

        assert found == exactly(bill_of(plain, usage, period))

    @HARD
    @given(data=st.data())
    def test_by_bands_of_equal_prices_costs_what_a_unit_rate_does(
        self, data: st.DataObject
    ) -> None:
        period = data.draw(short)
        price = (data.draw(strategies.dated_prices(prices)),)
        per = data.draw(st.sampled_from(pricing.EnergyUnit))
        calendar = data.draw(calendars())
        use = data.draw(
            st.sampled_from([5, 10, 15, 30, 60]).flatmap(
                lambda minutes: strategies.interval_uses(period, minutes=minutes)
            )
        )
        bands = pricing.TimeOfUse(
            name="energy",
            tax_code=pricing.NO_TAX,
            rates=tuple((band, price) for band in calendar.bands),
            calendar="calendar",
            per=per,
        )

        usage = pricing.Usage((use,))
        found = exactly(bill_of(bands, usage, period, calendars=(calendar,)))

        assert found == exactly(bill_of(unit_rate("energy", price, per=per), usage, period))

    @HARD
    @given(data=st.data())
    def test_by_registers_of_equal_prices_costs_what_a_unit_rate_does(
        self, data: st.DataObject
    ) -> None:
        component, usage, period, _ = drawn(data, "time_of_use")
        assert isinstance(component, pricing.TimeOfUse)
        (_, price), _ = component.rates
        component = attrs.evolve(component, rates=(("P1", price), ("P2", price)))

        found = exactly(bill_of(component, usage, period))

        plain = unit_rate("time_of_use", price, per=component.per)
        assert found == exactly(bill_of(plain, usage, period))


@st.composite
def calendars(draw: st.DrawFn) -> pricing.BandCalendar:
    """Two or three bands by the hour, another day of the week, and a season."""
    hours = st.integers(0, 23)
    start = draw(hours)
    end = draw(st.integers(start + 1, 24))
    days = frozenset(draw(st.sets(st.sampled_from(pricing.WEEKDAYS), max_size=6)))
    ends = draw(st.lists(DAYS_OF_YEAR, min_size=2, max_size=2, unique=True))
    season = pricing.Season("season", *ends)
    return pricing.BandCalendar(
        "calendar",
        strategies.MADRID,
        pricing.ALWAYS,
        "test",
        (
            pricing.BandRule("peak", start * 60, end * 60, days),
            pricing.BandRule("mid", 0, end * 60, frozenset(), frozenset({"season"})),
            pricing.BandRule("low"),
        ),
        seasons=(season,),
    )


class TestFeedIn:
    @HARD
    @given(energies, energies, prices, prices)
    def test_is_the_lesser_of_credit_and_limit_and_no_limit_is_below_zero(
        self, taken: Decimal, fed: Decimal, price: Decimal, credit: Decimal
    ) -> None:
        period = Period.month(2026, 4)
        sold = pricing.FeedIn(
            name="sold", tax_code=pricing.NO_TAX, price=constant(credit), limit_to=("energy",)
        )
        usage = pricing.Usage((read(period, taken), read(period, fed, "E1", pricing.Flow.EXPORT)))

        found = exactly(bill_of((unit_rate("energy", constant(price)), sold), usage, period))

        assert -found["sold"] == min(Fraction(fed * credit), max(Fraction(taken * price), 0))


class TestItems:
    @pytest.mark.parametrize("kind", ["pass_through", "extra"])
    @HARD
    @given(data=st.data())
    def test_are_all_on_the_bill_as_they_are(self, kind: str, data: st.DataObject) -> None:
        component, usage, period, _ = drawn(data, kind)

        bill = bill_of((component, unit_rate("energy", constant("0.1"))), usage, period)

        lines = [(x.label, x.period, x.amount.amount) for x in bill.lines if x.component == kind]
        passed = [(x.label, x.period, x.amount) for x in usage.passed_on]
        sold = [
            (x.label, Period(x.on, x.on + timedelta(days=1)), x.quantity * x.price)
            for x in usage.extras
            if x.on is not None
        ]
        assert sorted(lines, key=str) == sorted(passed + sold, key=str)


class TestReactive:
    @HARD
    @given(
        energies,
        energies,
        st.decimals(0, 100, places=1),
        st.lists(st.integers(1, 100), min_size=1, max_size=3, unique=True),
    )
    def test_costs_nothing_below_the_free_share_and_the_lowest_band_above(
        self, kwh: Decimal, kvarh: Decimal, free: Decimal, cosines: list[int]
    ) -> None:
        period = Period.month(2026, 4)
        bands = tuple(
            pricing.CosPhiBand(Decimal(cosine) / 100, constant(cosine)) for cosine in cosines
        )
        component = pricing.Reactive(
            name="reactive", tax_code=pricing.NO_TAX, bands=bands, free_percent=free
        )
        usage = pricing.Usage(
            (read(period, kwh),), reactive=(pricing.ReactiveUse("P1", period, kvarh),)
        )

        found = exactly(bill_of(component, usage, period)).get("reactive", Fraction(0))

        above = Fraction(kvarh) - Fraction(kwh) * Fraction(free) / 100
        square = Fraction(kwh) ** 2 + Fraction(kvarh) ** 2
        below = [c for c in cosines if Fraction(kwh) ** 2 * 10_000 < c * c * square]
        assert found == (above * min(below) if above > 0 and below else 0)


class TestTaxable:
    @HARD
    @given(data=st.data(), percent=st.decimals(0, 100, places=2))
    def test_use_divides_each_line_without_loss(
        self, data: st.DataObject, percent: Decimal
    ) -> None:
        component, usage, period, circumstances = drawn(data, "unit_rate")
        component = attrs.evolve(component, tax_code="A")
        rule = pricing.VatByUse("A", "B")
        by_use = attrs.evolve(circumstances, qualifying_percent=percent)

        whole = exactly(bill_of(component, usage, period))["unit_rate"]
        bill = bill_of(component, usage, period, by_use, vat_by_use=rule)

        parts = {
            code: sum(
                pricing.exact(line.derivation.rounded(None))
                for line in bill.lines
                if line.tax_code == code
            )
            for code in ("A", "B")
        }
        assert parts["A"] + parts["B"] == whole
        assert parts["B"] == whole * Fraction(percent) / 100
