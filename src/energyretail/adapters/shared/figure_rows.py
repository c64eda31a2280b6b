"""Published figures as rows: what is told whole under its name, and interval indices by day."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from math import gcd
from typing import Any, Final

import attrs

from energyretail.domain import pricing
from energyretail.domain.shared import Conflict, Invalid, Period

__all__ = [
    "FigureRow",
    "figures_of",
    "refuse_other_sort",
    "rows_of",
    "told_last",
    "with_days_changed",
]

_DATED, _INTERVALS = "index", "interval_index"
_OTHER_SORT: Final = {_DATED: _INTERVALS, _INTERVALS: _DATED}
_EVER: Final = Period(date.min)


@attrs.frozen
class FigureRow:
    """A figure; `days` are those on which it differs from the one of its key before it."""

    sort: str
    name: str
    days: Period
    body: str
    number: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """Whatever is told under it later takes its place; of an index each begin is one."""
        begin = json.loads(self.body)["start"] if self.sort == _INTERVALS else ""
        return self.sort, self.name, begin


def rows_of(figures: pricing.PublishedFigures) -> Iterator[FigureRow]:
    """Yield figures as rows that concern every day; an interval index by the days of UTC.

    Raises Invalid ``billing.measured.step`` for steps that do not divide the hour.
    """
    for index in figures.indices:
        if isinstance(index, pricing.IntervalIndex):
            yield from _days(index)
        else:
            yield _row("index", index.name, _dated_json(index))
    for conversion in figures.conversions:
        yield _row("conversion", conversion.name, _conversion_json(conversion))
    for profile in figures.profiles:
        days = Period(profile.start, profile.start + timedelta(days=len(profile.weights)))
        body = {"start": profile.start, "weights": profile.weights}
        yield _row("profile", profile.name, body, days)


def _row(sort: str, name: str, body: Mapping[str, Any], days: Period = _EVER) -> FigureRow:
    text = json.dumps(body, default=_text, ensure_ascii=False, sort_keys=True)
    return FigureRow(sort, name, days, text)


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _days(index: pricing.IntervalIndex) -> Iterator[FigureRow]:
    step = timedelta(minutes=index.minutes)
    origin = index.start.astimezone(UTC)
    if 60 % index.minutes or origin.minute % index.minutes or origin.second:
        raise Invalid(
            "billing.measured.step",
            "an index has steps that divide the hour and begin with it",
            index=index.name,
            minutes=index.minutes,
        )
    placed = ((origin + at * step, value) for at, value in enumerate(index.values))
    for day, some in groupby(placed, key=lambda each: each[0].date()):
        known = list(some)
        body = {
            "start": known[0][0].isoformat(),
            "minutes": index.minutes,
            "values": [value for _, value in known],
            "source": index.source,
        }
        yield _row(_INTERVALS, index.name, body, Period(day, day + timedelta(days=1)))


def refuse_other_sort(told: Iterable[FigureRow], known: Collection[tuple[str, str]]) -> None:
    """Raise Conflict ``billing.figure.sort`` where a name is, or would be, an index of two sorts.

    `known` holds the sort and name of each index, as it was told last: a bill that reads one by
    name must find one.
    """
    for row in told:
        other = _OTHER_SORT.get(row.sort)
        if (other, row.name) in known:
            raise Conflict(
                "billing.figure.sort",
                "the name is that of an index told by days, or by intervals",
                name=row.name,
                kept_as=other,
            )


def told_last(rows: Iterable[FigureRow]) -> list[FigureRow]:
    """Return rows in their order, of a name kept as an index of two sorts those of the newest.

    Nobody can tell a name so any more. All rows of a name are asked for, of whatever days: which
    sort is the newest must not hang on the days that somebody reads.
    """
    told = sorted(rows, key=lambda row: row.number)
    newest = {row.name: row.sort for row in told if row.sort in _OTHER_SORT}
    return [row for row in told if _OTHER_SORT.get(row.sort, "") != newest.get(row.name)]


def with_days_changed(row: FigureRow, before: FigureRow | None) -> FigureRow | None:
    """Return a row with the days on which it is news after `before`; None where it is none."""
    if before is None:
        return row
    if before.body == row.body:
        return None
    if row.sort not in ("index", "conversion"):
        return row
    old, new = json.loads(before.body), json.loads(row.body)
    return attrs.evolve(row, days=Period(_first_change(old, new)))


def _first_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> date:
    dated = [name for name in new if isinstance(new[name], Mapping)]
    if any(old.get(name) != new[name] for name in new if name not in dated):
        return date.min
    changes = [_first_difference(old[name], new[name]) for name in dated]
    return min((day for day in changes if day is not None), default=date.min)


def _first_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> date | None:
    before, after = _dated_of("", old), _dated_of("", new)
    bounds = (v.period for price in (before, after) for v in price.versions)
    cuts = {day for period in bounds for day in (period.start, period.end) if day is not None}
    for day in sorted({date.min} | cuts):
        if _on(before, day) != _on(after, day):
            return day
    return None


def _on(price: pricing.DatedPrice, day: date) -> tuple[object, ...] | None:
    for version in price.versions:
        if day in version.period:
            return version.value, version.source
    return None


def figures_of(rows: Iterable[FigureRow]) -> pricing.PublishedFigures:
    """Return what rows tell; of one key the newest holds, of an index the newest interval.

    Of a name kept as an index of two sorts only `told_last` may be among them.
    """
    found = sorted(rows, key=lambda row: row.number)
    whole = {row.key: row for row in found if row.sort != _INTERVALS}
    by_name: dict[str, list[FigureRow]] = {}
    for row in found:
        if row.sort == _INTERVALS:
            by_name.setdefault(row.name, []).append(row)
    dated = [_dated_of(row.name, _body(row)) for row in whole.values() if row.sort == "index"]
    return pricing.PublishedFigures(
        indices=(*dated, *(_index_of(name, rows) for name, rows in sorted(by_name.items()))),
        conversions=tuple(_conversion_of(r) for r in whole.values() if r.sort == "conversion"),
        profiles=tuple(_profile_of(row) for row in whole.values() if row.sort == "profile"),
        told=tuple(pricing.FigureTold(row.name, row.days, row.number) for row in found),
    )


def _body(row: FigureRow) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(row.body)
    return body


def _index_of(name: str, rows: Iterable[FigureRow]) -> pricing.IntervalIndex:
    """Lay the days over each other, the newest on top, in steps that fit all of them."""
    bodies = [_body(row) for row in rows]
    minutes = gcd(*(body["minutes"] for body in bodies))
    step = timedelta(minutes=minutes)
    values: dict[datetime, Decimal | None] = {}
    for body in bodies:
        at = datetime.fromisoformat(body["start"])
        for value in body["values"]:
            price = None if value is None else Decimal(value)
            for _ in range(body["minutes"] // minutes):
                values[at] = price
                at += step
    start, last = min(values), max(values)
    count = (last - start) // step + 1
    return pricing.IntervalIndex(
        name,
        start,
        minutes,
        tuple(values.get(start + at * step) for at in range(count)),
        " / ".join(dict.fromkeys(body["source"] for body in bodies if body["source"])),
    )


def _dated_json(price: pricing.DatedPrice) -> dict[str, Any]:
    return {"price": _versions(price)}


def _versions(price: pricing.DatedPrice) -> dict[str, Any]:
    return {
        "name": price.name,
        "versions": [
            {"from": v.period.start, "to": v.period.end, "value": v.value, "source": v.source}
            for v in price.versions
        ],
    }


def _dated_of(name: str, body: Mapping[str, Any]) -> pricing.DatedPrice:
    told = body.get("price", body)
    return pricing.DatedPrice(
        name or told["name"],
        tuple(
            pricing.Version(
                Period(
                    date.fromisoformat(each["from"]),
                    None if each["to"] is None else date.fromisoformat(each["to"]),
                ),
                Decimal(each["value"]),
                each["source"],
            )
            for each in told["versions"]
        ),
    )


def _conversion_json(conversion: pricing.Conversion) -> dict[str, Any]:
    return {
        "calorific_value": _versions(conversion.calorific_value),
        "is_mj": conversion.is_mj,
        "m3_per_unit": conversion.m3_per_unit,
        "correction": _versions(conversion.correction),
        "source": conversion.source,
    }


def _conversion_of(row: FigureRow) -> pricing.Conversion:
    body = _body(row)
    return pricing.Conversion(
        row.name,
        _dated_of("", body["calorific_value"]),
        body["is_mj"],
        m3_per_unit=Decimal(body["m3_per_unit"]),
        correction=_dated_of("", body["correction"]),
        source=body["source"],
    )


def _profile_of(row: FigureRow) -> pricing.Profile:
    body = _body(row)
    weights = tuple(Decimal(weight) for weight in body["weights"])
    return pricing.Profile(row.name, date.fromisoformat(body["start"]), weights)
