"""What a price depends on besides the use: the contract, earlier bills, published indices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce

import attrs

from energyretail.domain.pricing.dated import DatedPrice
from energyretail.domain.pricing.faults import refuse
from energyretail.domain.pricing.uses import runs_of_none
from energyretail.domain.shared import (
    Invalid,
    Period,
    decimal_of,
    exact_difference,
    exact_sum,
)

__all__ = [
    "NOTHING_CARRIED", "PLAIN", "CarriedOver", "Circumstances", "Counter", "DiscountGiven",
    "IntervalIndex",
]  # fmt: skip


@attrs.frozen
class Counter:
    """The kWh that `component` has counted in its year that began on `since`.

    Negative where use was, as after an estimate that was too high by more than the year's use.
    """

    component: str
    since: date
    kwh: Decimal = attrs.field(converter=decimal_of)


@attrs.frozen
class DiscountGiven:
    """What a discount with a budget gave so far; zero or more."""

    component: str
    amount: Decimal = attrs.field(converter=decimal_of)


@attrs.frozen
class CarriedOver:
    """What bills hand on to the next: counters of blocks, and budgets of discounts."""

    counters: tuple[Counter, ...] = ()
    discounts: tuple[DiscountGiven, ...] = ()

    def kwh(self, component: str, since: date) -> Decimal:
        """Return what a component counted in the year that began on `since`; zero if nothing."""
        for counter in self.counters:
            if (counter.component, counter.since) == (component, since):
                return counter.kwh
        return Decimal(0)

    def given(self, component: str) -> Decimal:
        """Return what a discount gave so far."""
        amounts = (d.amount for d in self.discounts if d.component == component)
        return reduce(exact_sum, amounts, Decimal(0))

    def less(self, earlier: CarriedOver) -> CarriedOver:
        """Return what was counted since `earlier`, for everything that is counted here."""
        return CarriedOver(
            tuple(
                attrs.evolve(c, kwh=exact_difference(c.kwh, earlier.kwh(c.component, c.since)))
                for c in self.counters
            ),
            tuple(
                attrs.evolve(d, amount=exact_difference(d.amount, earlier.given(d.component)))
                for d in self.discounts
            ),
        )

    def plus(self, more: CarriedOver) -> CarriedOver:
        """Return what is carried over a bill that counted `more`, for all that it counted."""
        return CarriedOver(
            tuple(
                attrs.evolve(c, kwh=exact_sum(c.kwh, self.kwh(c.component, c.since)))
                for c in more.counters
            ),
            tuple(
                attrs.evolve(d, amount=exact_sum(d.amount, self.given(d.component)))
                for d in more.discounts
            ),
        )


NOTHING_CARRIED = CarriedOver()


@attrs.frozen
class IntervalIndex:
    """A price published for every interval of `minutes` from the instant `start` on.

    None stands for a missing price. Prices may be negative.
    """

    name: str
    start: datetime
    minutes: int
    values: tuple[Decimal | None, ...]
    source: str = ""

    def at(self, instant: datetime) -> Decimal:
        """Return the price in force at an instant; raises Invalid ``pricing.price_missing``."""
        return self.at_each((instant,))[0]

    def at_each(self, instants: Sequence[datetime]) -> tuple[Decimal, ...]:
        """Return the prices in force at instants.

        Raises Invalid ``pricing.price_missing`` for each run of instants that have none.
        """
        origin, step = self.start.astimezone(UTC), timedelta(minutes=self.minutes)
        places = [(instant - origin) // step for instant in instants]
        count = len(self.values)
        found = [self.values[place] if 0 <= place < count else None for place in places]
        known = tuple(value for value in found if value is not None)
        if len(known) < len(found):
            refuse(self._missing(instants[at]) for at, _ in runs_of_none(found))
        return known

    def _missing(self, instant: datetime) -> Invalid:
        return Invalid(
            "pricing.price_missing",
            "no price was published",
            index=self.name,
            at=instant.isoformat(),
        )


@attrs.frozen
class Circumstances:
    """What a bill needs to know besides tariff and usage; all of it may be missing.

    `since` is the first day of the contract, `qualifying_percent` the share of the use the
    customer declared for the reduced rate, `advance` the days that charges in advance bill.

    Raises Invalid ``pricing.qualifying_percent`` (it is 0 to 100), ``pricing.name_twice`` (two
    indices of one name).
    """

    since: date | None = None
    qualifying_percent: Decimal = attrs.field(default=Decimal(0), converter=decimal_of)
    carried_over: CarriedOver = NOTHING_CARRIED
    indices: tuple[DatedPrice | IntervalIndex, ...] = attrs.field(default=())
    invoiced_on: date | None = None
    advance: Period | None = None

    @qualifying_percent.validator
    def _percent(self, _: object, value: Decimal) -> None:
        if not 0 <= value <= 100:
            raise Invalid("pricing.qualifying_percent", "a share is 0 to 100 %", percent=value)

    @indices.validator
    def _once(self, _: object, indices: tuple[DatedPrice | IntervalIndex, ...]) -> None:
        names = [index.name for index in indices]
        for name in names:
            if names.count(name) > 1:
                raise Invalid("pricing.name_twice", "two indices of one name", name=name)

    def index(self, name: str) -> DatedPrice | IntervalIndex:
        """Return a published index; raises Invalid ``pricing.index_unknown``."""
        for index in self.indices:
            if index.name == name:
                return index
        raise Invalid("pricing.index_unknown", "no such index was given", index=name)

    def since_known(self, component: str) -> date:
        """Return the first day of the contract; raises Invalid ``pricing.since_missing``."""
        if self.since is None:
            raise Invalid(
                "pricing.since_missing",
                "the first day of the contract is needed",
                component=component,
            )
        return self.since


PLAIN = Circumstances()
