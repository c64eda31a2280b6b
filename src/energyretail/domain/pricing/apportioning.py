"""How a price per day, month or year becomes an amount for a span of days."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from datetime import date

from energyretail.domain.pricing.derivation import Combine, Derivation, Factor, given, product
from energyretail.domain.shared import Period, add_months

__all__ = ["Apportioning", "Per", "time_share"]


class Per(enum.Enum):
    """The span of time a price is quoted for."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Apportioning(enum.Enum):
    """How many days a quoted month or year has; a policy of the tariff.

    DAYS_365 counts every year as 365 days and a month as a twelfth of that; DAYS_IN_YEAR
    takes the 365 or 366 days of each calendar year; DAYS_IN_MONTH divides by the days of each
    calendar month, and a year is twelve of them.
    """

    DAYS_365 = "days_365"
    DAYS_IN_YEAR = "days_in_year"
    DAYS_IN_MONTH = "days_in_month"


def time_share(period: Period, per: Per, policy: Apportioning) -> Derivation:
    """Return, exactly, how many `per` the days of `period` are."""
    if per is Per.DAY:
        return given("days", period.days, "days")
    if policy is Apportioning.DAYS_365:
        return _of_year(period, 365, per)
    if policy is Apportioning.DAYS_IN_YEAR:
        years = _calendar_parts(period, lambda day: date(day.year + 1, 1, 1))
        return _sum(_of_year(part, _year_days(part.start), per) for part in years)
    months = _calendar_parts(period, lambda day: add_months(day.replace(day=1), 1))
    return _sum(_of_month(part, per) for part in months)


def _of_year(period: Period, year_days: int, per: Per) -> Derivation:
    factors = [Factor("days", period.days, "days")]
    if per is Per.MONTH:
        factors.append(Factor("months", 12, "months/year"))
    return product(f"share {period}", factors, [Factor("year", year_days, "days/year")])


def _of_month(period: Period, per: Per) -> Derivation:
    length = Period.month(period.start.year, period.start.month).days
    divisors = [Factor("month", length, "days/month")]
    if per is Per.YEAR:
        divisors.append(Factor("months", 12, "months/year"))
    return product(f"share {period}", [Factor("days", period.days, "days")], divisors)


def _sum(parts: Iterable[Derivation]) -> Derivation:
    found = tuple(parts)
    return found[0] if len(found) == 1 else Derivation("share", (), (), found, Combine.SUM)


def _year_days(day: date) -> int:
    return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days


def _calendar_parts(period: Period, following: Callable[[date], date]) -> tuple[Period, ...]:
    cuts, day = [], following(period.start)
    while day < period.until:
        cuts.append(day)
        day = following(day)
    return period.split(cuts)
