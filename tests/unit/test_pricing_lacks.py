"""All that a bill lacks is told in one answer: by each component, and each thing it lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Invalid,
    MarketTime,
    Period,
    PowerUnit,
    RoundingPolicy,
    RoundingScope,
)

KW = PowerUnit.KW
SPRING = Period(date(2026, 4, 1), date(2026, 6, 1))
ONE = pricing.always("one", 1, "test")
LATE = pricing.DatedPrice("late", (pricing.Version(Period(date(2026, 4, 9)), 1, "test"),))
ENDS = pricing.DatedPrice("ends", (pricing.Version(Period(date.min, date(2026, 5, 1)), 1, "test"),))


def rates(*registers: str) -> tuple[tuple[str, tuple[pricing.DatedPrice, ...]], ...]:
    return tuple((register, (ONE,)) for register in registers)


def use(register: str, start: date, end: date) -> pricing.RegisterUse:
    return pricing.RegisterUse(register, Period(start, end), Energy(30))


def lacks(
    component: pricing.Component,
    usage: pricing.Usage,
    *fields: str,
    circumstances: pricing.Circumstances = pricing.PLAIN,
    period: Period = SPRING,
) -> list[tuple[str, ...]]:
    policy = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
    tariff = pricing.Tariff("T", "Test", "EUR", (component,), (), policy)
    found = pricing.rating_faults(tariff, usage, period=period, circumstances=circumstances)
    assert found
    with pytest.raises(Invalid) as refused:
        pricing.rate(tariff, usage, period=period, circumstances=circumstances)
    assert refused.value.code == found[0][1].code
    return [
        (error.code.removeprefix("pricing."), *(error.facts.get(field, "") for field in fields))
        for _, error in found
    ]


class TestPowers:
    def test_are_told_for_each_register_and_once_for_all_parts(self) -> None:
        power = pricing.SubscribedPower(
            name="power", tax_code="none", unit=KW,
            rates=(*rates("P1", "P2"), ("P3", (LATE, ENDS))),
        )  # fmt: skip

        assert lacks(power, pricing.Usage(), "register", "price") == [
            ("power_missing", "P1", ""),
            ("power_missing", "P2", ""),
            ("power_missing", "P3", ""),
            ("version_gap", "", "late"),
            ("version_gap", "", "ends"),
        ]

    def test_of_steps_are_told_for_each_register(self) -> None:
        steps = pricing.SteppedPower(
            name="steps", tax_code="none", unit=KW, steps=rates("P1", "P2")
        )

        assert lacks(steps, pricing.Usage(), "register") == [
            ("power_missing", "P1"),
            ("power_missing", "P2"),
        ]


class TestPeaks:
    def test_are_told_for_each_month_and_register(self) -> None:
        demand = pricing.Demand(
            name="demand", tax_code="none", unit=KW, price=(ONE,), registers=("A", "B")
        )

        assert lacks(demand, pricing.Usage(), "month", "register") == [
            ("peak_missing", month, register)
            for month in ("2026-04", "2026-05")
            for register in ("A", "B")
        ]

    def test_and_powers_are_told_together(self) -> None:
        overrun = pricing.Overrun(name="overrun", tax_code="none", unit=KW, rates=rates("A"))

        assert lacks(overrun, pricing.Usage(), "month") == [
            ("peak_missing", "2026-04"),
            ("power_missing", ""),
            ("peak_missing", "2026-05"),
        ]


class TestEnergy:
    USAGE = pricing.Usage(
        (
            use("A", date(2026, 4, 1), date(2026, 4, 10)),
            use("A", date(2026, 4, 12), date(2026, 5, 20)),
            use("A", date(2026, 5, 21), date(2026, 6, 1)),
            use("B", date(2026, 4, 3), date(2026, 5, 31)),
        )
    )
    GAPS = (
        ("usage_gap", "A", "2026-04-10", "2026-04-12"),
        ("usage_gap", "A", "2026-05-20", "2026-05-21"),
        ("usage_gap", "B", "2026-04-01", "2026-04-03"),
        ("usage_gap", "B", "2026-05-31", ""),
    )

    @pytest.mark.parametrize(
        "component",
        [
            pricing.UnitRate(name="x", tax_code="none", price=(ONE,), registers=("A", "B")),
            pricing.Levy(name="x", tax_code="none", price=(ONE,), registers=("A", "B")),
            pricing.TimeOfUse(name="x", tax_code="none", rates=rates("A", "B")),
        ],
        ids=lambda component: type(component).__name__,
    )
    def test_is_told_by_every_run_of_days_of_each_register(
        self, component: pricing.Component
    ) -> None:
        found = lacks(component, self.USAGE, "register", "day", "until")

        assert [each for each in found if each[0] == "usage_gap"] == list(self.GAPS)

    def test_is_told_beside_the_prices(self) -> None:
        both = pricing.UnitRate(name="x", tax_code="none", price=(LATE, ENDS), registers=("B",))

        assert lacks(both, pricing.Usage(self.USAGE.of("A")), "price", "register")[1:] == [
            ("usage_gap", "", "B"),
            ("version_gap", "late", ""),
            ("version_gap", "ends", ""),
        ]

    def test_that_is_reactive_is_told_beside_the_active(self) -> None:
        bands = (pricing.CosPhiBand(Decimal(1), (ONE,)),)
        reactive = pricing.Reactive(
            name="x", tax_code="none", bands=bands, free_percent=Decimal(0), registers=("A", "B")
        )

        assert lacks(reactive, pricing.Usage(), "register", "unit") == [
            ("usage_gap", "A", ""),
            ("usage_gap", "A", "kvarh"),
            ("usage_gap", "B", ""),
            ("usage_gap", "B", "kvarh"),
        ]


class TestIntervals:
    DAY = Period(date(2026, 4, 1), date(2026, 4, 2))
    START = datetime(2026, 3, 31, 22, tzinfo=UTC)

    def hours(self, *missing: int) -> tuple[Decimal | None, ...]:
        return tuple(None if hour in missing else Decimal(1) for hour in range(24))

    def use(self, register: str, *missing: int) -> pricing.IntervalUse:
        zone = MarketTime("Europe/Madrid")
        return pricing.IntervalUse(register, self.START, 60, self.hours(*missing), zone)

    def test_without_a_value_are_told_by_runs_of_each_register(self) -> None:
        usage = pricing.Usage((self.use("A", 0, 1, 5), self.use("B", 22, 23)))
        energy = pricing.UnitRate(name="x", tax_code="none", price=(ONE,))

        assert lacks(energy, usage, "register", "start", "missing", period=self.DAY) == [
            ("interval_missing", "A", "2026-03-31T22:00:00+00:00", "2"),
            ("interval_missing", "A", "2026-04-01T03:00:00+00:00", "1"),
            ("interval_missing", "B", "2026-04-01T20:00:00+00:00", "2"),
        ]

    def test_without_a_price_are_told_by_runs_beside_those_without_energy(self) -> None:
        index = pricing.IntervalIndex("i", self.START, 60, self.hours(3, 4, 9)[:20])
        spot = pricing.Spot(name="x", tax_code="none", index="i", factor=(LATE,))

        found = lacks(
            spot, pricing.Usage((self.use("A", 7),)), "at", "price", "start",
            circumstances=pricing.Circumstances(indices=(index,)), period=self.DAY,
        )  # fmt: skip

        assert found == [
            ("interval_missing", "", "", "2026-04-01T05:00:00+00:00"),
            ("price_missing", "2026-04-01T01:00:00+00:00", "", ""),
            ("price_missing", "2026-04-01T07:00:00+00:00", "", ""),
            ("price_missing", "2026-04-01T18:00:00+00:00", "", ""),
            ("version_gap", "", "late", ""),
        ]

    def test_of_a_run_are_told_from_its_beginning_whatever_is_billed(self) -> None:
        zone = MarketTime("Europe/Madrid")
        values = (*self.hours(22, 23), *self.hours(0))
        whole = pricing.IntervalUse("A", self.START, 60, values, zone)

        with pytest.raises(Invalid) as refused:
            whole.values(Period(date(2026, 4, 2), date(2026, 4, 3)))

        assert refused.value.facts["start"] == "2026-04-01T20:00:00+00:00"
        assert refused.value.facts["missing"] == "3"


class TestUsage:
    def test_tells_each_use_power_and_peak_that_is_told_again(self) -> None:
        days = [Period(date(2026, 4, day), date(2026, 4, day + 5)) for day in (1, 3, 4, 20)]
        uses = tuple(pricing.RegisterUse("A", each, Energy(1)) for each in reversed(days))
        reactive = tuple(pricing.ReactiveUse("A", each, Decimal(1)) for each in days[:2])

        found = list(pricing.usage_faults(uses, reactive=reactive))

        assert [(field, at) for field, at, _ in found] == [
            ("uses", 2),
            ("uses", 1),
            ("reactive", 1),
        ]
        with pytest.raises(pricing.Several) as refused:
            pricing.Usage(uses, reactive=reactive)
        assert len(refused.value.faults) == 3
