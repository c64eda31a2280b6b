"""When each market wants the final bill, as dated data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from energyretail.domain.billing import FinalBillDeadline, FinalBillRules, TimeLimit, TimeUnit
from energyretail.domain.markets.spain_calendars import NATIONAL_WORKING_DAYS
from energyretail.domain.shared import TARGET, HolidayRule, Period, WorkingDays

__all__ = ["EUROPEAN_FINAL_BILL", "FINAL_BILLS", "SPAIN_FINAL_BILL"]

_SIX_WEEKS = TimeLimit(6, TimeUnit.WEEKS)
_TWO_WEEKS = TimeLimit(2, TimeUnit.WEEKS)

EUROPEAN_FINAL_BILL = FinalBillRules(
    market="EU",
    working_days=TARGET,
    deadlines=(
        FinalBillDeadline(
            Period(date(2021, 1, 1)), _SIX_WEEKS, "Directive (EU) 2019/944 art. 10(12)"
        ),
    ),
)
"""The least every member state owes its households; a market's own rules come before it."""

SPAIN_FINAL_BILL = FinalBillRules(
    market="ES",
    working_days=NATIONAL_WORKING_DAYS,
    deadlines=(
        FinalBillDeadline(
            Period(date(2013, 12, 28)),
            TimeLimit(42, TimeUnit.DAYS),
            "Ley 24/2013 art. 44.1: the account is settled within 42 days",
        ),
    ),
)

_FRANCE = FinalBillRules(
    market="FR",
    working_days=TARGET,
    deadlines=(
        FinalBillDeadline(
            Period(date(2016, 7, 1)),
            TimeLimit(4, TimeUnit.WEEKS),
            "Code de la consommation art. L224-15",
            refund=_TWO_WEEKS,
        ),
    ),
)

_GERMANY = FinalBillRules(
    market="DE",
    working_days=TARGET,
    deadlines=(
        FinalBillDeadline(
            Period(date(2021, 7, 27)),
            _SIX_WEEKS,
            "EnWG § 40c Abs. 2 and 3",
            refund=_TWO_WEEKS,
        ),
    ),
)

_BANKING = "Banking and Financial Dealings Act 1971, Schedule 1 (England and Wales)"
_SINCE = Period(date(1978, 1, 1))


def _nth_monday(name: str, month: int, days: range) -> tuple[HolidayRule, ...]:
    # A holiday rule is a fixed day: each Monday it may fall on in a year we know.
    return tuple(
        HolidayRule(
            name, Period(date(year, 1, 1), date(year + 1, 1, 1)), _BANKING, fixed=(month, day)
        )
        for year in range(2023, 2031)
        for day in days
        if date(year, month, day).weekday() == 0
    )


# What is proclaimed for one year, or moved off a weekend, is not held here, nor are Mondays before
# 2023, when two were moved: the deadline is then a day too early, never too late.
_ENGLAND = WorkingDays(
    "GB England and Wales",
    (
        HolidayRule("New Year's Day", _SINCE, _BANKING, fixed=(1, 1)),
        HolidayRule("Good Friday", _SINCE, _BANKING, days_after_easter=-2),
        HolidayRule("Easter Monday", _SINCE, _BANKING, days_after_easter=1),
        *_nth_monday("Early May bank holiday", 5, range(1, 8)),
        *_nth_monday("Spring bank holiday", 5, range(25, 32)),
        *_nth_monday("Summer bank holiday", 8, range(25, 32)),
        HolidayRule("Christmas Day", _SINCE, _BANKING, fixed=(12, 25)),
        HolidayRule("Boxing Day", _SINCE, _BANKING, fixed=(12, 26)),
    ),
)

_BRITAIN = FinalBillRules(
    market="GB",
    working_days=_ENGLAND,
    deadlines=(
        FinalBillDeadline(
            Period(date(2020, 5, 1)),
            _SIX_WEEKS,
            "Standards of Performance (Suppliers) Regulations 2015, as amended 2020",
            refund=TimeLimit(10, TimeUnit.WORKING_DAYS),
        ),
    ),
)

FINAL_BILLS: Mapping[str, FinalBillRules] = MappingProxyType(
    {
        rules.market: rules
        for rules in (EUROPEAN_FINAL_BILL, SPAIN_FINAL_BILL, _FRANCE, _GERMANY, _BRITAIN)
    }
)
"""The rules by market code; ``EU`` serves a member state without rules of its own here."""
