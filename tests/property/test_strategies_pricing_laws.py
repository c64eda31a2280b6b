"""What the strategies for prices draw is priced, and covers every kind and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from strategies_bench import SEARCH, drawn, sample

from energyretail.domain import pricing
from energyretail.domain.shared import Period
from energyretail.testing import strategies
from energyretail.testing.profiles import dear

T = TypeVar("T")
Case = tuple[pricing.Tariff, pricing.Usage, Period, pricing.Circumstances]

MARCH_DAYS = Period(date(2026, 3, 29), date(2026, 4, 28))
# What is drawn for a kind beside the tariff itself.
NEEDED: dict[str, Callable[[Case], object]] = {
    "spot": lambda case: isinstance(case[3].index("spot"), pricing.IntervalIndex),
    "index_linked": lambda case: isinstance(case[3].index("index"), pricing.DatedPrice),
    "pass_through": lambda case: case[1].passed_on,
    "extra": lambda case: case[1].extras,
    "reactive": lambda case: case[1].reactive,
    "feed_in": lambda case: case[1].registers_of(pricing.Flow.EXPORT),
}


def parts(case: Case, kind: type[T]) -> list[T]:
    return [each for each in case[0].components if isinstance(each, kind)]


def at(point: pricing.TaxPoint) -> Callable[[Case], object]:
    return lambda case: case[0].tax_point is point


ODD: dict[str, Callable[[Case], object]] = {
    "gas": lambda case: any(isinstance(use, pricing.VolumeUse) for use in case[1].uses),
    "read apart": lambda case: any(use.period.until > case[2].until for use in case[1].uses),
    "a profile": lambda case: case[0].division is pricing.Division.PROFILE,
    "VAT by use": lambda case: case[0].vat_by_use is not None,
    "a limit": lambda case: any(each.limit_to for each in parts(case, pricing.FeedIn)),
    "an amount taken off": lambda case: any(
        each.amount is not None for each in parts(case, pricing.Discount)
    ),
    "months": lambda case: any(each.months for each in parts(case, pricing.Discount)),
    "in advance": lambda case: any(each.in_advance for each in case[0].components),
    **{point.value: at(point) for point in pricing.TaxPoint},
}


def has(tariff: pricing.Tariff, kind: str) -> bool:
    return any(each.name == kind for each in tariff.components)


def bill_of(case: Case) -> pricing.PricedBill:
    tariff, usage, period, circumstances = case
    return pricing.rate(tariff, usage, period=period, circumstances=circumstances)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return sample(strategies.priced(), 20)


@pytest.fixture(scope="module")
def varied() -> list[Case]:
    return sample(strategies.priced().flatmap(strategies.varied), 20)


class TestPriced:
    @dear(40)
    @given(strategies.priced())
    def test_every_tariff_prices_what_is_drawn_for_it(self, case: Case) -> None:
        bill = bill_of(case)

        assert bill.net + bill.tax == bill.gross
        assert bill.period == case[2]

    @pytest.mark.parametrize("kind", pricing.COMPONENTS)
    def test_every_kind_of_component_is_drawn_and_named_after_itself(
        self, kind: str, cases: list[Case]
    ) -> None:
        made = strategies.components(kind, bases=("unit_rate",))

        drawn(made, lambda component: isinstance(component, pricing.COMPONENTS[kind]))
        assert any(has(tariff, kind) for tariff, *_ in cases)

    @pytest.mark.parametrize("kind", NEEDED)
    def test_what_a_kind_needs_is_drawn_with_it_and_billed(
        self, kind: str, cases: list[Case]
    ) -> None:
        fit = [case for case in cases if has(case[0], kind) and NEEDED[kind](case)]

        lines = (line for case in fit for line in bill_of(case).lines)

        assert any(line.component == kind and line.amount for line in lines)

    def test_refuses_a_kind_it_does_not_know(self) -> None:
        with pytest.raises(NotImplementedError, match="needs a strategy"):
            find(strategies.components("carbon"), lambda _: True, settings=SEARCH)

    @pytest.mark.parametrize(
        ("strategy", "case"),
        [
            (strategies.dated_prices(), lambda price: len(price.versions) == 3),
            (strategies.dated_prices(), lambda price: price.versions[0].value < 0),
            (strategies.usages(MARCH_DAYS), lambda usage: len(usage.uses) > 4),
            (strategies.tariffs(), lambda t: t.prices is pricing.Prices.TAX_INCLUSIVE),
            (strategies.bills(), lambda bill: bill.gross.cents < 0),
        ],
    )
    def test_draws_the_odd_cases(
        self, strategy: st.SearchStrategy[Any], case: Callable[[Any], object]
    ) -> None:
        drawn(strategy, case)

    @pytest.mark.parametrize(
        "odd",
        [
            lambda case: _changes_inside(case),
            lambda case: _read_apart(case[1]),
            lambda case: any(each.on is None for each in case[1].extras),
            lambda case: has(case[0], "spot") and case[2].days > 5,
        ],
        ids=["a price changes", "read apart", "an extra without a day", "days of hours"],
    )
    def test_draws_the_odd_cases_of_bills(
        self, odd: Callable[[Case], object], cases: list[Case]
    ) -> None:
        assert any(odd(case) for case in cases)


class TestVaried:
    @dear(40)
    @given(strategies.priced().flatmap(strategies.varied))
    def test_every_case_is_priced_as_before(self, case: Case) -> None:
        bill = bill_of(case)

        assert bill.net + bill.tax == bill.gross
        assert bill.period == case[2]

    @pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
    def test_draws_what_seldom_stands_in_a_tariff(
        self, odd: Callable[[Case], object], varied: list[Case]
    ) -> None:
        assert any(odd(case) for case in varied)


class TestUsages:
    @dear(30)
    @given(strategies.usages(MARCH_DAYS, cut=False))
    def test_are_read_at_both_ends_alone_when_told(self, usage: pricing.Usage) -> None:
        assert [use.period for use in usage.uses] == [MARCH_DAYS, MARCH_DAYS]
        assert (usage.reactive, usage.passed_on, usage.extras) == ((), (), ())

    @dear(30)
    @given(st.data())
    def test_hold_what_the_tariff_asks_for_and_nothing_else(self, data: st.DataObject) -> None:
        tariff = data.draw(strategies.tariffs())
        period = data.draw(strategies.periods(days_max=4))
        usage = data.draw(strategies.usages(period, tariff=tariff))
        names = {component.name for component in tariff.components}

        assert {item.component for item in (*usage.passed_on, *usage.extras)} <= names
        assert bool(usage.reactive) == has(tariff, "reactive")
        assert not usage.registers_of(pricing.Flow.EXPORT) or has(tariff, "feed_in")
        assert all(isinstance(u, pricing.IntervalUse) for u in _taken(usage)) == has(tariff, "spot")

    @dear(30)
    @given(st.data())
    def test_circumstances_hold_each_index_a_tariff_follows_every_day(
        self, data: st.DataObject
    ) -> None:
        tariff = data.draw(strategies.tariffs())
        period = data.draw(strategies.periods(days_max=4))

        known = data.draw(strategies.circumstances(tariff, period))

        kinds = {"spot": pricing.IntervalIndex, "index_linked": pricing.DatedPrice}
        assert {type(index) for index in known.indices} == {
            index for kind, index in kinds.items() if has(tariff, kind)
        }

    @dear(30)
    @given(st.data())
    def test_intervals_and_indices_have_a_value_for_each_real_hour(
        self, data: st.DataObject
    ) -> None:
        period = data.draw(strategies.periods(days_max=4))
        hours = [at for day in period.each_day() for at in strategies.MADRID.hours_of(day)]

        use = data.draw(strategies.interval_uses(period))
        index = data.draw(strategies.interval_indices(period))

        assert use.period == period
        assert len(use.values(period)) == len(hours)
        assert index.name == "spot"
        assert [index.at(hour.astimezone(UTC)) for hour in hours] == list(index.values)


def _taken(usage: pricing.Usage) -> list[pricing.Use]:
    return [use for use in usage.uses if use.flow is pricing.Flow.IMPORT]


def _read_apart(usage: pricing.Usage) -> bool:
    return len(usage.of("P1")) != len(usage.of("P2"))


def _changes_inside(case: Case) -> bool:
    tariff, _, period, _ = case
    inner = {day for day in period.each_day() if day - timedelta(days=1) in period}
    prices = (price for component in tariff.components for price in component.prices)
    return any(version.period.start in inner for p in prices for version in p.versions)
