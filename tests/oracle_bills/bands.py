"""Bands of a calendar at moments of local time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from oracle_bills.days import day_of

__all__ = ["band_at", "easter"]

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=500)
def easter(year: int) -> date:
    """Return Easter Sunday, by Gauss: the Sunday after the first full moon of spring."""
    century = year // 100
    moon = (15 - (13 + 8 * century) // 25 + century - century // 4) % 30
    d = (19 * (year % 19) + moon) % 30
    e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + (4 + century - century // 4) % 7) % 7
    days = 22 + d + e
    if (d == 29 and e == 6) or (d == 28 and e == 6 and (11 * moon + 11) % 30 < 19):
        days -= 7
    return date(year, 3, 1) + timedelta(days=days - 1)


def band_at(calendars: list[dict[str, Any]], name: str, moment: datetime) -> str:
    """Return the band of the first rule that fits a moment of the wall clock."""
    today = moment.date()
    calendar = next(one for one in calendars if one["name"] == name and _valid(one, today))
    kind = "holiday" if _is_holiday(calendar, today) else WEEK[today.weekday()]
    clock = f"{moment.hour:02}:{moment.minute:02}"
    for rule in calendar["rules"]:
        if kind not in rule.get("days", (kind,)):
            continue
        if "seasons" in rule and not _in_season(calendar, rule["seasons"], f"{today:%m-%d}"):
            continue
        if rule.get("from", "00:00") <= clock < rule.get("to", "24:00"):
            return str(rule["band"])
    raise LookupError(f"no rule of {name} fits {moment}")


def _valid(calendar: dict[str, Any], day: date) -> bool:
    valid = calendar.get("valid", {"from": "0001-01-01"})
    return bool(valid["from"] <= day.isoformat() < valid.get("to", "9999-99-99"))


def _is_holiday(calendar: dict[str, Any], day: date) -> bool:
    for holiday in calendar.get("holidays", ()):
        if "fixed" in holiday and holiday["fixed"] == f"{day:%m-%d}":
            return True
        if "date" in holiday and day_of(holiday["date"]) == day:
            return True
        if "easter" in holiday and easter(day.year) + timedelta(days=holiday["easter"]) == day:
            return True
    return False


def _in_season(calendar: dict[str, Any], names: list[str], today: str) -> bool:
    for season in calendar.get("seasons", ()):
        if season["name"] in names:
            begin, end = season["from"], season["to"]
            if begin <= today < end or (end <= begin and not end <= today < begin):
                return True
    return False
