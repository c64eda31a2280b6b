"""How a price per day, month or year becomes an amount for a span of days."""

from __future__ import annotations

import calendar
import enum
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from energyretail.domain.pricing.derivation import (
    Derivation,
    Factor,
    given,
    multiply,
    product,
)
from energyretail.domain.shared import Invalid, Period, Rounding, add_months

__all__ = ["Apportioning", "Per", "Proration", "time_share"]


class Per(enum.Enum):
    """The span of time a price is quoted for."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Apportioning(enum.Enum):
    """How many days a quoted month or year has; a policy of the tariff or of a component.

    DAYS_365, DAYS_366 and DAYS_360 count every year alike and a month as a twelfth of it;
    DAYS_30_4375 and DAYS_30_4167 count every month alike, and a year as 365.25 or 365 days;
    DAYS_IN_YEAR takes the 365 or 366 days of each calendar year and a month as a twelfth of it;
    DAYS_IN_MONTH divides by the days of each month, and a year is twelve of them.
    """

    DAYS_365 = "days_365"
    DAYS_366 = "days_366"
    DAYS_360 = "days_360"
    DAYS_IN_YEAR = "days_in_year"
    DAYS_IN_MONTH = "days_in_month"
    DAYS_30_4375 = "days_30_4375"
    DAYS_30_4167 = "days_30_4167"


_YEARS: Final = {
    Apportioning.DAYS_365: Decimal(365),
    Apportioning.DAYS_366: Decimal(366),
    Apportioning.DAYS_360: Decimal(360),
    Apportioning.DAYS_30_4375: Decimal("365.25"),
    Apportioning.DAYS_30_4167: Decimal(365),
}
_MONTHS: Final = {
    Apportioning.DAYS_360: Decimal(30),
    Apportioning.DAYS_30_4375: Decimal("30.4375"),
    Apportioning.DAYS_30_4167: Decimal("30.4167"),
}


@attrs.frozen
class Proration:
    """What a price is quoted for, and how that span becomes days.

    `anchor_day` is the day of the month on which a month begins (DAYS_IN_MONTH alone); in a
    shorter month it is the last day. Raises Invalid ``pricing.anchor_day`` (it is 1 to 31).
    """

    per: Per
    policy: Apportioning
    anchor_day: int = attrs.field(default=1)

    @anchor_day.validator
    def _a_day(self, _: object, day: int) -> None:
        if not 1 <= day <= 31:
            raise Invalid("pricing.anchor_day", "a day of a month is 1 to 31", day=day)

    def share(self, period: Period) -> Derivation:
        """Return, exactly, how many `per` the days of `period` are."""
        parts = [_days_of(part, share) for part, share in self._parts(period)]
        return parts[0] if len(parts) == 1 else Derivation("share", (), (), tuple(parts))

    def times(
        self,
        name: str,
        price: Derivation,
        period: Period,
        rounding: Rounding | None,
        *by: Derivation,
    ) -> Derivation:
        """Return (what it is charged `by` x) price x share of `period`.

        With `rounding` the price of a day is made first.
        """
        if rounding is None or self.per is Per.DAY:
            return multiply(name, *by, price, self.share(period))
        made = [
            product(
                f"{name} {part}",
                [Factor("days", part.days, "days")],
                parts=[Derivation("price of a day", *share, parts=(price,)).rounded(rounding)],
            )
            for part, share in self._parts(period)
        ]
        whole = made[0] if len(made) == 1 else product(name, (), (), made)
        return multiply(name, *by, whole) if by else whole

    def _parts(self, period: Period) -> Iterator[tuple[Period, _Share]]:
        if self.per is Per.DAY:
            yield period, ((), ())
        elif self.policy is Apportioning.DAYS_IN_MONTH:
            for part in _calendar_parts(period, self._next_month):
                yield part, self._of_month(part)
        elif self.policy is Apportioning.DAYS_IN_YEAR:
            for part in _calendar_parts(period, lambda day: date(day.year + 1, 1, 1)):
                yield part, self._of_year(Decimal(_year_days(part.start)))
        elif self.per is Per.MONTH and self.policy in _MONTHS:
            yield period, ((), (Factor("month", _MONTHS[self.policy], "days/month"),))
        else:
            yield period, self._of_year(_YEARS[self.policy])

    def _of_year(self, days: Decimal) -> _Share:
        months = (Factor("months", 12, "months/year"),) if self.per is Per.MONTH else ()
        return months, (Factor("year", days, "days/year"),)

    def _of_month(self, part: Period) -> _Share:
        following = self._next_month(part.start)
        begin = _anchored(add_months(following, -1), self.anchor_day)
        divisors = [Factor("month", (following - begin).days, "days/month")]
        if self.per is Per.YEAR:
            divisors.append(Factor("months", 12, "months/year"))
        return (), tuple(divisors)

    def _next_month(self, day: date) -> date:
        this = _anchored(day, self.anchor_day)
        return this if day < this else _anchored(add_months(day, 1), self.anchor_day)


_Share = tuple[tuple[Factor, ...], tuple[Factor, ...]]  # factors and divisors of one day


def time_share(period: Period, per: Per, policy: Apportioning, anchor_day: int = 1) -> Derivation:
    """Return, exactly, how many `per` the days of `period` are."""
    return Proration(per, policy, anchor_day).share(period)


def _days_of(part: Period, share: _Share) -> Derivation:
    factors, divisors = share
    if not divisors:
        return given("days", part.days, "days")
    return product(f"share {part}", [Factor("days", part.days, "days"), *factors], divisors)


def _anchored(day: date, anchor_day: int) -> date:
    """Return the anchor day of the month of `day`."""
    _, last = calendar.monthrange(day.year, day.month)
    return day.replace(day=min(anchor_day, last))


def _year_days(day: date) -> int:
    return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days


def _calendar_parts(period: Period, following: Callable[[date], date]) -> tuple[Period, ...]:
    return period.split(_steps(period, following))


def _steps(period: Period, following: Callable[[date], date]) -> Iterable[date]:
    day = following(period.start)
    while day < period.until:
        yield day
        day = following(day)
