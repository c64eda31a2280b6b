"""The prices that run with the days, and the line of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs

from energyretail.domain.pricing.apportioning import Apportioning, Per, Proration
from energyretail.domain.pricing.components.component import Component, Draft, Piece, shown
from energyretail.domain.pricing.dated import DatedPrice, price_derivation, price_on
from energyretail.domain.pricing.derivation import Derivation, exact
from energyretail.domain.shared import Period, PowerUnit, add_months

__all__ = ["OverTime", "draft_over_time", "month_starts"]


@attrs.frozen(kw_only=True)
class OverTime(Component):
    """A price quoted `per` day, month or year; without `apportioning` the tariff's holds.

    `anchor_day` is the day of the month on which a month begins, where months count their days.
    """

    per: Per = Per.DAY
    apportioning: Apportioning | None = None
    anchor_day: int = 1

    def __attrs_post_init__(self) -> None:
        _ = Proration(self.per, Apportioning.DAYS_365, self.anchor_day)

    def proration(self, piece: Piece) -> Proration:
        """Return how its price becomes days."""
        return Proration(self.per, self.apportioning or piece.apportioning, self.anchor_day)


def draft_over_time(
    component: OverTime,
    piece: Piece,
    prices: tuple[DatedPrice, ...],
    *,
    label: str,
    period: Period | None = None,
    power: Derivation | None = None,
    unit: PowerUnit = PowerUnit.KW,
) -> Draft:
    """Return (power x) price x days of the piece as a share; quantity is days or power."""
    billed = period or piece.period
    what = "" if power is None else f"{unit.value}·"
    price_unit = f"{piece.currency}/{what}{component.per.value}"
    price = price_derivation(prices, billed.start, price_unit)
    by = () if power is None else (power,)
    paid = component.proration(piece).times(label, price, billed, piece.price_rounding, *by)
    value = Fraction(billed.days) if power is None else exact(power)
    return Draft(
        component=component.name,
        label=label,
        group=component.group,
        tax_code=component.tax_code,
        period=billed,
        quantity=shown(value),
        unit="days" if power is None else unit.value,
        price=price_on(prices, billed.start),
        price_unit=price_unit,
        estimated=False,
        derivation=paid,
    )


def month_starts(whole: Period) -> Iterable[date]:
    """Return the first days of the calendar months that begin in a period."""
    day = add_months(whole.start.replace(day=1), 1)
    while day < whole.until:
        yield day
        day = add_months(day, 1)
