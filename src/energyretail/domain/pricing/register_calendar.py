"""Which register counts at which hour of the local day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs

from energyretail.domain.shared import HolidayRule, Invalid, MarketTime, Period

__all__ = ["HourBand", "RegisterCalendar"]


@attrs.frozen
class HourBand:
    """The local hours from `start` to before `end` (0 to 24) that `register` counts."""

    start: int
    end: int
    register: str


@attrs.frozen
class RegisterCalendar:
    """Registers by local hour: `working` days by bands, all other days by one register.

    `holidays` count as weekends. Refuses bands that do not cover the 24 hours once
    (``pricing.calendar_bands``). `valid` and `source` name the rule it follows.
    """

    name: str
    zone: MarketTime
    valid: Period
    source: str
    working: tuple[HourBand, ...] = attrs.field()
    otherwise: str
    holidays: tuple[HolidayRule, ...]

    @working.validator
    def _whole_day(self, _: object, working: tuple[HourBand, ...]) -> None:
        hours = [hour for band in working for hour in range(band.start, band.end)]
        if sorted(hours) != list(range(24)):
            raise Invalid("pricing.calendar_bands", "bands must cover each hour once")

    @property
    def registers(self) -> tuple[str, ...]:
        """All registers in order of name."""
        return tuple(sorted({self.otherwise, *(band.register for band in self.working)}))

    def is_working(self, day: date) -> bool:
        """Tell whether the bands of a working day hold on `day`."""
        return day.weekday() < 5 and not any(rule.falls_on(day) for rule in self.holidays)

    def register_of(self, day: date, hour: int) -> str:
        """Return the register that counts the local `hour` (0 to 23) of `day`.

        Raises Invalid ``pricing.calendar_gap`` outside the validity, ``pricing.calendar_hour``.
        """
        if day not in self.valid:
            raise Invalid("pricing.calendar_gap", "no calendar in force", name=self.name, day=day)
        if not 0 <= hour < 24:
            raise Invalid("pricing.calendar_hour", "an hour is 0 to 23", hour=hour)
        if not self.is_working(day):
            return self.otherwise
        return next(b.register for b in self.working if b.start <= hour < b.end)

    def register_at(self, instant: datetime) -> str:
        """Return the register that counts at an aware instant."""
        return self.register_of(self.zone.day_of(instant), self._local(instant).hour)

    def hours(self, period: Period) -> tuple[tuple[str, int], ...]:
        """Return how many real hours each register counts in `period`; a day has 23 to 25."""
        return tuple(
            (register, sum(1 for found in self._each_hour(period) if found == register))
            for register in self.registers
        )

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.zone.zone))

    def _each_hour(self, period: Period) -> Iterable[str]:
        return (
            self.register_of(day, instant.hour)
            for day in period.each_day()
            for instant in self.zone.hours_of(day)
        )
