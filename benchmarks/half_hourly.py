"""Supplies measured by the half-hour, drawn by set: one month billed, the next to be billed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Final

import attrs
from half_hourly_tariffs import (
    CODES,
    MONTHS,
    HalfHourlyTariffs,
    changing,
    half_way,
    market_prices,
)
from workload import SERIES, Untold

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.application.billing import BulkStep
from energyretail.entrypoints.worker import collect_seldom, collect_young
from energyretail.testing.billing import POLICY, BillingDesk, RecordedEvents
from energyretail.testing.billing_worlds import postgres_desk
from energyretail.testing.half_hours import HalfHours
from energyretail.testing.portfolio import PortfolioPart, fill_portfolio

__all__ = ["Portfolio", "billed", "desk_of", "drawn"]

_AT_ONCE: Final = 100_000
"""Supplies that are drawn in one transaction: each part of it looks at all that are there."""
_BILLED_AFTER: Final = timedelta(days=5)


@attrs.frozen
class Portfolio:
    """So many supplies, a month of half-hours each; of the days of that month 1 % are estimates
    and of 0.1 % a half-hour is missing.

    As many have each tariff. One in ten has a price that changes inside the month; one in a hundred
    moved in on that day and one moved out.
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
    month = portfolio.read[1]
    with closing(Database(url)) as database:
        desk = desk_of(database, Untold())
        with desk.world.work() as transaction:
            desk.figures.take(market_prices(portfolio.month))
            transaction.commit()
        number, left = 1, portfolio.supplies
        while left:
            parts = _parts(portfolio, min(left, _AT_ONCE))
            with database.engine.begin() as connection:
                number = fill_portfolio(connection, parts, seed=portfolio.seed, first=number)
            left -= sum(part.supplies for part in parts)
        for _ in billed(database, Untold(), month + _BILLED_AFTER, chunk):
            pass


def _parts(portfolio: Portfolio, supplies: int) -> list[PortfolioPart]:
    before, month, end = portfolio.read
    moves = half_way(portfolio.month)
    parts: list[PortfolioPart] = []
    for place, code in enumerate(CODES):
        of_code = supplies * (place + 1) // len(CODES) - supplies * place // len(CODES)
        some, few = of_code // 10, of_code // 100
        own = PortfolioPart(
            tariff=code,
            registers=("P1", "P2", "P3"),
            supplies=of_code - some - 2 * few,
            read=portfolio.read,
            started_on=before,
            # What is read at the end of a month is what the half-hours come to.
            estimated_every=portfolio.supplies + 10,
            half_hours=HalfHours(odd_from=month),
        )
        parts += [
            own,
            attrs.evolve(own, tariff=changing(code, portfolio.month), supplies=some),
            attrs.evolve(own, supplies=few, read=(moves, end), started_on=moves),
            attrs.evolve(own, supplies=few, read=(before, month, moves), end=True),
        ]
    return [part for part in parts if part.supplies]


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
        database, policy=attrs.evolve(POLICY, series=SERIES), tariffs=HalfHourlyTariffs()
    )
    return attrs.evolve(desk, events=events)
