"""What stands, and what a rehearsed import would have added to it: nothing is written or held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final, Protocol

from energyretail.application.imports.ports import (
    ContractsToKeep,
    PointsSupplied,
    PortfolioStanding,
)
from energyretail.application.imports.rows import PortfolioPoint
from energyretail.application.shared import Kept, Received, Settled, Transaction
from energyretail.domain.contracts import Contract, Quote
from energyretail.domain.metering import (
    DeliveredReading,
    MeteredSupply,
    PlannedReading,
    Quality,
    Reading,
    current,
)
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Cups, Event

__all__ = [
    "PlansStanding",
    "ReadingsStanding",
    "RehearsedContracts",
    "RehearsedCustomers",
    "RehearsedNumbers",
    "RehearsedPlans",
    "RehearsedQuotes",
    "RehearsedReadings",
    "RehearsedStanding",
    "RehearsedSupplies",
    "Unwritten",
]

_BEYOND: Final = 10**9


class ReadingsStanding(Protocol):
    """The readings the company has, to look at."""

    def current(self, points: Sequence[Cups], *, since: date) -> tuple[Reading, ...]:
        """Return current readings, from each register's last actual one before a day on."""
        ...

    def heard(self, rows: Sequence[DeliveredReading]) -> tuple[DeliveredReading, ...]:
        """Return those of `rows` that were taken in before, in whatever version."""
        ...


class PlansStanding(Protocol):
    """When meters are read next, to look at."""

    def of(self, points: Sequence[Cups]) -> tuple[PlannedReading, ...]:
        """Return the plans of the points, in order of (cups, planned_on)."""
        ...


class Unwritten:
    """The ports that only write: Work, Inbox, Events. What they are told is forgotten."""

    @contextmanager
    def work(self) -> Iterator[Transaction]:
        """Open no transaction: each look at what stands is a short one of its own."""
        yield self

    def commit(self) -> None:
        """Keep nothing."""

    def keep(self, received: Received, *, on: date) -> bool:
        """Keep no arrival."""
        return True

    def keep_all(self, arrivals: Sequence[Received], *, on: date) -> tuple[Kept, ...]:
        """Keep none of them."""
        return (Kept.NEW,) * len(arrivals)

    def settle(self, source: str, key: str, *, code: str = "", text: str = "") -> None:
        """Note nothing."""

    def settle_all(self, settled: Sequence[Settled]) -> None:
        """Note nothing."""

    def record(self, events: Iterable[Event]) -> None:
        """Tell nobody."""


class RehearsedNumbers:
    """The Numbers port in memory, beyond every number the company could have given."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def take(self, series: str, count: int) -> range:
        """Take `count` consecutive numbers; nothing is held."""
        last = self._last.get(series, _BEYOND)
        self._last[series] = last + count
        return range(last + 1, last + count + 1)

    def take_free(self, series: Sequence[str], count: int) -> tuple[str, range]:
        """Take of the first: nothing is held."""
        return series[0], self.take(series[0], count)


class RehearsedCustomers:
    """The CustomersToKeep port."""

    def __init__(self) -> None:
        self.by_tax_id: dict[str, Customer] = {}

    def save(self, customers: Sequence[Customer]) -> None:
        """Remember customers."""
        self.by_tax_id |= {customer.person.tax_id: customer for customer in customers}


class RehearsedQuotes:
    """The QuotesToKeep port."""

    def __init__(self) -> None:
        self.by_reference: dict[str, Quote] = {}

    def save(self, quotes: Sequence[Quote]) -> None:
        """Remember quotes."""
        self.by_reference |= {quote.reference: quote for quote in quotes}


class RehearsedStanding:
    """The PortfolioStanding port."""

    def __init__(
        self,
        standing: PortfolioStanding,
        customers: RehearsedCustomers,
        quotes: RehearsedQuotes,
    ):
        self._standing = standing
        self._customers = customers
        self._quotes = quotes
        self._points: dict[Cups, PortfolioPoint] = {}

    def customers(self, tax_ids: Sequence[str]) -> tuple[Customer, ...]:
        """Return the customers of these tax ids, those that stand first."""
        added = self._customers.by_tax_id
        found = (added[each] for each in tax_ids if each in added)
        return (*self._standing.customers(tax_ids), *found)

    def quotes(self, references: Sequence[str]) -> tuple[Quote, ...]:
        """Return the quotes under these references, those that stand first."""
        added = self._quotes.by_reference
        found = (added[each] for each in references if each in added)
        return (*self._standing.quotes(references), *found)

    def points(self, points: Sequence[Cups]) -> tuple[PortfolioPoint, ...]:
        """Return the supply points, those that stand first."""
        added = (self._points[each] for each in points if each in self._points)
        return (*self._standing.points(points), *added)

    def save_points(self, points: Sequence[PortfolioPoint], *, on: date) -> None:
        """Remember supply points."""
        self._points |= {point.cups: point for point in points}


class RehearsedContracts:
    """The ContractsToKeep port."""

    def __init__(self, standing: ContractsToKeep):
        self._standing = standing
        self._contracts: dict[str, Contract] = {}
        self._supplies: dict[Cups, list[MeteredSupply]] = {}

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Contract, ...]:
        """Return the contracts with these numbers, those that stand first."""
        standing = [each for each in numbers if each not in self._contracts]
        added = (self._contracts[each] for each in numbers if each in self._contracts)
        return (*self._standing.by_numbers(standing), *added)

    def save(self, contracts: Sequence[Contract]) -> None:
        """Remember contracts and what they supply."""
        for contract in contracts:
            self._contracts[contract.number] = contract
            for each in contract.supplies:
                site = each.site
                power_kw = max(power.value for _, power in site.powers)
                self._supplies.setdefault(site.cups, []).append(
                    MeteredSupply(site.cups, site.tariff, power_kw, each.started_on, each.ended_on)
                )

    def supplied(self, points: Sequence[Cups]) -> tuple[MeteredSupply, ...]:
        """Return what was remembered of the points' supplies."""
        return tuple(each for cups in points for each in self._supplies.get(cups, ()))


class RehearsedSupplies:
    """The PointsSupplied port: also SuppliesToRead, as far as taking readings in needs it."""

    def __init__(self, standing: PointsSupplied, contracts: RehearsedContracts):
        self._standing = standing
        self._contracts = contracts

    def at(self, points: Sequence[Cups]) -> tuple[MeteredSupply, ...]:
        """Return our supplies at the points, in order of (cups, started_on)."""
        found = (*self._standing.at(points), *self._contracts.supplied(points))
        return tuple(sorted(found, key=lambda each: (each.cups, each.started_on or date.max)))


class RehearsedReadings:
    """The Readings port of metering."""

    def __init__(self, standing: ReadingsStanding):
        self._standing = standing
        self._added: dict[Cups, list[Reading]] = {}

    def lock(self, points: Sequence[Cups]) -> None:
        """Hold nothing: what somebody brings meanwhile is seen or not."""

    def current(self, points: Sequence[Cups], *, since: date) -> tuple[Reading, ...]:
        """Return current readings, from each register's last actual one before a day on."""
        added = (each for cups in points for each in self._added.get(cups, ()))
        ordered = current((*self._standing.current(points, since=since), *added))
        read = (r for r in ordered if r.taken_on < since and r.quality is Quality.ACTUAL)
        begun = {(r.cups, r.register): r.taken_on for r in read}
        return tuple(r for r in ordered if r.taken_on >= begun.get((r.cups, r.register), date.min))

    def heard(self, rows: Sequence[DeliveredReading]) -> tuple[DeliveredReading, ...]:
        """Return those of `rows` that were taken in before, in whatever version."""
        stood = frozenset(self._standing.heard(rows))
        said = {
            (r.cups, r.register, r.taken_on, r.index_kwh, r.quality)
            for cups in {row.cups for row in rows}
            for r in self._added.get(cups, ())
            if r.basis is None
        }
        return tuple(
            row
            for row in rows
            if row in stood
            or (row.cups, row.register, row.taken_on, row.index_kwh, row.origin.quality) in said
        )

    def save(self, readings: Sequence[Reading], *, on: date) -> None:
        """Remember readings."""
        for reading in readings:
            self._added.setdefault(reading.cups, []).append(reading)


class RehearsedPlans:
    """The ReadingPlans port of metering, as far as taking readings in needs it."""

    def __init__(self, standing: PlansStanding):
        self._standing = standing
        self._added: dict[Cups, dict[date, PlannedReading]] = {}

    def of(self, points: Sequence[Cups]) -> tuple[PlannedReading, ...]:
        """Return the plans of the points; one written over is told as it was written last."""
        found = {(plan.cups, plan.planned_on): plan for plan in self._standing.of(points)}
        for cups in points:
            for plan in self._added.get(cups, {}).values():
                found[plan.cups, plan.planned_on] = plan
        return tuple(found[key] for key in sorted(found))

    def save(self, plans: Sequence[PlannedReading]) -> None:
        """Remember plans over those of the same point and day."""
        for plan in plans:
            self._added.setdefault(plan.cups, {})[plan.planned_on] = plan
