"""Days of 23 and 25 hours: intervals, registers and bands hold the same energy, exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import attrs
import pytest
from component_bench import HARD, bill_of, constant
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import Energy, MarketTime, Period

ZONES = ("Europe/Madrid", "Europe/Paris", "Europe/Berlin", "Europe/London")
YEARS = range(2020, 2036)
STEPS = (5, 15, 30, 60)
DAY = timedelta(days=1)


def last_sunday(year: int, month: int) -> date:
    """Return the last Sunday of March or October, on which Directive 2000/84/EC changes clocks."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


CHANGES = tuple(
    (zone, last_sunday(year, month), hours)
    for zone, year, (month, hours) in product(ZONES, YEARS, ((3, 23), (10, 25)))
)


@attrs.frozen
class Meter:
    """A meter that counts on: what it read at each instant, found without the code under test.

    It runs from the local day before `day` to the day after, in steps of `minutes`.
    """

    zone: str
    day: date
    minutes: int
    seed: int

    def local(self) -> Iterator[tuple[datetime, Decimal]]:
        """Yield the local time each interval begins at, and its energy."""
        chance = Random(self.seed)
        clock = ZoneInfo(self.zone)
        # Midnight is never skipped nor repeated in these zones.
        at = datetime(self.day.year, self.day.month, self.day.day, tzinfo=clock) - DAY
        instant = at.astimezone(UTC)
        while (here := instant.astimezone(clock)).date() <= self.day + DAY:
            yield here, Decimal(chance.randrange(5_000)).scaleb(-3)
            instant += timedelta(minutes=self.minutes)

    @property
    def days(self) -> Period:
        return Period(self.day - DAY, self.day + 2 * DAY)


def energies(counted: list[tuple[datetime, Decimal]]) -> tuple[Decimal, ...]:
    return tuple(kwh for _, kwh in counted)


def readings(counted: list[tuple[datetime, Decimal]]) -> dict[date, Decimal]:
    """Return what the register showed at the end of each local day."""
    shown, index = {}, Decimal("1234.567")
    for at, kwh in counted:
        index += kwh
        shown[at.date()] = index
    return {counted[0][0].date() - DAY: Decimal("1234.567"), **shown}


def intervals(meter: Meter, counted: list[tuple[datetime, Decimal]]) -> pricing.IntervalUse:
    clock = MarketTime(meter.zone)
    start = clock.start_of(meter.days.start)
    return pricing.IntervalUse("P1", start, meter.minutes, energies(counted), clock)


def differing(meter: Meter, bands: Callable[[datetime], str], rules: Rules) -> int:
    """Count where the day's intervals, its register and its bands tell of different energy."""
    counted = list(meter.local())
    use, shown = intervals(meter, counted), readings(counted)
    calendar = pricing.BandCalendar(
        "calendar", MarketTime(meter.zone), pricing.ALWAYS, "test", rules
    )
    wrong = int(use.period != meter.days)
    for day in (*meter.days.each_day(), None):
        span = meter.days if day is None else Period(day, day + DAY)
        difference = shown[span.until - DAY] - shown[span.start - DAY]
        wrong += pricing.exact(use.energy_in(span)) != Fraction(difference)
        wrong += energy_by_band(use, span, calendar) != by_hand(counted, span, bands)
    return wrong + intervals_of_bands(meter, calendar, bands, counted)


Rules = tuple[pricing.BandRule, ...]


def energy_by_band(
    use: pricing.IntervalUse, span: Period, calendar: pricing.BandCalendar
) -> dict[str, Fraction]:
    usage = pricing.Usage((use,))
    return {
        band: pricing.metered(
            usage, ("P1",), span, banding=pricing.Banding((calendar,), (band,))
        ).kwh
        for band in calendar.bands
    }


def by_hand(
    counted: list[tuple[datetime, Decimal]], span: Period, bands: Callable[[datetime], str]
) -> dict[str, Fraction]:
    found = {"peak": Fraction(0), "low": Fraction(0)}
    for at, kwh in counted:
        if at.date() in span:
            found[bands(at)] += Fraction(kwh)
    return found


def intervals_of_bands(
    meter: Meter,
    calendar: pricing.BandCalendar,
    bands: Callable[[datetime], str],
    counted: list[tuple[datetime, Decimal]],
) -> int:
    expected = [bands(at) for at, _ in counted if at.date() == meter.day]
    return int(list(calendar.bands_of(meter.day, meter.minutes)) != expected)


def peak_from(start: int, end: int) -> tuple[Rules, Callable[[datetime], str]]:
    """Return the rules of a peak between two minutes of the wall clock, and what they say."""
    rules = (pricing.BandRule("peak", start, end), pricing.BandRule("low"))
    return rules, lambda at: "peak" if start <= at.hour * 60 + at.minute < end else "low"


class TestDaysOfClockChanges:
    def test_hold_the_same_energy_by_interval_by_register_and_by_band(
        self, record_property: Callable[[str, object], None]
    ) -> None:
        found: Counter[str] = Counter()
        rules, bands = peak_from(120, 180)  # the hour that is left out or repeated in Madrid
        for number, ((zone, day, _), minutes) in enumerate(product(CHANGES, STEPS)):
            found["differences"] += differing(Meter(zone, day, minutes, number), bands, rules)
            found["cases"] += 1

        @HARD
        @given(
            st.sampled_from(CHANGES),
            st.sampled_from(STEPS),
            st.integers(0, 2**32),
            st.tuples(st.integers(0, 287), st.integers(1, 288)).filter(lambda t: t[0] < t[1]),
        )
        def searched(
            change: tuple[str, date, int], minutes: int, seed: int, peak: tuple[int, int]
        ) -> None:
            rules, bands = peak_from(peak[0] * 5, peak[1] * 5)
            wrong = differing(Meter(*change[:2], minutes, seed), bands, rules)
            found.update(cases=1, differences=wrong)
            assert not wrong

        searched()
        record_property(
            "counted",
            f"T32 days={len(CHANGES)} cases={found['cases']} differences={found['differences']}",
        )
        assert found["differences"] == 0

    @pytest.mark.parametrize("minutes", STEPS)
    def test_have_23_or_25_hours_of_intervals(self, minutes: int) -> None:
        for zone, day, hours in CHANGES:
            clock = MarketTime(zone)
            calendar = pricing.BandCalendar(
                "calendar", clock, pricing.ALWAYS, "test", (pricing.BandRule("all"),)
            )

            assert len(calendar.bands_of(day, minutes)) == hours * 60 // minutes
            assert calendar.hours(Period(day, day + DAY)) == (("all", hours),)

    @pytest.mark.parametrize("minutes", STEPS)
    def test_count_the_hour_left_out_for_nobody_and_the_repeated_one_twice(
        self, minutes: int
    ) -> None:
        for zone, day, hours in CHANGES:
            # At one o'clock UTC all of them change: 01:00 in London, 02:00 on the continent.
            first = 60 if zone == "Europe/London" else 120
            rules, _ = peak_from(first, first + 60)
            calendar = pricing.BandCalendar(
                "calendar", MarketTime(zone), pricing.ALWAYS, "test", rules
            )

            found = Counter(calendar.bands_of(day, minutes))

            assert found["peak"] == (0 if hours == 23 else 2 * 60 // minutes)
            assert found["low"] == 23 * 60 // minutes

    @pytest.mark.parametrize("zone", ZONES)
    def test_are_billed_alike_by_the_hour_and_by_the_register(self, zone: str) -> None:
        rules, _ = peak_from(120, 180)
        calendar = pricing.BandCalendar("calendar", MarketTime(zone), pricing.ALWAYS, "test", rules)
        price = constant("0.123457")
        by_band = pricing.TimeOfUse(
            name="energy",
            tax_code=pricing.NO_TAX,
            rates=(("low", price), ("peak", price)),
            calendar="calendar",
        )
        by_register = pricing.TimeOfUse(
            name="energy", tax_code=pricing.NO_TAX, rates=(("P1", price),)
        )
        for number, (where, day, _) in enumerate(CHANGES):
            if where != zone:
                continue
            meter = Meter(zone, day, 15, number)
            counted = list(meter.local())
            kwh = Energy(sum(energies(counted), start=Decimal(0)))
            register = pricing.RegisterUse("P1", meter.days, kwh)

            hourly = bill_of(
                by_band,
                pricing.Usage((intervals(meter, counted),)),
                meter.days,
                calendars=(calendar,),
                zone=MarketTime(zone),
            )

            read = bill_of(by_register, pricing.Usage((register,)), meter.days)
            assert hourly.gross == read.gross
            energy = (line for line in hourly.lines if line.component == "energy")
            assert sum(line.quantity for line in energy) == kwh.kwh
