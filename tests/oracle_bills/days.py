"""Days: shares of months and years, anniversaries, and where a period is cut."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from oracle_bills.figures import dated

__all__ = [
    "counter_begin",
    "cut",
    "day_of",
    "days",
    "month_later",
    "share",
    "shares_of_days",
    "year_start",
]

ONE = timedelta(days=1)
Span = tuple[date, date]


@lru_cache(maxsize=100_000)
def day_of(iso: str) -> date:
    """Read a day."""
    return date.fromisoformat(iso)


def days(first: date, end: date) -> Iterator[date]:
    """Yield the days from `first` to before `end`."""
    for ordinal in range(first.toordinal(), end.toordinal()):
        yield date.fromordinal(ordinal)


def month_later(day: date, months: int) -> date:
    """Return the day so many months later, the last of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def year_start(day: date, begin: date) -> date:
    """Return the first day of the year that `day` is in, of years that begin like `begin`."""
    start = month_later(begin, 12 * (day.year - begin.year))
    return start if start <= day else month_later(begin, 12 * (day.year - 1 - begin.year))


@lru_cache(maxsize=100_000)
def share(kind: str, per: str, anchor: int, day: date) -> Fraction:
    """Return the share of a month or year that one day is."""
    if per == "day":
        return Fraction(1)
    if kind == "days_in_month":
        month = Fraction(1, _month_length(day, anchor))
        return month if per == "month" else month / 12
    month_days, year_days = {
        "days_365": (Fraction(365, 12), Fraction(365)),
        "days_366": (Fraction(366, 12), Fraction(366)),
        "days_360": (Fraction(30), Fraction(360)),
        "days_30_4375": (Fraction("30.4375"), Fraction("365.25")),
        "days_30_4167": (Fraction("30.4167"), Fraction(365)),
        "days_in_year": _calendar_year(day),
    }[kind]
    return 1 / (month_days if per == "month" else year_days)


def _calendar_year(day: date) -> tuple[Fraction, Fraction]:
    length = Fraction(366 if calendar.isleap(day.year) else 365)
    return length / 12, length


def _month_length(day: date, anchor: int) -> int:
    begin = _anchored(day.year, day.month, anchor)
    if begin > day:
        begin = _anchored(day.year - (day.month == 1), (day.month - 2) % 12 + 1, anchor)
    year, month = begin.year + begin.month // 12, begin.month % 12 + 1
    return (_anchored(year, month, anchor) - begin).days


def _anchored(year: int, month: int, anchor: int) -> date:
    return date(year, month, min(anchor, calendar.monthrange(year, month)[1]))


@lru_cache(maxsize=20_000)
def shares_of_days(kind: str, per: str, anchor: int, first: date, end: date) -> Counter[Fraction]:
    """Count the days of a span by the share that each of them is."""
    return Counter(share(kind, per, anchor, day) for day in days(first, end))


def cut(request: dict[str, Any], first: date, end: date) -> list[Span]:
    """Cut a span on every day on which anything in the tariff changes."""
    inside = sorted(day for day in set(_changes(request, first, end)) if first < day < end)
    return list(zip([first, *inside], [*inside, end], strict=True))


def _changes(request: dict[str, Any], first: date, end: date) -> Iterator[date]:
    tariff, since = request["tariff"], request.get("contract", {}).get("since")
    told = [tariff["components"], request.get("indices", [])]
    if tariff.get("tax_point", "pro_rata") == "pro_rata":
        told.append(tariff.get("taxes", []))
    yield from map(day_of, dated(told))
    for holder in request.get("usage", {}).get("powers", ()):
        yield from (day_of(holder[side]) for side in ("from", "to") if side in holder)
    for component in [*tariff["components"], *tariff.get("calendars", ())]:
        valid = component.get("valid", {})
        yield from (day_of(valid[side]) for side in ("from", "to") if side in valid)
        if component.get("months"):
            yield month_later(day_of(since), component["months"])
        begin = counter_begin(component, since)
        if begin:
            yield from (year_start(day, begin) for day in (first, end - ONE))
            yield from (year_start(date(year, 12, 31), begin) for year in _years(first, end))
    kinds = {component["kind"] for component in tariff["components"]}
    if kinds & {"demand", "overrun"} or tariff.get("tax_point") == "delivery_month":
        yield from (day for day in days(first, end) if day.day == 1)


def _years(first: date, end: date) -> range:
    return range(first.year, end.year + 1)


def counter_begin(component: dict[str, Any], since: str | None) -> date | None:
    """Return a first day of a year of the counter of blocks, or nothing where none is kept."""
    if component.get("counted_over") == "tax_year":
        return day_of(f"2000-{component.get('year_starts', '01-01')}")
    if component.get("counted_over") == "contract_year":
        assert since is not None
        return day_of(since)
    return None
