"""Where in a usage document something that was measured stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol, TypeVar

from energyretail.adapters.tariff_json.faults import Path
from energyretail.domain import pricing
from energyretail.domain.shared import Invalid, Period

__all__ = ["place_of_gap", "place_of_interval", "place_of_use"]


def place_of_use(told: Mapping[str, Any], use: pricing.Use) -> Path:
    """Return the entry of a use of the document's."""
    if isinstance(use, pricing.IntervalUse):
        start = use.start.astimezone(UTC)
        starts = ((e["register"], datetime.fromisoformat(e["start"])) for e in told["intervals"])
        return ("intervals", list(starts).index((use.register, start)))
    name = "volumes" if isinstance(use, pricing.VolumeUse) else "registers"
    return (name, _begins(told[name], use))


def place_of_gap(told: Mapping[str, Any], usage: pricing.Usage, error: Invalid) -> Path:
    """Return the entry after the days that were not measured, else the last before them.

    The list of registers where nothing of the register was measured.
    """
    register, until = error.facts["register"], error.facts.get("until")
    if error.facts.get("unit") == "kvarh":
        mine = [use for use in usage.reactive if use.register == register]
        reactive = _after(mine, until)
        return ("reactive", *(() if reactive is None else (_begins(told["reactive"], reactive),)))
    use = _after(usage.of(register), until)
    return ("registers",) if use is None else place_of_use(told, use)


def place_of_interval(told: Mapping[str, Any], usage: pricing.Usage, error: Invalid) -> Path:
    """Return the value that is missing, the first of its run."""
    start = datetime.fromisoformat(error.facts["start"])
    for use in usage.of(error.facts["register"]):
        if isinstance(use, pricing.IntervalUse):
            place = (start - use.start.astimezone(UTC)) // timedelta(minutes=use.minutes)
            if 0 <= place < len(use.kwh):
                return (*place_of_use(told, use), "kwh", place)
    return ("intervals",)


class _Span(Protocol):
    @property
    def register(self) -> str: ...

    @property
    def period(self) -> Period: ...


_SpanT = TypeVar("_SpanT", bound=_Span)


def _begins(entries: Iterable[Mapping[str, Any]], span: _Span) -> int:
    wanted = (span.register, str(span.period.start))
    return [(each["register"], each["from"]) for each in entries].index(wanted)


def _after(spans: Iterable[_SpanT], until: str | None) -> _SpanT | None:
    """Return the span that begins on a day; the last where none is named, None of none."""
    in_order = list(spans)
    if until is None:
        return in_order[-1] if in_order else None
    day = date.fromisoformat(until)
    return next(span for span in in_order if span.period.start == day)
