"""Energy is divided at cuts, converted from volume and read from intervals without a loss."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from energyretail.adapters.tariff_json import rate_document
from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Invalid,
    MarketTime,
    Period,
    Power,
    RoundingPolicy,
    RoundingScope,
)

MADRID = MarketTime("Europe/Madrid")
APRIL = Period.month(2026, 4)
END = RoundingPolicy(RoundingScope.END, CENTS_HALF_UP)


def days(first: int, until: int) -> Period:
    return Period(date(2026, 4, first), date(2026, 4, until))


def use(kwh: str = "30", period: Period = APRIL, register: str = "P1") -> pricing.RegisterUse:
    return pricing.RegisterUse(register, period, Energy(kwh))


def exact(derivation: pricing.Derivation) -> Fraction:
    return pricing.exact(derivation)


def hours(count: int, start: datetime | None = None, **fields: Any) -> pricing.IntervalUse:
    begin = start or MADRID.start_of(APRIL.start)
    given = {"minutes": 60, "kwh": (Decimal(1),) * count, "zone": MADRID, **fields}
    return pricing.IntervalUse("P1", begin, **given)


def by_hours() -> pricing.Tariff:
    """Return a tariff of two bands, of a calendar in Madrid."""
    bands = (pricing.BandRule("peak", 8 * 60, 22 * 60), pricing.BandRule("off"))
    return pricing.Tariff(
        code="HOURS",
        name="By hours",
        currency="EUR",
        components=(
            pricing.TimeOfUse(
                name="hours",
                tax_code=pricing.NO_TAX,
                rates=tuple((band, (pricing.always(band, 1, "test"),)) for band in ("peak", "off")),
                calendar="hours",
            ),
        ),
        taxes=(),
        rounding=END,
        calendars=(pricing.BandCalendar("hours", MADRID, pricing.ALWAYS, "test", bands),),
        zone=MADRID,
    )


def stepwise(*prices: tuple[str, str]) -> pricing.DatedPrice:
    """Return a price of versions that begin on the given days, the last without an end."""
    starts = [date.fromisoformat(day) for day, _ in prices]
    ends = [*starts[1:], None]
    return pricing.DatedPrice(
        "stepwise",
        tuple(
            pricing.Version(Period(start, end), value, "test")
            for start, end, (_, value) in zip(starts, ends, prices, strict=True)
        ),
    )


class TestDivision:
    WEIGHTS = pricing.Profile("heat", APRIL.start, tuple(Decimal(n) for n in range(30)))

    def test_is_by_days_without_a_profile(self) -> None:
        assert exact(use().energy_in(days(1, 8))) == 7
        assert exact(use("10").energy_in(days(1, 2))) == Fraction(10, 30)

    def test_leaves_a_whole_use_as_it_was_read(self) -> None:
        derivation = use().energy_in(APRIL)

        assert [f.value for f in derivation.factors] == [30]
        assert derivation.divisors == ()

    def test_by_profile_follows_its_weights(self) -> None:
        assert exact(use("435").energy_in(days(1, 4), self.WEIGHTS)) == 0 + 1 + 2
        assert exact(use("435").energy_in(LAST, self.WEIGHTS)) == 29

    def test_by_profile_needs_a_weight_for_every_day_and_one_above_zero(self) -> None:
        for short in (
            attrs.evolve(self.WEIGHTS, weights=self.WEIGHTS.weights[:29]),
            attrs.evolve(self.WEIGHTS, start=date(2026, 4, 2)),
            attrs.evolve(self.WEIGHTS, weights=(Decimal(0),) * 30),
        ):
            with pytest.raises(Invalid) as found:
                use().energy_in(days(1, 8), short)
            assert found.value.code == "pricing.profile_missing"

        for enough in (
            self.WEIGHTS,
            attrs.evolve(self.WEIGHTS, start=date(2026, 3, 31), weights=(Decimal(1),) * 31),
        ):
            use().energy_in(days(1, 8), enough)

    def test_by_profile_adds_weights_of_any_length_without_rounding(self) -> None:
        great, small = Decimal("999999999999999999"), Decimal("0.000000000000000001")
        profile = pricing.Profile("odd", APRIL.start, (great, small) * 15)

        assert profile.weight(days(1, 3)) == Decimal("999999999999999999.000000000000000001")

    def test_refuses_a_weight_below_zero(self) -> None:
        pricing.Profile("p", APRIL.start, (Decimal(0),))
        with pytest.raises(Invalid) as found:
            pricing.Profile("p", APRIL.start, (Decimal(1), Decimal("-0.1")))

        assert (found.value.code, found.value.facts["name"]) == ("pricing.profile_weights", "p")

    def test_of_a_tariff_by_profile_without_one_is_refused_at_a_cut_alone(self) -> None:
        late = pricing.UnitRate(
            name="late",
            tax_code=pricing.NO_TAX,
            price=(stepwise(("2026-01-01", "1"), ("2026-04-11", "2")),),
        )
        flat = attrs.evolve(late, price=(stepwise(("2026-01-01", "1")),))

        def gross(component: pricing.Component, **fields: Any) -> str:
            tariff = pricing.Tariff(
                "T", "T", "EUR", (component,), (), END, division=pricing.Division.PROFILE
            )
            usage = pricing.Usage((use("435"),), **fields)
            return str(pricing.rate(tariff, usage, period=APRIL).gross)

        assert gross(flat) == "435.00 EUR"
        # Days 0 to 9 weigh 45 of 435, the others 390 at twice the price.
        assert gross(late, profile=self.WEIGHTS) == "825.00 EUR"
        with pytest.raises(Invalid) as found:
            gross(late)
        assert found.value.code == "pricing.profile_missing"


LAST = Period(date(2026, 4, 30), date(2026, 5, 1))


class TestGas:
    CONVERSION = pricing.Conversion(
        "C",
        stepwise(("2026-01-01", "39.5"), ("2026-04-11", "38.7")),
        is_mj=True,
        m3_per_unit="2.83",
        correction=stepwise(("2026-01-01", "1.02264"), ("2026-04-21", "1.01")),
    )

    def test_is_converted_day_by_day(self) -> None:
        volume = pricing.VolumeUse("M1", APRIL, "300", self.CONVERSION)

        a_day = Fraction(10) * Fraction("2.83") / Fraction("3.6")
        by_hand = [Fraction("1.02264") * Fraction("39.5")] * 10
        by_hand += [Fraction("1.02264") * Fraction("38.7")] * 10
        by_hand += [Fraction("1.01") * Fraction("38.7")] * 10
        assert exact(volume.energy_in(APRIL)) == a_day * sum(by_hand)
        assert exact(volume.energy_in(days(10, 12))) == a_day * sum(by_hand[9:11])

    def test_adds_up_over_its_days(self) -> None:
        volume = pricing.VolumeUse("M1", APRIL, "123.457", self.CONVERSION)

        each = (Period(day, day + timedelta(days=1)) for day in APRIL.each_day())

        assert sum(exact(volume.energy_in(day)) for day in each) == exact(volume.energy_in(APRIL))

    def test_by_kwh_per_m3_is_not_divided_and_needs_no_correction(self) -> None:
        conversion = pricing.Conversion("Z", stepwise(("2026-01-01", "11.2")), is_mj=False)

        assert exact(pricing.VolumeUse("M1", APRIL, "10", conversion).energy_in(APRIL)) == 112

    def test_is_divided_by_a_profile_day_by_day_too(self) -> None:
        weights = pricing.Profile("heat", APRIL.start, (Decimal(3),) * 10 + (Decimal(0),) * 20)
        volume = pricing.VolumeUse("M1", APRIL, "300", self.CONVERSION)

        expected = 300 * Fraction("2.83") * Fraction("1.02264") * Fraction("39.5") / Fraction("3.6")
        assert exact(volume.energy_in(APRIL, weights)) == expected

    @pytest.mark.parametrize(("division", "kwh"), [("days", "1500"), ("profile", "1000")])
    def test_result_tells_the_energy_that_was_billed(self, division: str, kwh: str) -> None:
        result = rate_document(
            {
                "tariff": {
                    "code": "G", "name": "Gas", "currency": "EUR", "division": division,
                    "rounding": {"scope": "line", "mode": "half_up", "decimals": 2},
                    "components": [
                        {"kind": "unit_rate", "name": "e", "price": "1", "tax_code": "none"}
                    ],
                },
                "period": {"from": "2026-04-01", "to": "2026-04-03"},
                "usage": {
                    "volumes": [
                        {"register": "M", "from": "2026-04-01", "to": "2026-04-03",
                         "volume": "100", "conversion": "C"}
                    ],
                    "conversions": [
                        {"name": "C", "unit": "kWh/m3", "calorific_value": {"versions": [
                            {"from": "2026-04-01", "to": "2026-04-02", "value": "10"},
                            {"from": "2026-04-02", "value": "20"}]}}
                    ],
                    "profile": {"name": "p", "from": "2026-04-01", "weights": ["1", "0"]},
                },
            }
        )  # fmt: skip

        assert result["energy_kwh"] == kwh
        assert result["gross"] == f"{kwh}.00"


class TestIntervals:
    def test_cover_their_whole_local_days_alone(self) -> None:
        begin = MADRID.start_of(date(2026, 4, 1))

        assert hours(24).period == days(1, 2)
        assert hours(47).period == days(1, 2)
        assert hours(48).period == days(1, 3)
        assert hours(48, begin + timedelta(hours=1)).period == days(2, 3)
        assert hours(48, begin - timedelta(hours=1)).period == days(1, 2)

    @pytest.mark.parametrize("count", [0, 1, 23])
    def test_without_a_whole_day_are_no_usage(self, count: int) -> None:
        with pytest.raises(Invalid) as found:
            hours(count)

        assert found.value.code == "pricing.usage_missing"
        assert found.value.facts["day"] == "2026-04-01"

    @pytest.mark.parametrize("minutes", [1, 7, 20, 45, 61, 120, 0])
    def test_are_of_five_to_sixty_minutes(self, minutes: int) -> None:
        with pytest.raises(Invalid) as found:
            hours(600, minutes=minutes)

        assert found.value.code == "pricing.interval_step"
        assert found.value.facts["minutes"] == str(minutes)

    @pytest.mark.parametrize("minutes", [5, 10, 15, 30, 60])
    def test_begin_with_the_local_day(self, minutes: int) -> None:
        begin = MADRID.start_of(date(2026, 4, 1))
        count = 1440 // minutes

        assert hours(count, minutes=minutes).period == days(1, 2)
        with pytest.raises(Invalid) as found:
            hours(count * 2, begin + timedelta(minutes=1), minutes=minutes)
        assert found.value.code == "pricing.interval_step"

    def test_are_missed_only_where_they_are_billed(self) -> None:
        kwh = (Decimal(1),) * 24 + (None,) + (Decimal(2),) * 23
        found = hours(48, kwh=kwh)

        assert exact(found.energy_in(days(1, 2))) == 24
        with pytest.raises(Invalid) as error:
            found.energy_in(days(1, 3))
        assert error.value.code == "pricing.interval_missing"
        assert error.value.facts["start"] == "2026-04-01T22:00:00+00:00"
        assert error.value.facts["register"] == "P1"

    def test_keep_their_places_and_instants(self) -> None:
        found = hours(48, minutes=30)

        assert found.places(days(1, 2)) == (0, 48)
        assert found.instant(2) == datetime(2026, 3, 31, 23, tzinfo=UTC)


class TestSpot:
    def test_index_in_steps_that_intervals_straddle_is_refused(self) -> None:
        def fault(use_minutes: int, index_minutes: int) -> str:
            kwh = (Decimal(1),) * (1440 // use_minutes)
            measured = hours(0, minutes=use_minutes, kwh=kwh)
            index = pricing.IntervalIndex(
                "omie", measured.start, index_minutes, (Decimal(1),) * (1440 // index_minutes)
            )
            spot = pricing.Spot(name="spot", tax_code=pricing.NO_TAX, index="omie")
            tariff = pricing.Tariff("T", "T", "EUR", (spot,), (), END)
            faults = pricing.rating_faults(
                tariff,
                pricing.Usage((measured,)),
                period=days(1, 2),
                circumstances=pricing.Circumstances(indices=(index,)),
            )
            return faults[0][1].code if faults else ""

        assert fault(15, 60) == fault(15, 15) == fault(5, 15) == fault(10, 30) == ""
        assert fault(60, 15) == fault(10, 15) == fault(30, 15) == "pricing.index_step"

    def test_index_is_missing_before_its_first_and_after_its_last_price(self) -> None:
        start = datetime(2026, 4, 1, tzinfo=UTC)
        index = pricing.IntervalIndex("omie", start, 60, (Decimal(1), None, Decimal(3)))

        assert index.at(start) == 1
        assert index.at(start + timedelta(minutes=179)) == 3
        for minutes in (-1, 60, 119, 180):
            with pytest.raises(Invalid) as found:
                index.at(start + timedelta(minutes=minutes))
            assert found.value.code == "pricing.price_missing"
            assert found.value.facts["index"] == "omie"

    def test_margins_of_any_length_are_added_without_rounding(self) -> None:
        parts = (
            pricing.always("a", "123456789012345678", "test"),
            pricing.always("b", "0.000000000000000001", "test"),
        )

        assert pricing.price_on(parts, date(2026, 1, 1)) == Decimal(
            "123456789012345678.000000000000000001"
        )


class TestUsage:
    def test_may_meet_but_not_overlap(self) -> None:
        pricing.Usage((use(period=days(1, 10)), use(period=days(10, 20))))
        pricing.Usage((use(), use(register="P2")))
        with pytest.raises(Invalid) as found:
            pricing.Usage((use(period=days(9, 20)), use(period=days(1, 10))))

        assert found.value.code == "pricing.usage_overlap"
        assert dict(found.value.facts) == {
            "register": "P1",
            "first": "2026-04-01/2026-04-10",
            "second": "2026-04-09/2026-04-20",
        }

    def test_of_reactive_energy_and_power_may_not_overlap_either(self) -> None:
        twice = (pricing.ReactiveUse("P1", APRIL, "1"), pricing.ReactiveUse("P1", LAST, "1"))
        with pytest.raises(Invalid) as found:
            pricing.Usage(reactive=twice)
        assert found.value.code == "pricing.usage_overlap"

        with pytest.raises(Invalid) as found:
            pricing.Usage(powers=(("P1", Power("1")), ("P1", Power("2"))))
        assert found.value.code == "pricing.power_twice"

    def test_knows_its_registers_by_flow_in_order_of_name(self) -> None:
        fed = attrs.evolve(use(register="E"), flow=pricing.Flow.EXPORT)
        usage = pricing.Usage((use(register="B"), fed, use(register="A")))

        assert usage.registers == ("A", "B", "E")
        assert usage.registers_of(pricing.Flow.IMPORT) == ("A", "B")
        assert usage.registers_of(pricing.Flow.EXPORT) == ("E",)

    def test_finds_the_power_of_a_day(self) -> None:
        change = date(2026, 4, 11)
        usage = pricing.Usage(
            powers=(
                pricing.Subscribed("P1", Power("3"), Period(date(2026, 1, 1), change)),
                pricing.Subscribed("P1", Power("5"), Period(change)),
            )
        )

        assert usage.power("P1", date(2026, 4, 10)) == Power("3")
        assert usage.power("P1", change) == Power("5")
        for register, day in (("P2", change), ("P1", date(2025, 12, 31))):
            with pytest.raises(Invalid) as found:
                usage.power(register, day)
            assert found.value.code == "pricing.power_missing"
            assert found.value.facts["day"] == str(day)

    def test_tells_on_which_day_it_has_a_gap(self) -> None:
        usage = pricing.Usage((use(period=days(1, 10)), use(period=days(12, 20))))

        pricing.metered(usage, ("P1",), days(1, 10))
        for period, day in (
            (days(1, 11), "2026-04-10"),
            (days(11, 13), "2026-04-11"),
            (days(12, 21), "2026-04-20"),
        ):
            with pytest.raises(Invalid) as found:
                pricing.metered(usage, ("P1",), period)
            assert found.value.code == "pricing.usage_gap"
            assert (found.value.facts["register"], found.value.facts["day"]) == ("P1", day)

    def test_of_hours_needs_intervals(self) -> None:
        calendar = pricing.BandCalendar(
            "c", MADRID, pricing.ALWAYS, "test", (pricing.BandRule("all"),)
        )
        banding = pricing.Banding((calendar,), ("all",))

        with pytest.raises(Invalid) as found:
            pricing.metered(pricing.Usage((use(),)), ("P1",), APRIL, banding=banding)

        assert found.value.code == "pricing.intervals_needed"
        assert found.value.facts["register"] == "P1"


class TestHoursOfACalendar:
    """They are taken for those of the use only where the days of both begin alike."""

    PERIOD = Period(date(2026, 3, 28), date(2026, 3, 31))

    def rated(self, zone: str) -> pricing.PricedBill:
        tariff = by_hours()
        market = MarketTime(zone)
        first, end = (
            market.start_of(day).astimezone(UTC) for day in (self.PERIOD.start, self.PERIOD.until)
        )
        series = hours((end - first) // timedelta(hours=1), first, zone=market)
        return pricing.rate(tariff, pricing.Usage(uses=(series,)), period=self.PERIOD)

    @pytest.mark.parametrize("zone", ["Europe/Madrid", "Europe/Berlin"])
    def test_each_hour_is_in_one_band(self, zone: str) -> None:
        bill = self.rated(zone)

        assert bill.energy == sum(line.quantity for line in bill.lines) == 71

    @pytest.mark.parametrize("zone", ["UTC", "Atlantic/Canary"])
    def test_hours_of_another_zone_are_refused(self, zone: str) -> None:
        with pytest.raises(Invalid) as refused:
            self.rated(zone)

        assert refused.value.code == "pricing.interval_zone"

    def test_each_interval_is_wanted_or_not(self) -> None:
        with pytest.raises(Invalid) as refused:
            hours(24).chosen(days(1, 2), [True] * 23, "P1")

        assert refused.value.code == "pricing.interval_count"
