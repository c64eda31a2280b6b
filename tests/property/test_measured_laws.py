"""What is told beside readings is billed as `rate` prices it, and kept without loss."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import reduce
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.shared.figure_rows import FigureRow, figures_of, rows_of, told_last
from energyretail.adapters.shared.usage_facts import UsageFact, days_of, facts_of, measured_of
from energyretail.domain import billing, pricing
from energyretail.domain.billing import Declared, Measured
from energyretail.domain.contracts import month_priced, price_month
from energyretail.domain.markets import BACK_BILLING_RULES, SPAIN
from energyretail.domain.pricing import PublishedFigures
from energyretail.domain.shared import (
    Cups,
    Invalid,
    Period,
    Power,
    contract_number,
    customer_number,
    exact_sum,
)
from energyretail.domain.supply import Site
from energyretail.testing import strategies
from energyretail.testing.profiles import dear

CUPS = Cups.of_digits("0031000000000001")
REGISTERS = ("P1", "P2")
DIGITS = 9
SITE_POWERS = (("P1", Power("4.6")), ("P2", Power("4.6")))
DAYS = Period(date(2026, 3, 20), date(2026, 4, 20))
DAY = timedelta(days=1)

Case = tuple[pricing.Tariff, pricing.Usage, Period, pricing.Circumstances]


def told_of(usage: pricing.Usage, known: pricing.Circumstances, period: Period) -> Measured:
    """Return what of a usage does not come from index readings of energy taken."""
    last = period.until - timedelta(days=1)
    return Measured(
        attrs.evolve(
            usage,
            uses=tuple(_by_interval(use) for use in usage.uses if not _is_indexed(use)),
            powers=tuple(attrs.evolve(each, period=Period(period.start)) for each in usage.powers),
            # One of nothing takes back what was told by mistake, and is on no bill.
            passed_on=tuple(line for line in usage.passed_on if line.amount),
            extras=tuple(
                attrs.evolve(each, on=each.on or last) for each in usage.extras if each.quantity
            ),
            profile=None,
        ),
        declared=(Declared(period.start, known.qualifying_percent),),
    )


def _is_indexed(use: pricing.Use) -> bool:
    return isinstance(use, pricing.RegisterUse) and use.flow is pricing.Flow.IMPORT


def _by_interval(use: pricing.Use) -> pricing.IntervalUse:
    """Put the energy of a register that feeds in into the first hour of its days."""
    if isinstance(use, pricing.IntervalUse):
        return use
    assert isinstance(use, pricing.RegisterUse)
    zone = strategies.MADRID
    hours = sum(len(zone.hours_of(day)) for day in use.period.each_day())
    kwh = (use.energy.kwh, *[Decimal(0)] * (hours - 1))
    start = zone.start_of(use.period.start)
    return pricing.IntervalUse(use.register, start, 60, kwh, zone, use.quality, flow=use.flow)


def indexes_of(usage: pricing.Usage, period: Period) -> Iterator[billing.IndexReading]:
    """Yield the indexes of registers that counted what was taken, from zero."""
    for register in REGISTERS:
        index, uses = Decimal(0), usage.of(register)
        actual = pricing.Quality.ACTUAL
        yield billing.IndexReading(register, period.start, 1, index, actual)
        for use in uses:
            index = exact_sum(index, _kwh(use))
            yield billing.IndexReading(register, use.period.until, 1, index, actual)


def _kwh(use: pricing.Use) -> Decimal:
    if isinstance(use, pricing.RegisterUse):
        return use.energy.kwh
    assert isinstance(use, pricing.IntervalUse)
    return reduce(exact_sum, use.values(use.period), Decimal(0))


def kept(told: Measured) -> Measured:
    """Return what is known after it went through the rows it is kept in."""
    return measured_of(facts_of(told), days_of(told))


def supply_of(tariff: pricing.Tariff, case: Case, measured: Measured) -> billing.BillableSupply:
    _, usage, period, known = case
    return billing.BillableSupply(
        contract=contract_number(1),
        customer=customer_number(1),
        cups=CUPS,
        tariff=tariff.code,
        powers=(),
        supplied=Period(known.since or period.start),
        billed_until=period.start,
        readings=tuple(indexes_of(usage, period)),
        carried_over=known.carried_over,
        measured=measured,
    )


def shown(bill: pricing.PricedBill) -> list[tuple[object, ...]]:
    return [(li.component, li.label, li.period, li.amount, li.tax_rate) for li in bill.lines]


class TestABill:
    @dear(60)
    @given(strategies.priced())
    def test_of_what_was_read_and_told_is_what_rate_makes_of_the_usage(self, case: Case) -> None:
        tariff, usage, period, known = case
        # What feeds in is told by interval.
        uses = (use if _is_indexed(use) else _by_interval(use) for use in usage.uses)
        told = told_of(usage, known, period).usage
        usage = attrs.evolve(usage, uses=tuple(uses), passed_on=told.passed_on, extras=told.extras)
        known = attrs.evolve(known, since=known.since or period.start)
        figures = figures_of(rows_of(PublishedFigures(known.indices)))

        drafted = billing.draft(
            supply_of(tariff, case, kept(told_of(usage, known, period))),
            period,
            tariff=tariff,
            registers=REGISTERS,
            meter_digits=DIGITS,
            figures=figures,
            invoiced_on=known.invoiced_on,
        )

        bill = pricing.rate(tariff, usage, period=period, circumstances=known)
        assert shown(drafted.bill) == shown(bill)
        assert (drafted.bill.net, drafted.bill.tax, drafted.bill.gross) == (
            bill.net,
            bill.tax,
            bill.gross,
        )
        assert set(drafted.basis.figures) == set(tariff.index_names)


class TestFacts:
    @given(st.permutations(["10", "20", "30"]))
    def test_kept_twice_of_one_day_once_are_read_as_told_last(self, percents: list[str]) -> None:
        named = zip(("", " (2)", " (3)"), percents, strict=True)
        facts = [
            UsageFact("declared", name, DAYS, json.dumps({"percent": percent}), number)
            for number, (name, percent) in enumerate(named, 1)
        ]

        assert measured_of(facts, ()).declared == (Declared(DAYS.start, percents[-1]),)

    @dear(60)
    @given(strategies.priced())
    def test_are_kept_without_loss(self, case: Case) -> None:
        _, usage, period, known = case
        told = told_of(usage, known, period)

        found = kept(told)

        assert attrs.evolve(found.usage, uses=()) == attrs.evolve(told.usage, uses=())
        assert _hours(found) == _hours(told)
        assert found.declared == told.declared

    @dear(60)
    @given(strategies.priced(), st.data())
    def test_belong_to_one_of_the_bills_a_period_is_cut_into(
        self, case: Case, data: st.DataObject
    ) -> None:
        _, usage, period, known = case
        told = told_of(usage, known, period)
        days = st.sampled_from(list(period.each_day()))
        parts = period.split(data.draw(st.sets(days, max_size=4)))

        bills = [told.over(part) for part in parts]

        for name in ("extras", "passed_on"):
            found = [item for bill in bills for item in getattr(bill, name)]
            assert sorted(map(str, found)) == sorted(map(str, getattr(told.usage, name)))


def _hours(told: Measured) -> dict[tuple[str, date], tuple[Decimal, ...]]:
    return {
        (use.register, day): use.values(Period(day, day + timedelta(days=1)))
        for use in told.usage.uses
        if isinstance(use, pricing.IntervalUse)
        for day in use.period.each_day()
    }


class TestFigures:
    @given(strategies.interval_indices(DAYS), st.data())
    def test_told_piece_by_piece_are_the_same_as_at_once(
        self, index: pricing.IntervalIndex, data: st.DataObject
    ) -> None:
        cuts = data.draw(st.sets(st.integers(1, len(index.values) - 1), max_size=5))
        bounds = [0, *sorted(cuts), len(index.values)]
        pieces = data.draw(st.permutations([*pairwise(bounds)]))
        step, start = timedelta(minutes=index.minutes), index.start.astimezone(UTC)

        rows: list[FigureRow] = []
        for first, last in pieces:
            piece = attrs.evolve(index, start=start + first * step, values=index.values[first:last])
            for row in rows_of(PublishedFigures((piece,))):
                rows.append(attrs.evolve(row, number=len(rows)))

        (found,) = figures_of(rows).indices
        assert isinstance(found, pricing.IntervalIndex)
        for place, value in enumerate(index.values):
            assert value is None or found.at(start + place * step) == value

    @given(strategies.interval_indices(DAYS), st.booleans())
    def test_kept_as_two_sorts_of_index_once_are_read_as_the_one_told_last(
        self, index: pricing.IntervalIndex, dated_last: bool
    ) -> None:
        dated = pricing.always(index.name, "1", "test")
        told = (index, dated) if dated_last else (dated, index)
        rows = [row for one in told for row in rows_of(PublishedFigures((one,)))]

        kept = told_last(attrs.evolve(row, number=n) for n, row in enumerate(rows))

        assert [type(each) for each in figures_of(kept).indices] == [type(told[-1])]


class TestItems:
    @given(
        st.integers(-2500, 500),
        st.sampled_from(["0", "2"]),
        st.booleans(),
        st.booleans(),
    )
    def test_of_something_new_are_of_the_last_six_years_or_the_400_days_to_come(
        self, off: int, much: str, is_line: bool, is_kept: bool
    ) -> None:
        today = date(2026, 3, 1)
        told = self._told(today + timedelta(days=off), much, is_line=is_line)
        is_far = much != "0" and not -2192 <= off <= 400

        with pytest.raises(Invalid) if is_far and not is_kept else nullcontext() as refused:
            billing.refuse_far_items(
                told, today=today, kept=told if is_kept else billing.NOT_MEASURED
            )

        assert refused is None or refused.value.code == "billing.item_far"
        days = billing.far_days(told, today=today)
        assert (days is not None) == is_far
        assert days is None or today + timedelta(days=off) in days

    @given(st.sampled_from([date.min, date.max]), st.booleans())
    def test_of_the_first_and_the_last_of_all_days_are_refused_as_others(
        self, day: date, is_line: bool
    ) -> None:
        told = self._told(day, "2", is_line=is_line and day == date.min)

        assert billing.far_days(told, today=date(2026, 3, 1)) is not None
        with pytest.raises(Invalid):
            billing.refuse_far_items(told, today=date(2026, 3, 1))

    @given(st.booleans(), st.integers(1, 3), st.integers(0, 3))
    def test_alike_are_each_news_unless_as_many_are_kept(
        self, is_line: bool, count: int, kept: int
    ) -> None:
        def times(number: int) -> Measured:
            told = self._told(date(2012, 3, 1), "2", is_line=is_line).usage
            return Measured(
                pricing.Usage(passed_on=told.passed_on * number, extras=told.extras * number)
            )

        with pytest.raises(Invalid) if count > kept else nullcontext():
            billing.refuse_far_items(times(count), today=date(2026, 3, 1), kept=times(kept))

    def test_are_taken_for_longer_than_any_market_lets_days_be_charged(self) -> None:
        longest = max(limit.months for rule in BACK_BILLING_RULES.values() for limit in rule.limits)

        assert 2 * longest * timedelta(days=31) < billing.STRAY_LOOK_BACK

    def _told(self, day: date, much: str, *, is_line: bool) -> Measured:
        if not is_line:
            item = pricing.ExtraItem("shop", "Lamp", much, "5", on=day)
            return Measured(pricing.Usage(extras=(item,)))
        days = Period(max(day, date.min + timedelta(days=30)) - timedelta(days=30), day + DAY)
        line = pricing.PassedOnLine("network", "use", days, much, "b")
        return Measured(pricing.Usage(passed_on=(line,)))


class TestAQuote:
    @given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 2000))
    def test_by_the_hour_is_for_the_use_asked_whatever_the_clock_does(
        self, on: date, month_kwh: int
    ) -> None:
        spot = pricing.Spot(name="energy", tax_code=pricing.NO_TAX, index="index")
        tariff = attrs.evolve(SPAIN.tariffs[0], components=(spot,))
        days = month_priced(tariff, on)
        hours = sum(len(tariff.zone.hours_of(day)) for day in days.each_day())
        start = tariff.zone.start_of(days.start)
        index = pricing.IntervalIndex("index", start, 60, (Decimal("0.1"),) * hours)

        quoted = price_month(
            Site(CUPS, tariff.code, SITE_POWERS),
            month_kwh=month_kwh,
            tariff=tariff,
            days=days,
            figures=PublishedFigures((index,)),
        )

        assert quoted.month.cents == month_kwh * 10
        assert days.until == on
