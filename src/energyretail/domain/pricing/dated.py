"""Prices and rates as dated versions, each with its source; a gap or an overlap is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import pairwise

import attrs

from energyretail.domain.pricing.derivation import Derivation, Factor, given, product
from energyretail.domain.shared import Invalid, Period, decimal_of, exact_sum

__all__ = [
    "DatedPrice",
    "Version",
    "a_percentage",
    "always",
    "cuts_of",
    "factor_on",
    "price_derivation",
    "price_on",
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
        for before, after in pairwise(versions):
            if before.period.meets(after.period) is not None:
                raise Invalid(
                    "pricing.version_overlap",
                    "two versions of a price are in force on one day",
                    price=self.name,
                    first=before.period,
                    second=after.period,
                )

    def on(self, day: date) -> Version:
        """Return the version in force; raises Invalid ``pricing.version_gap`` if there is none."""
        for version in self.versions:
            if day in version.period:
                return version
        raise Invalid("pricing.version_gap", "no version in force", price=self.name, day=day)


def a_percentage(_: object, __: object, rate: DatedPrice) -> None:
    """Refuse a rate outside 0 to 100 % (Invalid ``pricing.rate_range``), whenever it is in force.

    What is below nothing is a discount, which knows its limits; a tax of more than all that it is
    on is a slip of the point.
    """
    for version in rate.versions:
        if not 0 <= version.value <= 100:
            raise Invalid(
                "pricing.rate_range", "a rate is 0 to 100 %", rate=rate.name, value=version.value
            )


def always(name: str, value: Decimal | int | str, source: str) -> DatedPrice:
    """Return a price that never changes."""
    return DatedPrice(name, (Version(Period(date.min), decimal_of(value), source),))


def cuts_of(prices: Iterable[DatedPrice]) -> frozenset[date]:
    """Return every day on which one of `prices` begins or ends a version."""
    bounds = ((version.period.start, version.period.end) for p in prices for version in p.versions)
    return frozenset(day for pair in bounds for day in pair if day is not None)


def price_on(prices: Iterable[DatedPrice], day: date) -> Decimal:
    """Return the sum of the prices in force on `day`."""
    return reduce(exact_sum, (price.on(day).value for price in prices), Decimal(0))


def price_derivation(prices: Iterable[DatedPrice], day: date, unit: str) -> Derivation:
    """Return the price in force on `day` with its sources, as a sum when it has several parts."""
    versions = [(price.name, price.on(day)) for price in prices]
    parts = [given(name, v.value, unit, _source(v)) for name, v in versions]
    return parts[0] if len(parts) == 1 else product("price", (), (), parts)


def _source(version: Version) -> str:
    start = "" if version.period.start == date.min else f" from {version.period.start}"
    return f"{version.source}{start}"


def factor_on(price: DatedPrice, day: date, unit: str) -> Factor:
    """Return the version in force on `day` as a factor with its source."""
    version = price.on(day)
    return Factor(price.name, version.value, unit, _source(version))
