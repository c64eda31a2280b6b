"""The pieces every tariff document is made of: dated values, and what their sources leave open."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

import attrs

from energyretail.adapters.tariff_sources.imported import Document
from energyretail.domain.shared import Invalid

__all__ = ["BY_LINE", "Span", "dated", "plain", "runs_of"]

BY_LINE: Final[Document] = {"scope": "line", "mode": "half_up", "decimals": 2}
"""The rounding given to a tariff whose source names none; a bill may replace it."""


@attrs.frozen
class Span:
    """A published value from `start` to before `end`; without an end it holds on."""

    start: date
    end: date | None
    value: Decimal
    source: str


def plain(value: Decimal) -> str:
    """Return the decimal as the tariff format writes it: digits, never an exponent."""
    return format(value, "f")


def dated(name: str, currency: str | None, spans: Iterable[Span]) -> Document:
    """Return a price with its versions in order of time.

    Raises Invalid ``tariff_source.versions`` where they overlap or leave out days.
    """
    ordered = _in_order(name, spans)
    for before, after in itertools.pairwise(ordered):
        if before.end != after.start:
            raise Invalid(
                "tariff_source.versions",
                "versions overlap or leave out days",
                price=name,
                until=before.end,
                next=after.start,
            )
    written: Document = {"name": name}
    if currency is not None:
        written["currency"] = currency
    written["versions"] = [_version(span) for span in ordered]
    return written


def _version(span: Span) -> Document:
    version: dict[str, Any] = {"from": span.start.isoformat()}
    if span.end is not None:
        version["to"] = span.end.isoformat()
    version["value"] = plain(span.value)
    version["source"] = span.source
    return version


def runs_of(name: str, spans: Iterable[Span]) -> tuple[tuple[Span, ...], ...]:
    """Part values into runs without a gap, in order of time.

    Raises Invalid ``tariff_source.versions`` where two hold on one day.
    """
    runs: list[list[Span]] = []
    for span in _in_order(name, spans):
        if runs and runs[-1][-1].end == span.start:
            runs[-1].append(span)
        else:
            runs.append([span])
    return tuple(tuple(run) for run in runs)


def _in_order(name: str, spans: Iterable[Span]) -> list[Span]:
    """Return the spans by their start; none is empty and none begins before another has ended."""
    ordered = sorted(spans, key=lambda span: span.start)
    for span in ordered:
        if span.end is not None and span.end <= span.start:
            raise Invalid("period.empty", "ends before it begins", price=name, start=span.start)
    for before, after in itertools.pairwise(ordered):
        if before.end is None or before.end > after.start:
            raise Invalid(
                "tariff_source.versions",
                "versions overlap or leave out days",
                price=name,
                until=before.end or "open",
                next=after.start,
            )
    return ordered
