"""Supplies measured by the half-hour, drawn by set: one month billed, the next to be billed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Final

import attrs
from workload import SERIES, Untold

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.application.billing import BulkStep
from energyretail.entrypoints.worker import collect_seldom, collect_young
from energyretail.testing.billing import POLICY, BillingDesk, RecordedEvents
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.conformance.bulk_intervals import HourlyTariffs
from energyretail.testing.half_hours import HalfHours
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

__all__ = ["MONTHS", "Portfolio", "billed", "desk_of", "drawn"]

MONTHS: Final = {
    "january": (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)),
    "march": (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)),
    "october": (date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)),
}
"""The days that were read: a month of 1,488 half-hours, of 1,486, of 1,490, and the one before."""

_AT_ONCE: Final = 20_000
"""Supplies that are drawn in one transaction: what it holds beside its rows stays small."""
_BILLED_AFTER: Final = timedelta(days=5)


@attrs.frozen
class Portfolio:
    """So many supplies, a month of half-hours each; of the days of that month 1 % are estimates
    and of 0.1 % a half-hour is missing.
    """

    supplies: int
    month: str
    seed: int

    @property
    def read(self) -> tuple[date, date, date]:
        """The days that were read."""
        return MONTHS[self.month]

    @property
    def today(self) -> date:
        """The day on which the month is billed."""
        return self.read[-1] + _BILLED_AFTER


def drawn(url: str, portfolio: Portfolio, *, chunk: int) -> None:
    """Draw a portfolio, and bill its first month, of which nothing is missing."""
    upgrade(url)
    first, month = portfolio.read[:2]
    with closing(Database(url)) as database:
        number, left = 1, portfolio.supplies
        while left:
            part = PortfolioPart(
                tariff="2.0TD-FIJO",
                registers=("P1", "P2", "P3"),
                supplies=min(left, _AT_ONCE),
                read=portfolio.read,
                started_on=first,
                # What is read at the end of a month is what the half-hours come to.
                estimated_every=portfolio.supplies + 10,
                half_hours=HalfHours(odd_from=month),
            )
            with database.engine.begin() as connection:
                number = fill_portfolio(connection, [part], seed=portfolio.seed, first=number)
            left -= part.supplies
        for _ in billed(database, Untold(), month + _BILLED_AFTER, chunk):
            pass


def billed(database: Database, events: RecordedEvents, day: date, chunk: int) -> Iterator[BulkStep]:
    """Bill what is due on a day, as a worker does, and yield each chunk."""
    collect_seldom()
    desk = desk_of(database, events)
    desk.open_day(day)
    bill = desk.bulk(PostgresBulkBills(database), ColumnarRating())
    after: str | None = ""
    while after is not None:
        step = bill(after=after, limit=chunk)
        collect_young()
        yield step
        after = step.resume


def desk_of(database: Database, events: RecordedEvents) -> BillingDesk:
    """Return the desk that bills such supplies."""
    desk = postgres_desk(
        database, policy=attrs.evolve(POLICY, series=SERIES), tariffs=HourlyTariffs()
    )
    return attrs.evolve(desk, events=events)
