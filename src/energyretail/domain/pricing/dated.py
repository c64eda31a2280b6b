"""Prices and rates as dated versions, each with its source; a gap or an overlap is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import reduce

import attrs

from energyretail.domain.pricing.derivation import Derivation, Factor, given, product
from energyretail.domain.pricing.faults import refuse, together
from energyretail.domain.shared import Invalid, Period, decimal_of, exact_sum

__all__ = [
    "DatedPrice",
    "Version",
    "a_percentage",
    "always",
    "cuts_of",
    "factor_on",
    "in_force",
    "price_derivation",
    "price_on",
    "version_gaps",
    "version_overlaps",
]


@attrs.frozen
class Version:
    """A value in force from the first day of `period` to the day before its end."""

    period: Period
    value: Decimal = attrs.field(converter=decimal_of)
    source: str


def _in_order(versions: Iterable[Version]) -> tuple[Version, ...]:
    return tuple(sorted(versions, key=lambda version: version.period.start))


@attrs.frozen
class DatedPrice:
    """A named price or rate over time.

    Raises Invalid ``pricing.version_overlap`` when two versions share a day.
    """

    name: str
    versions: tuple[Version, ...] = attrs.field(converter=_in_order)

    @versions.validator
    def _no_overlap(self, _: object, versions: tuple[Version, ...]) -> None:
        if len(versions) > 1:
            refuse(error for _, error in version_overlaps(self.name, versions))

    def on(self, day: date) -> Version:
        """Return the version in force; raises Invalid ``pricing.version_gap`` if there is none."""
        for version in self.versions:
            if day in version.period:
                return version
        later = [v.period.start for v in self.versions if v.period.start > day]
        until = {"until": later[0]} if later else {}
        raise Invalid(
            "pricing.version_gap", "no version in force", price=self.name, day=day, **until
        )


def version_overlaps(name: str, versions: Iterable[Version]) -> Iterator[tuple[int, Invalid]]:
    """Yield the place of each version that shares a day with one that began before it."""
    for at, before, after in _one_by_one(versions):
        if before.period.meets(after.period) is not None:
            yield (
                at,
                Invalid(
                    "pricing.version_overlap",
                    "two versions of a price are in force on one day",
                    price=name,
                    first=before.period,
                    second=after.period,
                ),
            )


def version_gaps(name: str, versions: Iterable[Version]) -> Iterator[tuple[int, Invalid]]:
    """Yield the place of each version that begins days after all before it have ended."""
    for at, before, after in _one_by_one(versions):
        if before.period.end is not None and before.period.end < after.period.start:
            yield (
                at,
                Invalid(
                    "pricing.version_gap",
                    "versions leave out days",
                    price=name,
                    after=before.period,
                    until=after.period.start,
                ),
            )


def _one_by_one(versions: Iterable[Version]) -> Iterator[tuple[int, Version, Version]]:
    """Yield each version but the first with its place and, of those before it, the last to end."""
    last: Version | None = None
    for at, version in sorted(enumerate(versions), key=lambda each: each[1].period.start):
        if last is not None:
            yield at, last, version
        if last is None or (last.period.end or date.max) < (version.period.end or date.max):
            last = version


def a_percentage(_: object, __: object, rate: DatedPrice) -> None:
    """Refuse a rate outside 0 to 100 % (Invalid ``pricing.rate_range``), whenever it is in force.

    What is below nothing is a discount, which knows its limits; a tax of more than all that it is
    on is a slip of the point.
    """
    refuse(
        Invalid("pricing.rate_range", "a rate is 0 to 100 %", rate=rate.name, value=version.value)
        for version in rate.versions
        if not 0 <= version.value <= 100
    )


def always(name: str, value: Decimal | int | str, source: str) -> DatedPrice:
    """Return a price that never changes."""
    return DatedPrice(name, (Version(Period(date.min), decimal_of(value), source),))


def cuts_of(prices: Iterable[DatedPrice]) -> frozenset[date]:
    """Return every day on which one of `prices` begins or ends a version."""
    bounds = ((version.period.start, version.period.end) for p in prices for version in p.versions)
    return frozenset(day for pair in bounds for day in pair if day is not None)


def in_force(prices: Iterable[DatedPrice], day: date) -> tuple[Version, ...]:
    """Return the versions in force; raises Invalid ``pricing.version_gap`` with all that lack."""
    found = tuple(prices)
    if len(found) == 1:
        return (found[0].on(day),)
    return together(lambda price: price.on(day), found)


def price_on(prices: Iterable[DatedPrice], day: date) -> Decimal:
    """Return the sum of the prices in force on `day`."""
    return reduce(exact_sum, (version.value for version in in_force(prices, day)), Decimal(0))


def price_derivation(prices: tuple[DatedPrice, ...], day: date, unit: str) -> Derivation:
    """Return the price in force on `day` with its sources, as a sum when it has several parts."""
    versions = zip(prices, in_force(prices, day), strict=True)
    parts = [given(price.name, v.value, unit, _source(v)) for price, v in versions]
    return parts[0] if len(parts) == 1 else product("price", (), (), parts)


def _source(version: Version) -> str:
    start = "" if version.period.start == date.min else f" from {version.period.start}"
    return f"{version.source}{start}"


def factor_on(price: DatedPrice, day: date, unit: str) -> Factor:
    """Return the version in force on `day` as a factor with its source."""
    version = price.on(day)
    return Factor(price.name, version.value, unit, _source(version))
