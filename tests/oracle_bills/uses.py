"""What each register used: day by day, and interval by interval where it was measured so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from oracle_bills.days import day_of, days
from oracle_bills.figures import price_on, read

__all__ = ["Interval", "Uses", "instant_of"]

ZERO = Fraction(0)
Daily = dict[date, Fraction]
Register = tuple[str, str]


class Interval(NamedTuple):
    """Energy of some minutes, with the moment it begins at, in UTC and on the wall."""

    start: datetime
    local: datetime
    minutes: int
    kwh: Fraction


@lru_cache(maxsize=10_000)
def instant_of(iso: str) -> datetime:
    """Read an instant, in UTC."""
    return datetime.fromisoformat(iso).astimezone(UTC)


class Uses:
    """The energy of a request by flow and register."""

    def __init__(self, request: dict[str, Any]) -> None:
        """Spread every use over its days."""
        self.usage = request.get("usage", {})
        self.profiled = request["tariff"].get("division", "days") == "profile"
        self.zone = ZoneInfo(request["tariff"].get("zone", "Europe/Madrid"))
        self.daily: dict[Register, Daily] = {}
        self.intervals: dict[Register, list[Interval]] = {}
        self.kvarh: dict[str, Daily] = {}
        self._sums: dict[tuple[str, str, date, date], Fraction] = {}
        for use in self.usage.get("registers", ()):
            key = (use.get("flow", "import"), use["register"])
            _put(self.daily.setdefault(key, {}), self._spread(use, read(use["kwh"]), self.profiled))
        for use in self.usage.get("reactive", ()):
            spread = self._spread(use, read(use["kvarh"]), self.profiled)
            _put(self.kvarh.setdefault(use["register"], {}), spread)
        self.converted = ZERO
        for use in self.usage.get("volumes", ()):
            daily = dict(self._convert(use))
            self.converted += sum(daily.values(), ZERO)
            _put(self.daily.setdefault(("import", use["register"]), {}), daily.items())
        for series in self.usage.get("intervals", ()):
            self._measure(series)

    def registers(self, flow: str, chosen: Iterable[str] | None = None) -> list[str]:
        """Return the registers of a flow, in the order of the request, or those chosen."""
        return [name for f, name in self.daily if f == flow and (chosen is None or name in chosen)]

    def energy(self, flow: str, register: str, first: date, end: date) -> Fraction:
        """Return the kWh of a register in some days."""
        key = (flow, register, first, end)
        if key not in self._sums:
            daily = self.daily.get((flow, register), {})
            self._sums[key] = sum((daily.get(day, ZERO) for day in days(first, end)), ZERO)
        return self._sums[key]

    def measured(
        self, flow: str, register: str, first: date, end: date, fits: Callable[[Interval], bool]
    ) -> list[Interval]:
        """Return the intervals of a register that begin in some local days, those that fit."""
        return [
            one
            for one in self.intervals[flow, register]
            if first <= one.local.date() < end and fits(one)
        ]

    def reactive(self, register: str, first: date, end: date) -> Fraction:
        """Return the kvarh of a register in some days."""
        return sum((self.kvarh[register].get(day, ZERO) for day in days(first, end)), ZERO)

    def peak(self, register: str, month: str, first: date, end: date) -> Fraction | None:
        """Return the power of a register in a month, told or measured in the billed days."""
        for peak in self.usage.get("peaks", ()):
            if (peak["register"], peak["month"]) == (register, month):
                return read(peak["value"])
        powers = (
            one.kwh * 60 / one.minutes
            for one in self.intervals.get(("import", register), ())
            if f"{one.local:%Y-%m}" == month and first <= one.local.date() < end
        )
        return max(powers, default=None)

    def _spread(
        self, use: dict[str, Any], total: Fraction, profiled: bool
    ) -> Iterator[tuple[date, Fraction]]:
        span = list(days(day_of(use["from"]), day_of(use["to"])))
        weights = [Fraction(1)] * len(span)
        if profiled and "profile" in self.usage:
            begin = day_of(self.usage["profile"]["from"]).toordinal()
            told = self.usage["profile"]["weights"]
            weights = [read(told[day.toordinal() - begin]) for day in span]
        unit = total / sum(weights)
        return zip(span, [unit * weight for weight in weights], strict=True)

    def _convert(self, use: dict[str, Any]) -> Iterator[tuple[date, Fraction]]:
        span = list(days(day_of(use["from"]), day_of(use["to"])))
        by = next(c for c in self.usage["conversions"] if c["name"] == use["conversion"])
        divisor = Fraction(18, 5) if by["unit"] == "MJ/m3" else 1
        cubic = read(use["volume"]) * read(by.get("m3_per_unit", "1")) / len(span) / divisor
        for day in span:
            correction = price_on(by.get("correction", "1"), day)
            yield day, cubic * correction * price_on(by["calorific_value"], day)

    def _measure(self, series: dict[str, Any]) -> None:
        key = (series.get("flow", "import"), series["register"])
        measured, daily = self.intervals.setdefault(key, []), self.daily.setdefault(key, {})
        start, minutes = instant_of(series["start"]), series["minutes"]
        for place, kwh in enumerate(series["kwh"]):
            moment = start + timedelta(minutes=minutes * place)
            local = moment.astimezone(self.zone)
            measured.append(Interval(moment, local, minutes, read(kwh)))
            daily[local.date()] = daily.get(local.date(), ZERO) + read(kwh)


def _put(daily: Daily, spread: Iterable[tuple[date, Fraction]]) -> None:
    for day, kwh in spread:
        daily[day] = daily.get(day, ZERO) + kwh
