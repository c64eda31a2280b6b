"""Whether a day is charged twice: in one bill what runs with the days, by two a component."""

from __future__ import annotations

from itertools import groupby, pairwise

from energyretail.domain import pricing

__all__ = ["charge_a_day_both", "charges_a_day_twice"]

# A price that runs with the days is quoted by one of these, power or not: EUR/kW·year.
_RECURRING = tuple(f"{before}{per.value}" for per in pricing.Per for before in "/·")


def charges_a_day_twice(bill: pricing.PricedBill) -> bool:
    """Tell whether two lines of one recurring price are for the same day.

    Such a price is quoted per day, month or year; lines are of one when component, label, tax
    code and rate are the same: registers and steps have labels of their own, and VAT by use
    divides a line by its rate.
    """
    lines = sorted(
        (line for line in bill.lines if line.price_unit.endswith(_RECURRING)),
        key=lambda line: (*_of(line), line.period.start),
    )
    return any(
        before.period.until > after.period.start
        for _, of_one in groupby(lines, key=_of)
        for before, after in pairwise(of_one)
    )


def charge_a_day_both(bill: pricing.PricedBill, other: pricing.PricedBill) -> bool:
    """Tell whether two bills of one supply charge a component for the same day.

    A line may be of days outside the period of its bill: charged in advance, or passed on late.
    """
    return any(
        one.component == line.component and one.period.meets(line.period) is not None
        for one in bill.lines
        for line in other.lines
    )


def _of(line: pricing.PriceLine) -> tuple[object, ...]:
    return line.component, line.label, line.tax_code, line.tax_rate
