"""Strategies for the values of the kernel: money, quantities, days, periods, rounding."""

from __future__ import annotations

from calendar import isleap
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from hypothesis import strategies as st

from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Cups,
    Energy,
    Iban,
    MarketTime,
    Money,
    Period,
    Power,
    PowerUnit,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

__all__ = [
    "MADRID",
    "clock_change_days",
    "cups",
    "days",
    "decimals",
    "energies",
    "hours_of_days",
    "ibans",
    "money",
    "periods",
    "powers",
    "rounding_policies",
    "roundings",
]

MADRID: Final = MarketTime("Europe/Madrid")
_FIRST, _LAST = date(2020, 1, 1), date(2035, 12, 31)
# Around clock changes, leap days and year ends is where days go wrong.
_ODD_SPANS = (-1, 0, 1)
Decimals = st.SearchStrategy[Decimal]


def money(currency: str = "EUR", *, cents_max: int = 10**9) -> st.SearchStrategy[Money]:
    """Amounts in whole cents, as often owed by us as to us; shrinks to nothing."""
    return st.integers(-cents_max, cents_max).map(lambda cents: Money.of_cents(cents, currency))


def decimals(low: Decimal | int | str, high: Decimal | int, places: int) -> Decimals:
    """Decimals of exactly `places`; drawn as whole numbers, many times faster than others are."""
    first, last = (int(Decimal(bound).scaleb(places)) for bound in (low, high))
    return _decimals(first, last, places)


@cache
def _decimals(first: int, last: int, places: int) -> Decimals:
    return st.integers(first, last).map(lambda units: Decimal(units).scaleb(-places))


def energies(*, kwh_max: int = 100_000) -> st.SearchStrategy[Energy]:
    """Energy of zero or more, in kWh with at most three places."""
    return decimals(0, kwh_max, 3).map(Energy)


def powers(unit: PowerUnit | None = None) -> st.SearchStrategy[Power]:
    """Subscribed power of 0.1 to 500 in steps of 0.01; of either unit unless one is given."""
    units = st.sampled_from(PowerUnit) if unit is None else st.just(unit)
    return st.builds(Power, decimals("0.1", 500, 2), units)


@cache
def _changes(zone: str, first: date, last: date) -> tuple[date, ...]:
    clock = MarketTime(zone)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in span if len(clock.hours_of(day)) != 24)


def clock_change_days(
    zone: str = MADRID.zone, *, first: date = _FIRST, last: date = _LAST
) -> st.SearchStrategy[date]:
    """Local days of 23 or 25 hours in `zone`."""
    return st.sampled_from(_changes(zone, first, last))


def days(
    first: date = _FIRST, last: date = _LAST, *, zone: str = MADRID.zone
) -> st.SearchStrategy[date]:
    """Days from `first` to `last`, many of them at a clock change, leap day or year's end."""
    return _days(first, last, zone)


@cache
def _days(first: date, last: date, zone: str) -> st.SearchStrategy[date]:
    years = range(first.year, last.year + 1)
    odd = list(_changes(zone, date(first.year, 1, 1), date(last.year, 12, 31)))
    odd += [date(year, 12, 31) for year in years]
    odd += [date(year, 2, 29) for year in years if isleap(year)]
    near = {day + timedelta(days=more) for day in odd for more in _ODD_SPANS}
    chosen = sorted(day for day in near if first <= day <= last)
    plain = st.dates(first, last)
    return plain | st.sampled_from(chosen) if chosen else plain


@st.composite
def hours_of_days(draw: st.DrawFn, zone: str = MADRID.zone) -> tuple[datetime, ...]:
    """The real hours of one local day, 23, 24 or 25 of them, aware and in order."""
    day = draw(st.one_of(days(zone=zone), clock_change_days(zone)))
    return MarketTime(zone).hours_of(day)


@st.composite
def periods(
    draw: st.DrawFn,
    *,
    days_max: int = 1500,
    open_ended: bool = False,
    first: date = _FIRST,
    last: date = _LAST,
) -> Period:
    """Half-open spans of one day to `days_max`; some of one day, some across a clock change.

    With `open_ended` one in four has no end.
    """
    start = draw(days(first, last))
    length = draw(
        st.one_of(st.just(1), st.integers(1, min(62, days_max)), st.integers(1, days_max))
    )
    if open_ended and draw(st.integers(0, 3)) == 3:
        return Period(start)
    return Period(start, start + timedelta(days=length))


def roundings(*, decimals_max: int = 6) -> st.SearchStrategy[Rounding]:
    """Every mode, to whole units or to at most `decimals_max` places."""
    return st.builds(Rounding, st.sampled_from(RoundingMode), st.integers(0, decimals_max))


def rounding_policies() -> st.SearchStrategy[RoundingPolicy]:
    """Every scope with a rounding a bill may have: to cents or coarser."""
    return st.builds(
        RoundingPolicy,
        st.sampled_from(RoundingScope),
        st.just(CENTS_HALF_UP) | roundings(decimals_max=2),
    )


def cups() -> st.SearchStrategy[Cups]:
    """Spanish supply points with right check letters, with and without a measuring point."""
    digits = st.integers(0, 10**16 - 1).map(lambda number: f"{number:016d}")
    return st.builds(Cups.of_digits, digits, st.sampled_from(["0F", "1P", ""]))


def ibans(country: str = "ES") -> st.SearchStrategy[Iban]:
    """Accounts of twenty digits with right check digits."""
    accounts = st.integers(0, 10**20 - 1).map(lambda number: f"{number:020d}")
    return accounts.map(lambda account: Iban.of_account(country, account))
