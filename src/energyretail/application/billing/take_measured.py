"""Take what bills rest on beside index readings: facts of a point, figures, tariff documents."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Protocol

from energyretail.application.billing.measured_ports import (
    FigureBook,
    TariffBook,
    TariffDocument,
    UsageBook,
)
from energyretail.application.billing.ports import Tariffs
from energyretail.application.shared import Clock, Work
from energyretail.domain.billing import (
    NOT_MEASURED,
    BillingPolicy,
    Measured,
    far_days,
    refuse_far_items,
)
from energyretail.domain.pricing import PublishedFigures, Tariff
from energyretail.domain.shared import Conflict, Cups, Invalid, NotFound, Period, Refused

__all__ = ["AddTariff", "KnownTariffs", "TakeFigures", "TakeUsage"]


class _SupplyPoints(Protocol):
    def by_cups(self, cups: Cups) -> object: ...


class TakeUsage:
    """Keep what was measured or declared of a supply point.

    Rules: told again it is nothing, told otherwise it takes the place of what was told before,
    and a bill in force that rests on that is corrected the next business day. Only of points of
    our contracts anything is kept.
    """

    def __init__(self, *, work: Work, clock: Clock, points: _SupplyPoints, usage: UsageBook):
        self._work = work
        self._clock = clock
        self._points = points
        self._usage = usage

    def __call__(self, cups: Cups, told: Measured) -> int:
        """Return how many facts were news.

        Raises NotFound ``supply.point.unknown``, Invalid ``billing.item_far`` for an item that is
        news and of a day too far off, and what `UsageBook.take` raises.
        """
        with self._work() as transaction:
            self._points.by_cups(cups)
            self._refuse_far_items(cups, told)
            taken = self._usage.take(cups, told)
            transaction.commit()
        return taken

    def _refuse_far_items(self, cups: Cups, told: Measured) -> None:
        today = self._clock.today()
        days = far_days(told, today=today)
        kept = NOT_MEASURED if days is None else self._usage.over({cups: days})[cups]
        refuse_far_items(told, today=today, kept=kept)


class TakeFigures:
    """Keep published indices, conversions and profiles.

    Rules: as for facts; every bill in force that read a figure that changed is looked at again.
    """

    def __init__(self, *, work: Work, figures: FigureBook):
        self._work = work
        self._figures = figures

    def __call__(self, told: PublishedFigures) -> int:
        """Return how many figures were news; raises what `FigureBook.take` raises."""
        with self._work() as transaction:
            taken = self._figures.take(told)
            transaction.commit()
        return taken


class AddTariff:
    """Offer a tariff that came as a document, or its next version.

    Rules: its code begins with that of an access tariff we know the registers of; the codes of
    the market's own products are not taken; nothing of it is charged in advance, for what a final
    bill would give back of that is not reckoned; bills in force whose prices a new version
    changes are corrected the next business day.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        book: TariffBook,
        market: Tariffs,
        policy: BillingPolicy,
    ):
        self._work = work
        self._clock = clock
        self._book = book
        self._market = market
        self._policy = policy

    def __call__(self, tariff: Tariff, document: Mapping[str, object]) -> TariffDocument:
        """Return what is offered from now on.

        Raises Invalid ``billing.tariff.code``, Conflict ``billing.tariff.taken`` for a code of the
        market's, Refused
        ``billing.registers_unknown``, ``billing.tariff.in_advance``, ``billing.tariff.currency``
        for another money than the one the code had.
        """
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", tariff.code):
            raise Invalid(
                "billing.tariff.code", "a code of letters, digits, . _ -", tariff=tariff.code
            )
        early = [component.name for component in tariff.components if component.in_advance]
        if early:
            raise Refused(
                "billing.tariff.in_advance", "no bill charges in advance", component=early[0]
            )
        self._policy.registers_of(tariff.code)
        if _is_of(self._market, tariff.code):
            raise Conflict("billing.tariff.taken", "the market has this code", tariff=tariff.code)
        with self._work() as transaction:
            before = self._book.current(tariff.code)
            if before is not None and before.tariff.currency != tariff.currency:
                raise Refused(
                    "billing.tariff.currency",
                    "a tariff keeps its currency",
                    tariff=tariff.code,
                    currency=tariff.currency,
                )
            added = TariffDocument(tariff, document, self._clock.today())
            self._book.add(added)
            transaction.commit()
        return self._book.current(tariff.code) or added


def _is_of(market: Tariffs, code: str) -> bool:
    try:
        market.tariff(code)
    except NotFound:
        return False
    return True


class KnownTariffs:
    """The Tariffs port over the products of a market and what came as documents."""

    def __init__(self, *, market: Tariffs, book: TariffBook, figures: FigureBook):
        self._market = market
        self._book = book
        self._figures = figures

    def tariff(self, code: str) -> Tariff:
        """Return a tariff with all its dated versions; raises NotFound."""
        try:
            return self._market.tariff(code)
        except NotFound:
            found = self._book.current(code)
            if found is None:
                raise
            return found.tariff

    def published(self, names: Collection[str], days: Period) -> PublishedFigures:
        """Return the published figures of these names over some days."""
        return self._figures.named(names, days)
