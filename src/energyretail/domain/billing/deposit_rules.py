"""What a market demands of a deposit: its interest, when that is credited, when it goes back."""

from __future__ import annotations

import enum
from datetime import date
from fractions import Fraction

import attrs

from energyretail.domain import pricing
from energyretail.domain.shared import CENTS_HALF_UP, Invalid, Money, Period, Rounding, add_months

__all__ = ["DayCount", "DepositRules"]


class DayCount(enum.Enum):
    """Which part of a year a span of days is; all of them add up over any cut.

    ACTUAL_365 and ACTUAL_360 count days over a fixed year, ACTUAL_ACTUAL the days of each year
    over its own length (ISDA), THIRTY_360 twelve months of thirty days (30E/360).
    """

    ACTUAL_365 = "actual/365"
    ACTUAL_360 = "actual/360"
    ACTUAL_ACTUAL = "actual/actual"
    THIRTY_360 = "30e/360"

    def spans(self, over: Period) -> tuple[tuple[int, int], ...]:
        """Return the days of a span and the length of the year they count by, year by year.

        The first day counts, the last (`until`) does not. Raises Invalid for an open span.
        """
        if self is DayCount.THIRTY_360:
            return ((_thirty(over.until) - _thirty(over.start), 360),)
        if self is DayCount.ACTUAL_ACTUAL:
            years = range(over.start.year + 1, over.until.year + 1)
            parts = over.split(date(year, 1, 1) for year in years)
            return tuple((part.days, _days_in(part.start.year)) for part in parts)
        return ((over.days, 365 if self is DayCount.ACTUAL_365 else 360),)

    def years(self, over: Period) -> Fraction:
        """Return the span as an exact part of a year; raises Invalid for an open one."""
        return sum((Fraction(days, year) for days, year in self.spans(over)), Fraction(0))


def _thirty(day: date) -> int:
    return 360 * day.year + 30 * day.month + min(day.day, 30)


def _days_in(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _bounds(version: pricing.Version) -> tuple[date, ...]:
    start, end = version.period.start, version.period.end
    return (start,) if end is None else (start, end)


@attrs.frozen
class DepositRules:
    """The rules of one market or tariff book, `source` of the rules that are no rate.

    `rates` are percent a year, each with its source and time. `credited_on` is the month and
    day on which interest is credited every year, None where it is at the release alone.
    `months_good` is after how many months of good payment the deposit goes back, None where it
    is held to the end of supply.

    Raises Invalid ``billing.deposit.rate`` (a rate is zero or more), ``billing.deposit.yearly``
    (no such day in every year), ``billing.deposit.months`` (at least one month).
    """

    market: str
    rates: pricing.DatedPrice = attrs.field()
    day_count: DayCount
    source: str
    credited_on: tuple[int, int] | None = attrs.field(default=None)
    months_good: int | None = attrs.field(default=None)
    rounding: Rounding = CENTS_HALF_UP

    @rates.validator
    def _not_negative(self, _: object, rates: pricing.DatedPrice) -> None:
        if any(version.value < 0 for version in rates.versions):
            raise Invalid("billing.deposit.rate", "a rate is zero or more", market=self.market)

    @credited_on.validator
    def _every_year(self, _: object, given: tuple[int, int] | None) -> None:
        try:
            _ = given and date(2001, *given)  # no leap year: 29 February is not in every year
        except ValueError:
            raise Invalid("billing.deposit.yearly", "no day of every year", given=given) from None

    @months_good.validator
    def _at_least_one(self, _: object, months: int | None) -> None:
        if months is not None and months < 1:
            raise Invalid("billing.deposit.months", "at least one month", months=months)

    def interest(self, principal: Money, over: Period) -> pricing.Derivation:
        """Derive the simple interest on `principal` over a span, not rounded.

        Each rate counts from its first day on; interest bears none. Raises Invalid
        ``pricing.version_gap`` for a day whose rate is not known.
        """
        cuts = (day for version in self.rates.versions for day in _bounds(version))
        parts = [each for span in over.split(cuts) for each in self._at_one_rate(principal, span)]
        return pricing.product("interest", (), (), parts)

    def _at_one_rate(self, principal: Money, over: Period) -> tuple[pricing.Derivation, ...]:
        version = self.rates.on(over.start)
        principal_of = pricing.Factor("deposit", principal.amount, principal.currency)
        rate = pricing.Factor(self.rates.name, version.value, "% a year", version.source)
        percent = pricing.Factor("percent", 100, "")
        counted = self.day_count.value
        return tuple(
            pricing.product(
                f"interest {over}",
                (principal_of, rate, pricing.Factor("days", days, "days", counted)),
                (percent, pricing.Factor("year", year, "days", counted)),
            )
            for days, year in self.day_count.spans(over)
        )

    def crediting_due(self, since: date, today: date) -> date | None:
        """Return the last yearly day of crediting after `since` up to `today`, or None."""
        if self.credited_on is None:
            return None
        this_year = date(today.year, *self.credited_on)
        last = this_year if this_year <= today else date(today.year - 1, *self.credited_on)
        return last if last > since else None

    def is_earned_back(self, since: date, today: date) -> bool:
        """Tell whether payment has been good for long enough; `since` is when it last began."""
        return self.months_good is not None and add_months(since, self.months_good) <= today
