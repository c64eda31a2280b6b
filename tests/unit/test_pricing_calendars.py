"""The bands of a calendar are those of the wall clock, and no moment is without one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from energyretail.domain import pricing
from energyretail.domain.pricing import ALL_DAY, HOLIDAY, BandCalendar, BandRule, Season
from energyretail.domain.shared import HolidayRule, Invalid, MarketTime, Period

MADRID = MarketTime("Europe/Madrid")
WINTER = Season("winter", (11, 1), (4, 1))
WORK = frozenset({"mon", "tue", "wed", "thu", "fri"})
NEW_YEAR = HolidayRule("New Year", pricing.ALWAYS, "test", fixed=(1, 1))


def calendar(*rules: BandRule, **fields: Any) -> BandCalendar:
    given = {"valid": pricing.ALWAYS, "source": "test", **fields}
    return BandCalendar("c", MADRID, rules=rules, **given)


class TestSeasons:
    @pytest.mark.parametrize(
        ("day", "inside"),
        [
            (date(2025, 10, 31), False),
            (date(2025, 11, 1), True),
            (date(2025, 12, 31), True),
            (date(2026, 1, 1), True),
            (date(2026, 3, 31), True),
            (date(2026, 4, 1), False),
        ],
    )
    def test_may_run_over_the_new_year(self, day: date, inside: bool) -> None:
        assert (day in WINTER) is inside
        assert (day in Season("summer", (4, 1), (11, 1))) is not inside

    def test_do_not_end_on_the_day_they_begin(self) -> None:
        with pytest.raises(Invalid) as found:
            Season("all", (5, 1), (5, 1))

        assert found.value.code == "pricing.calendar_season"

    def test_decide_only_the_rules_that_name_them(self) -> None:
        found = calendar(
            BandRule("cold", seasons=frozenset({"winter"})), BandRule("warm"), seasons=(WINTER,)
        )

        assert found.band_of(date(2026, 3, 31), 0) == "cold"
        assert found.band_of(date(2026, 4, 1), 0) == "warm"

    def test_must_be_told_by_the_calendar(self) -> None:
        with pytest.raises(Invalid) as found:
            calendar(BandRule("cold", seasons=frozenset({"winter", "ice"})), seasons=(WINTER,))

        assert found.value.code == "pricing.calendar_season"
        assert found.value.facts["season"] == "ice"


class TestRules:
    def test_decide_in_their_order(self) -> None:
        found = calendar(BandRule("a", 60, 120), BandRule("b", 0, 180), BandRule("c"))

        bands = [found.band_of(date(2026, 4, 1), at) for at in (0, 59, 60, 119, 120, 179, 180)]

        assert bands == ["b", "b", "a", "a", "b", "b", "c"]

    def test_run_to_the_end_of_the_day(self) -> None:
        found = calendar(BandRule("late", 22 * 60, ALL_DAY), BandRule("early", 0, 22 * 60))

        assert found.band_of(date(2026, 4, 1), 1439) == "late"
        assert found.band_of(date(2026, 4, 1), 22 * 60 - 1) == "early"
        assert found.bands == ("early", "late")

    @pytest.mark.parametrize("minute", [-1, 1440])
    def test_know_no_minute_outside_the_day(self, minute: int) -> None:
        with pytest.raises(Invalid) as found:
            calendar(BandRule("all")).band_of(date(2026, 4, 1), minute)

        assert found.value.code == "pricing.calendar_hour"
        assert found.value.facts["minute"] == str(minute)

    @pytest.mark.parametrize(("start", "end"), [(60, 60), (61, 60), (-1, 60), (0, 1441), (1440, 0)])
    def test_rise_within_a_day(self, start: int, end: int) -> None:
        with pytest.raises(Invalid) as found:
            BandRule("peak", start, end)

        assert (found.value.code, found.value.facts["band"]) == ("pricing.calendar_rule", "peak")

    def test_know_the_names_of_days(self) -> None:
        with pytest.raises(Invalid) as found:
            BandRule("peak", days=frozenset({"mon", "lun"}))

        assert found.value.code == "pricing.calendar_rule"
        assert found.value.facts["days"] == "['lun']"

    def test_of_one_minute_are_enough(self) -> None:
        assert BandRule("a", 0, 1).end == 1
        assert BandRule("a", 1439, 1440).start == 1439


class TestHolidays:
    RULES = (
        BandRule("work", days=WORK),
        BandRule("feast", days=frozenset({HOLIDAY})),
        BandRule("weekend"),
    )

    def test_are_no_day_of_the_week(self) -> None:
        found = calendar(*self.RULES, holidays=(NEW_YEAR,))

        assert date(2026, 1, 1).weekday() < 5
        assert found.band_of(date(2026, 1, 1), 0) == "feast"
        assert found.band_of(date(2026, 1, 2), 0) == "work"
        assert found.band_of(date(2026, 1, 3), 0) == "weekend"
        assert found.is_holiday(date(2026, 1, 1))
        assert not found.is_holiday(date(2026, 1, 2))

    def test_on_a_weekend_are_holidays_too(self) -> None:
        found = calendar(*self.RULES, holidays=(NEW_YEAR,))

        assert date(2028, 1, 1).weekday() == 5
        assert found.band_of(date(2028, 1, 1), 0) == "feast"

    def test_follow_easter(self) -> None:
        good_friday = HolidayRule("Good Friday", pricing.ALWAYS, "test", days_after_easter=-2)
        found = calendar(*self.RULES, holidays=(good_friday,))

        assert found.band_of(date(2026, 4, 3), 0) == "feast"
        assert found.band_of(date(2027, 3, 26), 0) == "feast"


class TestGaps:
    @pytest.mark.parametrize(
        ("rules", "fields", "facts"),
        [
            (
                (BandRule("peak", 0, 600), BandRule("low", 601)),
                {},
                {"day": "mon", "minute": "600", "seasons": "[]"},
            ),
            ((BandRule("work", days=WORK),), {}, {"day": "sat", "minute": "0", "seasons": "[]"}),
            (
                (BandRule("any", days=frozenset(pricing.WEEKDAYS)),),
                {"holidays": (NEW_YEAR,)},
                {"day": "holiday", "minute": "0", "seasons": "[]"},
            ),
            (
                (BandRule("cold", seasons=frozenset({"winter"})),),
                {"seasons": (WINTER,)},
                {"day": "mon", "minute": "0", "seasons": "[]"},
            ),
        ],
    )
    def test_are_found_when_a_calendar_is_made(
        self, rules: tuple[BandRule, ...], fields: dict[str, Any], facts: dict[str, str]
    ) -> None:
        with pytest.raises(Invalid) as found:
            calendar(*rules, **fields)

        assert found.value.code == "pricing.calendar_bands"
        assert {name: found.value.facts[name] for name in facts} == facts

    def test_on_the_29th_of_february_alone_are_found(self) -> None:
        leap = Season("leap", (2, 29), (3, 1))
        others = Season("others", (3, 1), (2, 29))

        calendar(
            BandRule("a", seasons=frozenset({"leap"})),
            BandRule("b", seasons=frozenset({"others"})),
            seasons=(leap, others),
        )
        with pytest.raises(Invalid):
            calendar(BandRule("b", seasons=frozenset({"others"})), seasons=(leap, others))

    def test_of_validity_are_refused_on_the_day(self) -> None:
        valid = Period(date(2026, 1, 1), date(2027, 1, 1))
        found = calendar(BandRule("all"), valid=valid)

        assert found.band_of(date(2026, 12, 31), 0) == "all"
        for day in (date(2025, 12, 31), date(2027, 1, 1)):
            with pytest.raises(Invalid) as error:
                found.band_of(day, 0)
            assert error.value.code == "pricing.calendar_gap"
            assert dict(error.value.facts) == {"name": "c", "day": str(day)}

    def test_between_versions_are_refused_on_the_day(self) -> None:
        first = calendar(BandRule("all"), valid=Period(date(2026, 1, 1), date(2026, 4, 1)))
        second = calendar(BandRule("all"), valid=Period(date(2026, 4, 2)))
        banding = pricing.Banding((first, second), ("all",))

        assert banding.on(date(2026, 3, 31)) is first
        assert banding.on(date(2026, 4, 2)) is second
        with pytest.raises(Invalid) as error:
            banding.on(date(2026, 4, 1))
        assert error.value.code == "pricing.calendar_gap"
        assert dict(error.value.facts) == {"name": "c", "day": "2026-04-01"}


class TestInstants:
    def test_count_by_the_local_clock(self) -> None:
        found = calendar(BandRule("night", 0, 120), BandRule("day"))

        # Madrid is one hour before UTC in winter, two in summer.
        assert found.band_at(datetime(2026, 1, 15, 0, 59, tzinfo=UTC)) == "night"
        assert found.band_at(datetime(2026, 1, 15, 1, 0, tzinfo=UTC)) == "day"
        assert found.band_at(datetime(2026, 7, 14, 23, 59, tzinfo=UTC)) == "night"
        assert found.band_at(datetime(2026, 7, 15, 0, 0, tzinfo=UTC)) == "day"
        assert found.band_at(datetime(2026, 7, 14, 21, 59, tzinfo=UTC)) == "day"

    def test_of_a_period_are_counted_in_real_hours(self) -> None:
        found = calendar(BandRule("night", 0, 180), BandRule("day"))

        assert found.hours(Period(date(2026, 3, 28), date(2026, 3, 30))) == (
            ("day", 42),
            ("night", 5),
        )
        assert found.hours(Period(date(2026, 10, 25), date(2026, 10, 26))) == (
            ("day", 21),
            ("night", 4),
        )
