"""The books of what is measured, published and offered, over dictionaries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, Protocol

import attrs

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.shared.figure_rows import (
    FigureRow,
    figures_of,
    refuse_other_sort,
    rows_of,
    told_last,
    with_days_changed,
)
from energyretail.adapters.shared.usage_facts import (
    IntervalDay,
    UsageFact,
    days_of,
    facts_of,
    measured_of,
)
from energyretail.application.billing import TariffDocument
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import Basis, Measured
from energyretail.domain.pricing import PublishedFigures
from energyretail.domain.shared import Cups, Period

__all__ = ["MemoryFigureBook", "MemoryTariffBook", "MemoryUsageBook", "news_for", "told_rows"]

_ONE_DAY = timedelta(days=1)


class _Row(Protocol):
    @property
    def number(self) -> int: ...


class MemoryUsageBook:
    """The UsageBook port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def take(self, cups: Cups, told: Measured) -> int:
        """Keep what is new."""
        rows: list[Any] = [*facts_of(told), *days_of(told)]
        table = self._store.writable("usage_fact")
        current = {row.key: row for point, row in table.values() if point == cups}
        news = [row for row in rows if _is_news(row, current.get(row.key))]
        for row in news:
            number = _next(self._store)
            table[number] = (cups, attrs.evolve(row, number=number))
        return len(news)

    def over(self, wanted: Mapping[Cups, Period]) -> Mapping[Cups, Measured]:
        """Return what is known of each point."""
        return {cups: _measured(self._store, cups, span) for cups, span in wanted.items()}


def _is_news(row: UsageFact | IntervalDay, before: UsageFact | IntervalDay | None) -> bool:
    return before is None or attrs.evolve(before, number=0) != row


def _next(store: MemoryStore) -> int:
    """Return the next number: facts and figures share one count, as news is told by it."""
    return 1 + len(store.table("usage_fact")) + len(store.table("market_figure"))


def told_rows(
    store: MemoryStore, cups: Cups, span: Period
) -> tuple[list[UsageFact], list[IntervalDay]]:
    """Return the facts and the days of intervals that a bill of a span may rest on, ever told."""
    rows = [row for point, row in store.table("usage_fact").values() if point == cups]
    facts = [row for row in rows if isinstance(row, UsageFact) and row.concerns(span)]
    days = [row for row in rows if isinstance(row, IntervalDay) and row.day in span]
    return facts, days


def _measured(store: MemoryStore, cups: Cups, span: Period) -> Measured:
    return measured_of(*told_rows(store, cups, span))


class MemoryFigureBook:
    """The FigureBook port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def take(self, figures: PublishedFigures) -> int:
        """Keep what is new."""
        table = self._store.writable("market_figure")
        current = {row.key: row for row in table.values()}
        told = list(rows_of(figures))
        refuse_other_sort(told, {(row.sort, row.name) for row in told_last(table.values())})
        taken = 0
        for row in told:
            news = with_days_changed(row, current.get(row.key))
            if news is not None:
                number = _next(self._store)
                table[number] = current[row.key] = attrs.evolve(news, number=number)
                taken += 1
        return taken

    def named(self, names: Collection[str], days: Period) -> PublishedFigures:
        """Return the figures of these names."""
        # Days of a market are not days of UTC.
        around = Period(days.start - _ONE_DAY, days.until + _ONE_DAY)
        rows: Iterable[FigureRow] = self._store.table("market_figure").values()
        return figures_of(
            row
            for row in told_last(row for row in rows if row.name in names)
            if row.sort != "interval_index" or row.days.meets(around) is not None
        )


def news_for(store: MemoryStore, cups: Cups, period: Period, basis: Basis) -> str:
    """Return what names the news of a document's days since it was made; empty for none."""
    facts, days = told_rows(store, cups, period)
    around = Period(period.start - _ONE_DAY, period.until + _ONE_DAY)
    figures: Iterable[FigureRow] = store.table("market_figure").values()
    measured = _newer((*facts, *days), basis.measured)
    published = _newer(
        (row for row in figures if row.name in basis.figures and row.days.meets(around)),
        basis.published,
    )
    return f"measured:{measured}/{published}" if measured or published else ""


def _newer(rows: Iterable[_Row], seen: int) -> int:
    return max((row.number for row in rows if row.number > seen), default=0)


class MemoryTariffBook:
    """The TariffBook port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, document: TariffDocument) -> int:
        """Keep a document as the next version of its code."""
        table = self._store.writable("tariff_document")
        before = self.current(document.tariff.code)
        if before is not None and before.document == document.document:
            return before.version
        version = before.version + 1 if before else 1
        key = (document.tariff.code, version)
        table[key] = attrs.evolve(document, version=version)
        return version

    def current(self, code: str) -> TariffDocument | None:
        """Return the newest document of a code."""
        found: dict[str, TariffDocument] = {}
        for document in self._store.table("tariff_document").values():
            found[document.tariff.code] = document
        return found.get(code)

    def page(self, *, after: str, limit: int) -> Page[TariffDocument]:
        """Return the newest document of codes beyond `after`."""
        codes = sorted({code for code, _ in self._store.table("tariff_document") if code > after})
        found = (self.current(code) for code in codes[: limit + 1])
        return page_of((each for each in found if each is not None), limit=limit, key=_code)


def _code(document: TariffDocument) -> str:
    return document.tariff.code
