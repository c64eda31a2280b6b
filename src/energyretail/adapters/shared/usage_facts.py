"""What was told of a supply point, as rows: facts by natural key, and intervals by local day."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any, Final, TypeVar

import attrs

from energyretail.application.billing import NO_VALUE
from energyretail.domain import pricing
from energyretail.domain.billing import Declared, Measured, VolumeRegister
from energyretail.domain.shared import Invalid, MarketTime, Period, Power, PowerUnit

__all__ = [
    "LOOKS_BACK",
    "SHARED_SORTS",
    "IntervalDay",
    "UsageFact",
    "days_of",
    "facts_of",
    "measured_of",
]

LOOKS_BACK: Final = timedelta(days=400)
"""How far before a bill a peak may count: a year and the month it began in."""

SHARED_SORTS: Final = ("profile", "volume")
"""Sorts of facts that mean the same for whoever shares them, on whatever day its supply began."""


@attrs.frozen
class UsageFact:
    """A fact: its natural key is `sort`, `name` and `days`; `body` is JSON in one spelling."""

    sort: str
    name: str
    days: Period
    body: str
    number: int = 0

    @property
    def key(self) -> tuple[str, str, Period]:
        """Whatever is told under it later takes its place."""
        return self.sort, self.name, self.days

    def concerns(self, span: Period) -> bool:
        """Tell whether a bill of some of these days may rest on it."""
        reach = self.days
        if self.sort == "peak":
            reach = Period(reach.start, reach.until + LOOKS_BACK)
        return reach.meets(span) is not None


@attrs.frozen
class IntervalDay:
    """A local day of a channel in whole Wh, four little-endian bytes an interval."""

    channel: str
    flow: str
    day: date
    zone: str
    minutes: int
    quality: str
    source: str
    wh: bytes
    number: int = 0

    @property
    def key(self) -> tuple[str, date]:
        """Whatever is told under it later takes its place, whichever way the energy flowed."""
        return self.channel, self.day

    @property
    def series(self) -> tuple[object, ...]:
        """What days in a row share that make one series."""
        return self.channel, self.flow, self.zone, self.minutes, self.quality, self.source


def days_of(told: Measured) -> Iterator[IntervalDay]:
    """Yield the local days of all intervals.

    Raises Invalid ``billing.measured.fine`` (an interval is in whole Wh),
    ``billing.measured.partial`` (intervals come by whole local days).
    """
    for use in told.usage.uses:
        assert isinstance(use, pricing.IntervalUse)  # Measured holds no other
        if use.places(use.period) != (0, len(use.kwh)):
            raise Invalid(
                "billing.measured.partial",
                "intervals are told by whole local days",
                register=use.register,
                start=use.start,
            )
        for day in use.period.each_day():
            first, last = use.places(Period(day, day + timedelta(days=1)))
            yield IntervalDay(
                channel=use.register,
                flow=use.flow.value,
                day=day,
                zone=use.zone.zone,
                minutes=use.minutes,
                quality=use.quality.value,
                source=use.source,
                wh=_packed(use.kwh[first:last], use.register, day),
            )


def _packed(kwh: Sequence[Decimal | None], register: str, day: date) -> bytes:
    values = [NO_VALUE if each is None else _wh(each, register, day) for each in kwh]
    return struct.pack(f"<{len(values)}i", *values)


def _wh(kwh: Decimal, register: str, day: date) -> int:
    wh = kwh.scaleb(3)
    if wh != wh.to_integral_value() or abs(wh) >= -NO_VALUE:
        raise Invalid(
            "billing.measured.fine", "an interval is in whole Wh", register=register, day=day
        )
    return int(wh)


def facts_of(told: Measured) -> Iterator[UsageFact]:
    """Yield everything but intervals; of items alike in one document each is a fact of its own."""
    seen: Counter[tuple[str, str, Period]] = Counter()
    for fact in _facts(told):
        seen[fact.key] += 1
        again = f" ({seen[fact.key]})" if seen[fact.key] > 1 else ""
        yield attrs.evolve(fact, name=f"{fact.name}{again}")


def _facts(told: Measured) -> Iterator[UsageFact]:
    usage = told.usage
    for power in usage.powers:
        yield _fact("power", power.register, power.period, _power(power.power))
    for peak in usage.peaks:
        month = Period(peak.month, (peak.month + timedelta(days=31)).replace(day=1))
        yield _fact("peak", peak.register, month, _power(peak.power))
    for reactive in usage.reactive:
        yield _fact("reactive", reactive.register, reactive.period, {"kvarh": reactive.kvarh})
    for line in usage.passed_on:
        name = " / ".join((line.component, line.label, line.source))
        yield _fact("passed_on", name, line.period, _without(line, "period"))
    for item in usage.extras:
        assert item.on is not None  # Measured holds no other
        name = " / ".join((item.component, item.label))
        yield _fact("extra", name, _one(item.on), _without(item, "on"))
    for volume in told.volumes:
        since = Period(volume.since)
        yield _fact("volume", volume.register, since, {"conversion": volume.conversion})
    for declared in told.declared:
        yield _fact("declared", "", Period(declared.since), {"percent": declared.percent})
    if told.profile:
        yield _fact("profile", "", Period(date.min), {"profile": told.profile})


def _fact(sort: str, name: str, days: Period, body: dict[str, Any]) -> UsageFact:
    text = json.dumps(body, default=_text, ensure_ascii=False, sort_keys=True)
    return UsageFact(sort, name, days, text)


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _without(value: attrs.AttrsInstance, field: str) -> dict[str, Any]:
    return attrs.asdict(value, filter=lambda each, _: each.name != field)


def _power(power: Power) -> dict[str, Any]:
    return {"value": power.value, "unit": power.unit.value}


def _one(day: date) -> Period:
    return Period(day, day + timedelta(days=1))


def measured_of(facts: Iterable[UsageFact], days: Iterable[IntervalDay]) -> Measured:
    """Return what rows tell; of one key the newest holds, of powers the newest on each day."""
    current = _newest(facts)
    by_day = _newest(days)
    by_sort: dict[str, list[UsageFact]] = {}
    for fact in sorted(current, key=lambda each: (each.sort, each.name, each.days.start)):
        by_sort.setdefault(fact.sort, []).append(fact)

    def of(sort: str) -> list[UsageFact]:
        return by_sort.get(sort, [])

    profile = of("profile")
    return Measured(
        usage=pricing.Usage(
            uses=tuple(_series(by_day)),
            powers=tuple(_powers(of("power"))),
            peaks=tuple(
                pricing.Peak(each.name, each.days.start, _power_of(each)) for each in of("peak")
            ),
            reactive=tuple(_reactive(of("reactive"))),
            passed_on=tuple(
                pricing.PassedOnLine(period=each.days, **_body(each)) for each in of("passed_on")
            ),
            extras=tuple(
                pricing.ExtraItem(on=each.days.start, **_body(each)) for each in of("extra")
            ),
        ),
        volumes=tuple(
            VolumeRegister(each.name, each.days.start, _body(each)["conversion"])
            for each in of("volume")
        ),
        profile=_body(profile[0])["profile"] if profile else "",
        declared=tuple(_declared(of("declared"))),
        seen=max((0, *(each.number for each in current), *(each.number for each in by_day))),
    )


def _declared(facts: Iterable[UsageFact]) -> Iterator[Declared]:
    """Yield the share of each day, the newest: two of one day were once kept as two facts."""
    by_day = {each.days.start: each for each in sorted(facts, key=lambda each: each.number)}
    for day, fact in sorted(by_day.items()):
        yield Declared(day, _body(fact)["percent"])


_Row = TypeVar("_Row", UsageFact, IntervalDay)


def _newest(rows: Iterable[_Row]) -> list[_Row]:
    found = {row.key: row for row in sorted(rows, key=lambda row: row.number)}
    return list(found.values())


def _body(fact: UsageFact) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(fact.body)
    return body


def _power_of(fact: UsageFact) -> Power:
    body = _body(fact)
    return Power(Decimal(body["value"]), PowerUnit(body["unit"]))


def _powers(facts: Iterable[UsageFact]) -> Iterator[pricing.Subscribed]:
    """Yield the powers: on each day that which begins last holds, of two the newer."""
    held: dict[str, list[Period]] = {}
    for fact in sorted(facts, key=lambda each: (each.days.start, each.number), reverse=True):
        newer = held.setdefault(fact.name, [])
        cuts = [day for days in newer for day in (days.start, days.end) if day is not None]
        for part in fact.days.split(cuts):
            if not any(days.meets(part) for days in newer):
                yield pricing.Subscribed(fact.name, _power_of(fact), part)
        newer.append(fact.days)


def _reactive(facts: Iterable[UsageFact]) -> Iterator[pricing.ReactiveUse]:
    """Yield the reactive energy; of two that share days the newer, for none can be divided."""
    held: list[UsageFact] = []
    for fact in sorted(facts, key=lambda each: -each.number):
        if not any(fact.name == h.name and fact.days.meets(h.days) for h in held):
            held.append(fact)
            yield pricing.ReactiveUse(fact.name, fact.days, Decimal(_body(fact)["kvarh"]))


def _series(days: Iterable[IntervalDay]) -> Iterator[pricing.IntervalUse]:
    """Yield the intervals, days in a row as one series."""
    run: list[IntervalDay] = []
    for day in sorted(days, key=lambda each: each.key):
        if run and (run[-1].series, run[-1].day + timedelta(days=1)) != (day.series, day.day):
            yield _use(run)
            run = []
        run.append(day)
    if run:
        yield _use(run)


def _use(run: Sequence[IntervalDay]) -> pricing.IntervalUse:
    first, zone = run[0], MarketTime(run[0].zone)
    return pricing.IntervalUse(
        register=first.channel,
        start=zone.start_of(first.day),
        minutes=first.minutes,
        kwh=tuple(map(_kwh, chain.from_iterable(_unpacked(day.wh) for day in run))),
        zone=zone,
        quality=pricing.Quality(first.quality),
        source=first.source,
        flow=pricing.Flow(first.flow),
    )


def _unpacked(wh: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(wh) // 4}i", wh)


# A month of half-hours has hundreds of values more than once, and its neighbours have the same.
@lru_cache(maxsize=1 << 16)
def _kwh(wh: int) -> Decimal | None:
    return None if wh == NO_VALUE else Decimal(wh).scaleb(-3)
