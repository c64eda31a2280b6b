"""Published grids as tariffs, and a year of real hourly readings to price by them."""

from __future__ import annotations

import csv
import functools
import gzip
import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from energyretail.adapters.tariff_json import rate_document
from energyretail.adapters.tariff_sources import Document, import_tariffs

__all__ = [
    "CENT", "TARIFFS", "Hour", "by_register", "coded", "hours", "intervals", "near", "needs_data",
    "priced", "span",
]  # fmt: skip

DATA = Path(os.environ.get("ENERGYRETAIL_DATA", Path(__file__).parents[3] / "shared" / "data"))
TARIFFS = DATA / "tariffs"
CENT = Decimal("0.01")
needs_data = pytest.mark.skipif(
    not TARIFFS.is_dir() or not (DATA / "readings" / "opendsm-uk-il").is_dir(),
    reason="no published tariffs and hourly readings: ENERGYRETAIL_DATA names where they are",
)

_READ_FROM = date(2021, 1, 1)
_WEEK = timedelta(weeks=1)


@attrs.frozen
class Hour:
    """The kWh of one hour, which begins at a moment of local time."""

    start: datetime
    kwh: Decimal


@functools.cache
def _readings(fuel: str) -> dict[datetime, Decimal]:
    """Return the hours of the British sample, in UTC.

    Nothing is mended: a file with an hour missing or below zero fails the test that reads it.
    Sums of half-hours made by floats are brought back to nine places.
    """
    file = DATA / "readings" / "opendsm-uk-il" / f"uk-{fuel}-hdd-only-hourly-sample-0.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        rows = [(each["start"], each["value"]) for each in csv.DictReader(text)]
    assert all(value for _, value in rows), "an hour is missing"
    found = {datetime.fromisoformat(at): Decimal(value) for at, value in rows}
    assert min(found.values()) >= 0, "an hour is below zero"
    return {at: round(value, 9).normalize() for at, value in found.items()}


def hours(fuel: str, start: date, end: date, zone: str) -> list[Hour]:
    """Return the hours of the days from `start` to before `end`.

    They are those of 2021 (and 2022 beyond), moved by whole weeks, so that a Monday stays one.
    """
    readings, tz = _readings(fuel), ZoneInfo(zone)
    moved = (start - _READ_FROM) // _WEEK * _WEEK
    first, last = (datetime.combine(day, time(), tzinfo=tz).astimezone(UTC) for day in (start, end))
    count = (last - first) // timedelta(hours=1)
    instants = [first + timedelta(hours=n) for n in range(count)]
    return [Hour(at.astimezone(tz), readings[at - moved]) for at in instants]


def intervals(register: str, found: list[Hour]) -> dict[str, Any]:
    """Return the hours as an entry of ``usage.intervals``."""
    return {
        "register": register,
        "start": found[0].start.isoformat(),
        "minutes": 60,
        "kwh": [format(each.kwh, "f") for each in found],
    }


def by_register(
    found: list[Hour],
    register_of: Callable[[datetime], str],
    registers: list[str],
    cuts: list[date],
) -> Iterator[dict[str, Any]]:
    """Yield the hours as entries of ``usage.registers``, one a register and span between cuts."""
    for start, end in itertools.pairwise(cuts):
        sums = dict.fromkeys(registers, Decimal(0))
        for each in found:
            if start <= each.start.date() < end:
                sums[register_of(each.start)] += each.kwh
        for register, kwh in sums.items():
            span = {"from": start.isoformat(), "to": end.isoformat()}
            yield {"register": register, **span, "kwh": format(kwh, "f")}


def span(period: tuple[date, date]) -> dict[str, str]:
    """Return a period as documents write it."""
    return {"from": period[0].isoformat(), "to": period[1].isoformat()}


def priced(tariff: Document, period: tuple[date, date], usage: Document) -> Any:
    """Return the bill of a period."""
    return rate_document({"tariff": tariff, "period": span(period), "usage": usage})


def near(bill: Any, net: Decimal) -> bool:
    """Tell whether a bill is the exact amount but for the rounding of its lines."""
    room = Decimal("0.005") * (len(bill["lines"]) + 1)
    return abs(Decimal(bill["net"]) - net) <= room


def coded(name: str, folder: str) -> dict[str, Document]:
    """Return the tariffs of a format in a folder of published ones, by code."""
    return {each["code"]: each for each in import_tariffs(name, TARIFFS / folder).tariffs}
