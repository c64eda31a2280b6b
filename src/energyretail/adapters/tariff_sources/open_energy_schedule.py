"""Schedules of Open Energy Tariffs, which paint bands on the hours of a week, as calendars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from energyretail.adapters.tariff_sources.imported import Document
from energyretail.adapters.tariff_sources.json_fields import Fields
from energyretail.domain.shared import Invalid, Refused

__all__ = ["INTERVAL", "SEASON", "Season", "calendar", "seasons_of"]

INTERVAL: Final = frozenset({"days", "from", "to", "band"})
SEASON: Final = frozenset({"id", "name", "from", "to"})

_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED: Final = {"all": _WEEK, "weekday": _WEEK[:5], "weekend": _WEEK[5:]}
_CLOCK: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_DAY: Final = 24 * 60


@attrs.frozen
class Season:
    """Months of the year, from 0 for January; they may run over the new year."""

    id: str
    name: str
    months: tuple[int, ...]

    @property
    def is_whole_year(self) -> bool:
        """Tell whether it is no season at all."""
        return len(self.months) == 12

    def document(self) -> Document:
        """Return it as the tariff format has it: from a day to before a day."""
        end = (self.months[-1] + 1) % 12
        return {
            "name": self.id, "from": f"{self.months[0] + 1:02}-01", "to": f"{end + 1:02}-01"
        }  # fmt: skip


@attrs.frozen
class _Interval:
    """Minutes of some days of the week, half-open, painted with a band; never over midnight."""

    place: str
    days: tuple[str, ...]
    start: int
    end: int
    band: str


def seasons_of(found: Iterable[Fields]) -> dict[str, Season]:
    """Return the seasons by id; raises Invalid ``tariff_source.twice`` for an id that is double."""
    seasons: dict[str, Season] = {}
    for each in found:
        first, last = each.month("from"), each.month("to")
        months = tuple((first + after) % 12 for after in range((last - first) % 12 + 1))
        season = Season(each.text("id"), each.text("name"), months)
        if season.id in seasons:
            raise Invalid("tariff_source.twice", "there already", place=each.place, id=season.id)
        seasons[season.id] = season
    return seasons


def calendar(
    name: str,
    schedule: Iterable[Fields],
    bands: dict[str, tuple[tuple[Season | None, str], ...]],
    *,
    source: str,
) -> Document:
    """Return a schedule as a calendar.

    `bands` gives for each band of the schedule the names it becomes, season by season, the one
    that counts otherwise last. Raises Invalid ``tariff_source.band_unknown``,
    ``tariff_source.schedule_overlap`` and ``tariff_source.schedule_gap``, Refused
    ``tariff_source.midnight`` for an interval over midnight on some days only: the format does
    not say whose night it is.
    """
    intervals = [part for each in schedule for part in _parts(each)]
    for interval in intervals:
        if interval.band not in bands:
            raise Invalid(
                "tariff_source.band_unknown", "no such band",
                place=interval.place, band=interval.band,
            )  # fmt: skip
    _require_whole_week(name, intervals)
    used = {
        season.id: season
        for interval in intervals
        for season, _ in bands[interval.band]
        if season is not None and not season.is_whole_year
    }
    made: Document = {"name": name, "source": source}
    if used:
        made["seasons"] = [season.document() for season in used.values()]
    made["rules"] = [rule for each in intervals for rule in _rules(each, bands[each.band])]
    return made


def _parts(each: Fields) -> Iterator[_Interval]:
    days, band = _days(each), each.text("band")
    start, end = _minute(each, "from"), _minute(each, "to")
    if start < end:
        yield _Interval(each.place, days, start, end, band)
        return
    if start == end:
        raise Invalid("tariff_source.time", "begins when it ends", place=each.place)
    if days != _WEEK:
        raise Refused("tariff_source.midnight", "over midnight on some days only", place=each.place)
    yield _Interval(each.place, days, start, _DAY, band)
    if end:
        yield _Interval(each.place, days, 0, end, band)


def _days(each: Fields) -> tuple[str, ...]:
    found = each.value("days")
    if isinstance(found, str) and found in _NAMED:
        return _NAMED[found]
    if not isinstance(found, list) or not found or not set(map(str, found)) <= set(_WEEK):
        raise Invalid("tariff_source.days", "no such days", place=each.place, days=found)
    return tuple(day for day in _WEEK if day in found)


def _minute(each: Fields, name: str) -> int:
    text = each.text(name)
    if not _CLOCK.fullmatch(text):
        raise Invalid("tariff_source.time", "no time of day", place=each.place, time=text)
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _require_whole_week(name: str, intervals: list[_Interval]) -> None:
    for day in _WEEK:
        painted = sorted(
            (each.start, each.end, each.place) for each in intervals if day in each.days
        )
        until = 0
        for start, end, place in [*painted, (_DAY, _DAY, name)]:
            if start > until:
                raise Invalid(
                    "tariff_source.schedule_gap", "minutes without a band",
                    calendar=name, day=day, minute=until,
                )  # fmt: skip
            if start < until:
                raise Invalid(
                    "tariff_source.schedule_overlap", "minutes with two bands",
                    place=place, day=day, minute=start,
                )  # fmt: skip
            until = end


def _rules(interval: _Interval, names: tuple[tuple[Season | None, str], ...]) -> Iterator[Document]:
    """Yield a rule a season, the one that always fits last: the first that fits decides."""
    for season, band in names:
        rule: Document = {"band": band}
        if season is not None and not season.is_whole_year:
            rule["seasons"] = [season.id]
        if interval.days != _WEEK:
            rule["days"] = [*interval.days]
        if (interval.start, interval.end) != (0, _DAY):
            rule["from"], rule["to"] = _clock(interval.start), _clock(interval.end)
        yield rule


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
