"""Working days by dated holiday rules: TARGET days for money, national days for switching."""

from __future__ import annotations

from datetime import date, timedelta

import attrs

from energyretail.domain.shared.errors import Invalid
from energyretail.domain.shared.periods import Period

__all__ = ["TARGET", "HolidayRule", "WorkingDays", "easter_sunday"]


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus/Jones/Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


@attrs.frozen
class HolidayRule:
    """One closing day a year: a fixed (month, day), or a number of days after Easter Sunday.

    In force in the years that `valid` covers on that day; `source` names the text it is from.

    Raises Invalid ``calendar.rule`` (it is on one of the two, not on both or none).
    """

    name: str
    valid: Period
    source: str
    fixed: tuple[int, int] | None = None
    days_after_easter: int | None = None

    def __attrs_post_init__(self) -> None:
        if (self.fixed is None) == (self.days_after_easter is None):
            raise Invalid(
                "calendar.rule",
                "one of a fixed day, an Easter offset and a single date, no more",
                rule=self.name,
            )

    def falls_on(self, day: date) -> bool:
        """Tell whether `day` is this holiday."""
        if day not in self.valid:
            return False
        if self.fixed is not None:
            return (day.month, day.day) == self.fixed
        return day == easter_sunday(day.year) + timedelta(days=self.days_after_easter or 0)


@attrs.frozen
class WorkingDays:
    """A calendar of working days: not Saturday, not Sunday, and no holiday rule."""

    name: str
    holidays: tuple[HolidayRule, ...]

    def is_holiday(self, day: date) -> bool:
        """Tell whether a holiday rule falls on `day`; a weekend alone is no holiday."""
        return any(rule.falls_on(day) for rule in self.holidays)

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is a working day."""
        return day.weekday() < 5 and not self.is_holiday(day)

    def on_or_after(self, day: date) -> date:
        """Return the first working day from `day` on, itself included."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def on_or_before(self, day: date) -> date:
        """Return the last working day up to `day`, itself included."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def add(self, day: date, working_days: int) -> date:
        """Return the `working_days`-th working day after `day`, or before it when negative.

        Zero returns `day` itself, working or not.
        """
        step = timedelta(days=1 if working_days >= 0 else -1)
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working(day):
                day += step
        return day


def _target_rules() -> tuple[HolidayRule, ...]:
    valid = Period(date(2002, 1, 1))
    source = "ECB, TARGET closing days since 2002"
    fixed = {
        "New Year": (1, 1),
        "Labour Day": (5, 1),
        "Christmas": (12, 25),
        "26 December": (12, 26),
    }
    moving = {"Good Friday": -2, "Easter Monday": 1}
    return (
        *(HolidayRule(n, valid, source, fixed=day) for n, day in fixed.items()),
        *(HolidayRule(n, valid, source, days_after_easter=d) for n, d in moving.items()),
    )


TARGET = WorkingDays("TARGET", _target_rules())
