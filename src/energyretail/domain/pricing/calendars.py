"""Which band counts at which moment of local time: seasons, days of the week, holidays, hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from energyretail.domain.pricing.faults import refuse, together
from energyretail.domain.shared import HolidayRule, Invalid, MarketTime, Period

__all__ = ["ALL_DAY", "HOLIDAY", "WEEKDAYS", "BandCalendar", "BandRule", "Season", "season_faults"]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY: Final = "holiday"
ALL_DAY: Final = 24 * 60


@attrs.frozen
class Season:
    """The days of every year from `start` to before `end`, each (month, day); may wrap the year.

    Raises Invalid ``pricing.calendar_season`` (no days, or all of them, are no season).
    """

    name: str
    start: tuple[int, int]
    end: tuple[int, int]

    def __attrs_post_init__(self) -> None:
        if self.start == self.end:
            raise Invalid(
                "pricing.calendar_season", "it ends on the day it begins", season=self.name
            )

    def __contains__(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@attrs.frozen
class BandRule:
    """The moments that count for `band`: minutes of the local day from `start` to before `end`.

    `days` are names of WEEKDAYS and HOLIDAY, `seasons` names of seasons; empty means all.

    Raises Invalid ``pricing.calendar_rule`` (no such day; minutes not rising within the day).
    """

    band: str
    start: int = 0
    end: int = ALL_DAY
    days: frozenset[str] = frozenset()
    seasons: frozenset[str] = frozenset()

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.start < self.end <= ALL_DAY:
            raise Invalid("pricing.calendar_rule", "minutes rise within a day", band=self.band)
        if unknown := self.days - {*WEEKDAYS, HOLIDAY}:
            raise Invalid("pricing.calendar_rule", "no such day", days=sorted(unknown))

    def fits(self, day: str, seasons: frozenset[str]) -> bool:
        """Tell whether it holds on a kind of day in the seasons it is in."""
        right_day = not self.days or day in self.days
        return right_day and (not self.seasons or bool(self.seasons & seasons))


def season_faults(
    rules: Iterable[BandRule], seasons: Iterable[Season]
) -> Iterator[tuple[int, Invalid]]:
    """Yield each season that a rule names and the calendar does not tell, and the rule's place."""
    known = {season.name for season in seasons}
    for at, rule in enumerate(rules):
        for season in sorted(rule.seasons - known):
            yield at, Invalid("pricing.calendar_season", "no such season", season=season)


_Kind = tuple[str, frozenset[str]]  # the name of a weekday or HOLIDAY, and the seasons


@attrs.frozen
class BandCalendar:
    """Bands by local time: on every day the first of `rules` that fits a moment decides.

    A holiday is HOLIDAY and no day of the week. `valid` and `source` name the rule it follows.

    Raises Invalid ``pricing.calendar_bands`` when a moment of some kind of day fits no rule,
    ``pricing.calendar_season`` when a rule names a season that is not there.
    """

    name: str
    zone: MarketTime
    valid: Period
    source: str
    rules: tuple[BandRule, ...]
    holidays: tuple[HolidayRule, ...] = ()
    seasons: tuple[Season, ...] = ()

    def __attrs_post_init__(self) -> None:
        refuse(error for _, error in season_faults(self.rules, self.seasons))
        together(self._minutes, self._kinds())

    @property
    def bands(self) -> tuple[str, ...]:
        """All bands in order of name."""
        return tuple(sorted({rule.band for rule in self.rules}))

    def is_holiday(self, day: date) -> bool:
        """Tell whether a holiday rule falls on `day`."""
        return any(rule.falls_on(day) for rule in self.holidays)

    def band_of(self, day: date, minute: int) -> str:
        """Return the band of a `minute` (0 to 1439) of the wall clock on a local day.

        Raises Invalid ``pricing.calendar_gap`` outside the validity, ``pricing.calendar_hour``.
        """
        if not 0 <= minute < ALL_DAY:
            raise Invalid("pricing.calendar_hour", "a minute of a day is 0 to 1439", minute=minute)
        return self._day(day)[minute]

    def band_at(self, instant: datetime) -> str:
        """Return the band that counts at an aware instant."""
        local = instant.astimezone(ZoneInfo(self.zone.zone))
        return self.band_of(self.zone.day_of(instant), local.hour * 60 + local.minute)

    def bands_of(self, day: date, minutes: int) -> tuple[str, ...]:
        """Return the bands of the intervals of `minutes` that begin on a local day, in order."""
        whole = self._day(day)
        begin = self.zone.start_of(day).astimezone(UTC)
        end = self.zone.start_of(day + timedelta(days=1)).astimezone(UTC)
        length = (end - begin) // timedelta(minutes=1)
        if length == ALL_DAY:
            return whole[::minutes]
        zone = ZoneInfo(self.zone.zone)
        starts = (begin + timedelta(minutes=at) for at in range(0, length, minutes))
        local = (start.astimezone(zone) for start in starts)
        return tuple(whole[at.hour * 60 + at.minute] for at in local)

    def in_bands(self, day: date, minutes: int, bands: tuple[str, ...]) -> tuple[bool, ...]:
        """Tell of the intervals of `bands_of` whether they are in some bands."""
        asked = day, minutes, bands
        if asked not in self._chosen:
            self._chosen[asked] = tuple(band in bands for band in self.bands_of(day, minutes))
        return self._chosen[asked]

    def hours(self, period: Period) -> tuple[tuple[str, int], ...]:
        """Return how many real hours each band counts in `period`; a day has 23 to 25."""
        found = [band for day in period.each_day() for band in self.bands_of(day, 60)]
        return tuple((band, found.count(band)) for band in self.bands)

    def _day(self, day: date) -> tuple[str, ...]:
        if day not in self.valid:
            raise Invalid("pricing.calendar_gap", "no calendar in force", name=self.name, day=day)
        kind = HOLIDAY if self.is_holiday(day) else WEEKDAYS[day.weekday()]
        return self._minutes((kind, frozenset(s.name for s in self.seasons if day in s)))

    def _minutes(self, kind: _Kind) -> tuple[str, ...]:
        if kind not in self._made:
            self._made[kind] = tuple(self._paint(kind))
        return self._made[kind]

    @cached_property
    def _chosen(self) -> dict[tuple[date, int, tuple[str, ...]], tuple[bool, ...]]:
        # A day is asked for by every supply that is billed for it.
        return {}

    @cached_property
    def _made(self) -> dict[_Kind, tuple[str, ...]]:
        # A year has a handful of kinds of days; each is painted once.
        return {}

    def _paint(self, kind: _Kind) -> Iterator[str]:
        bands = [""] * ALL_DAY
        for rule in reversed([rule for rule in self.rules if rule.fits(*kind)]):
            bands[rule.start : rule.end] = [rule.band] * (rule.end - rule.start)
        if "" in bands:
            raise Invalid(
                "pricing.calendar_bands",
                "no rule fits a moment",
                name=self.name,
                day=kind[0],
                seasons=sorted(kind[1]),
                minute=bands.index(""),
            )
        return iter(bands)

    def _kinds(self) -> Iterable[_Kind]:
        # 2000 was a leap year: every day a season may begin on is in it.
        year = Period(date(2000, 1, 1), date(2001, 1, 1))
        seasons = {
            frozenset(s.name for s in self.seasons if day in s) for day in year.each_day()
        } or {frozenset[str]()}
        names = (*WEEKDAYS, HOLIDAY) if self.holidays else WEEKDAYS
        return ((name, season) for name in names for season in seasons)
