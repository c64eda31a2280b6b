"""Where billing keeps, and finds, what it is told beside index readings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

import attrs

from energyretail.application.shared import Page
from energyretail.domain.billing import Measured
from energyretail.domain.pricing import PublishedFigures, Tariff
from energyretail.domain.shared import Cups, Period

__all__ = ["FigureBook", "TariffBook", "TariffDocument", "UsageBook"]


class UsageBook(Protocol):
    """What was measured and declared of supply points; part of the open transaction.

    A fact has a natural key: its sort, its register, component or name, and its days; told again
    with another content it takes the place of the one before, told again as it is it is nothing.
    Intervals are kept by local day and in whole Wh.
    """

    def take(self, cups: Cups, told: Measured) -> int:
        """Keep what is new in `told`, all or nothing; return how many facts that were.

        Raises Invalid ``billing.measured.fine`` for an interval finer than a Wh. Of all that take
        at once only one goes on at a time, so that a greater number is never seen before a smaller
        one.
        """
        ...

    def over(self, wanted: Mapping[Cups, Period]) -> Mapping[Cups, Measured]:
        """Return what is known of each point that may concern its days; nothing is left out."""
        ...


class FigureBook(Protocol):
    """Indices, conversions and profiles as they are published; part of the open transaction."""

    def take(self, figures: PublishedFigures) -> int:
        """Keep what is new, all or nothing; return how many figures that were.

        Raises Conflict ``billing.figure.sort`` for an index of a name that was told last as one of
        the other sort, by days or by intervals.

        A dated index, a conversion and a profile are told whole and take the place of the one of
        their name; an interval index adds its intervals, in the place of those it has.
        """
        ...

    def named(self, names: Collection[str], days: Period) -> PublishedFigures:
        """Return the figures of these names that are known, interval indices over `days` at least.

        Intervals that nobody published in between have no value.
        """
        ...


@attrs.frozen
class TariffDocument:
    """A tariff as it was given, in the tariff format, and the tariff it is.

    `added_on` is the day we took it; `version` counts the documents of its code from 1 on.
    """

    tariff: Tariff
    document: Mapping[str, object]
    added_on: date
    version: int = 1


class TariffBook(Protocol):
    """Tariffs that came as documents; part of the open transaction."""

    def add(self, document: TariffDocument) -> int:
        """Keep a document as the next version of its code and return that; the same again is none.

        Raises Conflict ``billing.tariff.clash`` when somebody else adds one of the code at once.
        """
        ...

    def current(self, code: str) -> TariffDocument | None:
        """Return the newest document of a code."""
        ...

    def page(self, *, after: str, limit: int) -> Page[TariffDocument]:
        """Return the newest document of up to `limit` codes beyond `after`, ordered by code."""
        ...
