"""Prices components alone, exactly, and holds each line to its derivation on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Period,
    Power,
    PowerUnit,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing import strategies
from energyretail.testing.profiles import dear

__all__ = [
    "HARD", "amounts", "bill_of", "constant", "energies", "exactly", "index_of", "long", "only",
    "percents", "positive", "powers", "prices", "read", "short", "tariff_of", "unit_rate",
    "usage_of_all",
]  # fmt: skip

# 10,000 cases of each law at night. By day few: what is a law of one kind is run for nineteen.
HARD = dear(40)

END = RoundingPolicy(RoundingScope.END, CENTS_HALF_UP)
REGISTERS = ("P1", "P2")
VAT = tuple(pricing.Vat(code, code, pricing.always(code, 10, "test")) for code in ("A", "B"))


def _decimals(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    # Drawn as whole numbers: many times faster than decimals, and they shrink as well.
    return st.integers(low * 10**places, high * 10**places).map(
        lambda units: Decimal(units).scaleb(-places)
    )


energies = _decimals(0, 5_000, 3)
positive = _decimals(0, 30, 6)
prices = _decimals(-1, 30, 6)
amounts = _decimals(0, 500, 2)
percents = _decimals(0, 100, 2)
powers = st.integers(10, 50_000).map(lambda n: Power(Decimal(n) / 100, PowerUnit.KVA))
short = strategies.periods(days_max=4)  # for intervals
long = strategies.periods(days_max=100)


def tariff_of(*components: pricing.Component, **changes: Any) -> pricing.Tariff:
    given: dict[str, Any] = {"taxes": VAT, "rounding": END, **changes}
    return pricing.Tariff("T", "Test", "EUR", components, **given)


def bill_of(
    components: pricing.Component | tuple[pricing.Component, ...],
    usage: pricing.Usage,
    period: Period,
    circumstances: pricing.Circumstances = pricing.PLAIN,
    **changes: Any,
) -> pricing.PricedBill:
    """Price and recompute every line; what a component leaves unpriced costs nothing."""
    chosen = components if isinstance(components, tuple) else (components,)
    tariff = tariff_of(*chosen, unit_rate("rest", constant(0)), **changes)
    bill = pricing.rate(tariff, usage, period=period, circumstances=circumstances)
    for line in (*bill.lines, *bill.taxes):
        assert pricing.recompute(line.derivation) == line.amount.amount
    return attrs.evolve(
        bill, lines=tuple(line for line in bill.lines if line.component != "rest" or line.amount)
    )


def exactly(bill: pricing.PricedBill) -> Mapping[str, Fraction]:
    """Return the exact amount of each component, before any rounding."""
    found: dict[str, Fraction] = {}
    for line in bill.lines:
        if line.component != pricing.ROUNDING:
            value = pricing.exact(line.derivation.rounded(None))
            found[line.component] = found.get(line.component, Fraction(0)) + value
    return found


def constant(value: Decimal | int | str) -> tuple[pricing.DatedPrice, ...]:
    return (pricing.always("price", value, "test"),)


def unit_rate(name: str, price: tuple[pricing.DatedPrice, ...], **fields: Any) -> pricing.UnitRate:
    given: dict[str, Any] = {"tax_code": pricing.NO_TAX, **fields}
    return pricing.UnitRate(name=name, price=price, **given)


def read(
    period: Period, kwh: Decimal, register: str = "P1", flow: pricing.Flow = pricing.Flow.IMPORT
) -> pricing.RegisterUse:
    return pricing.RegisterUse(register, period, Energy(kwh), flow=flow)


def only(usage: pricing.Usage, part: Period) -> pricing.Usage:
    """Return a usage without the items that a bill of `part` would refuse."""
    return attrs.evolve(
        usage,
        passed_on=tuple(item for item in usage.passed_on if part.covers(item.period)),
        extras=tuple(item for item in usage.extras if item.on is not None and item.on in part),
    )


def index_of(kind: str, period: Period, price: pricing.DatedPrice) -> pricing.Circumstances:
    """Return circumstances in which the index of a kind, if it has one, follows `price`."""
    if kind == "index_linked":
        return pricing.Circumstances(indices=(attrs.evolve(price, name="index"),))
    if kind != "spot":
        return pricing.PLAIN
    start = strategies.MADRID.start_of(period.start)
    instants = [at for day in period.each_day() for at in strategies.MADRID.hours_of(day)]
    values = tuple(price.on(_day(at)).value for at in instants)
    return pricing.Circumstances(indices=(pricing.IntervalIndex("spot", start, 60, values),))


def _day(instant: datetime) -> date:
    return strategies.MADRID.day_of(instant)


@st.composite
def usage_of_all(draw: st.DrawFn, kind: str, period: Period) -> pricing.Usage:
    """Return what any kind may bill: energy both ways, powers, peaks, reactive energy, items.

    By the hour for spot prices, else by two readings.
    """
    if kind == "spot":
        uses: list[pricing.Use] = [
            draw(strategies.interval_uses(period, register=name)) for name in REGISTERS
        ]
    else:
        uses = [read(period, draw(energies), name) for name in REGISTERS]
    if kind == "feed_in":
        uses.append(read(period, draw(energies), "E1", pricing.Flow.EXPORT))
    first = draw(powers)
    second = Power(first.value * 2, PowerUnit.KVA)
    measured = draw(_peaks(period)) if kind in ("demand", "overrun") else ()
    reactive = [
        pricing.ReactiveUse(name, period, draw(energies))
        for name in REGISTERS
        if kind == "reactive"
    ]
    return pricing.Usage(
        tuple(uses),
        (("P1", first), ("P2", second)),
        measured,
        tuple(reactive),
        tuple(draw(_items(period, _passed_on))) if kind == "pass_through" else (),
        tuple(draw(_items(period, _extra))) if kind == "extra" else (),
    )


@st.composite
def _peaks(draw: st.DrawFn, period: Period) -> tuple[pricing.Peak, ...]:
    months = sorted({day.replace(day=1) for day in period.each_day()})
    return tuple(pricing.Peak(name, month, draw(powers)) for name in REGISTERS for month in months)


def _items(period: Period, item: Any) -> st.SearchStrategy[Any]:
    days = st.sampled_from(list(period.each_day()))
    return st.lists(st.builds(item, days, _decimals(-99, 99, 2)), max_size=4)


def _passed_on(day: date, amount: Decimal) -> pricing.PassedOnLine:
    days = Period(day, day + timedelta(days=1))
    return pricing.PassedOnLine("pass_through", f"of {day}", days, amount, "invoice 1")


def _extra(day: date, price: Decimal) -> pricing.ExtraItem:
    return pricing.ExtraItem("extra", f"of {day}", Decimal(3), price, on=day)
