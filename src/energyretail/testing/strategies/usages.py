"""Strategies for what a tariff prices: uses, powers, peaks, items, and the circumstances."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Final

import attrs
from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import MarketTime, Period, PowerUnit
from energyretail.testing.strategies.prices import amounts, dated_prices, prices
from energyretail.testing.strategies.shared import MADRID, energies, powers

__all__ = ["REGISTERS", "circumstances", "interval_indices", "interval_uses", "usages"]

REGISTERS: Final = ("P1", "P2")
_FED_IN: Final = "E1"


@st.composite
def usages(
    draw: st.DrawFn, period: Period, *, tariff: pricing.Tariff | None = None, cut: bool = True
) -> pricing.Usage:
    """Usages of every day of `period`: P1, P2, powers in kVA, and what `tariff` asks for besides.

    That is intervals for spot prices, energy fed in, reactive energy, lines to pass on, extras;
    without a tariff there is none. Each register is read at both ends and, with `cut`, on up to
    three days between, not the same for all; some uses are estimated.
    """
    components = tariff.components if tariff is not None else ()
    kinds = {type(component) for component in components}
    return pricing.Usage(
        tuple(draw(_uses(period, kinds, cut=cut))),
        tuple((name, draw(powers(PowerUnit.KVA))) for name in REGISTERS),
        tuple(
            pricing.Peak(register, month, draw(powers(PowerUnit.KVA)))
            for register in REGISTERS
            for month in sorted({day.replace(day=1) for day in period.each_day()})
        ),
        tuple(
            pricing.ReactiveUse(register, part, draw(amounts(0, 5_000)))
            for register in (REGISTERS if pricing.Reactive in kinds else ())
            for part in draw(_parts(period, cut=cut))
        ),
        tuple(
            draw(_passed_on(component.name, period))
            for component in components
            if isinstance(component, pricing.PassThrough)
            for _ in range(draw(st.integers(0, 3)))
        ),
        tuple(
            draw(_extras(component.name, period))
            for component in components
            if isinstance(component, pricing.Extra)
            for _ in range(draw(st.integers(0, 3)))
        ),
    )


@st.composite
def _uses(
    draw: st.DrawFn, period: Period, kinds: set[type[pricing.Component]], *, cut: bool
) -> list[pricing.Use]:
    flows = dict.fromkeys(REGISTERS, pricing.Flow.IMPORT)
    # A plant that is not there yet feeds in nothing.
    if pricing.FeedIn in kinds and draw(st.integers(0, 3)):
        flows[_FED_IN] = pricing.Flow.EXPORT
    by_interval = pricing.Spot in kinds
    found: list[pricing.Use] = []
    for register, flow in flows.items():
        for part in draw(_parts(period, cut=cut)):
            quality = draw(st.sampled_from(pricing.Quality))
            if by_interval and flow is pricing.Flow.IMPORT:
                drawn = draw(interval_uses(part, register=register))
                found.append(attrs.evolve(drawn, quality=quality))
            else:
                read = (f"{register} {part.start} drawn",)
                energy = draw(energies())
                found.append(pricing.RegisterUse(register, part, energy, quality, read, flow))
    return found


@st.composite
def _parts(draw: st.DrawFn, period: Period, *, cut: bool) -> tuple[Period, ...]:
    """Cut a period on up to three of its days."""
    days = st.sampled_from(list(period.each_day()))
    return period.split(draw(st.sets(days, max_size=3)) if cut else ())


@st.composite
def _passed_on(draw: st.DrawFn, component: str, period: Period) -> pricing.PassedOnLine:
    first = draw(st.integers(0, period.days - 1))
    start = period.start + timedelta(days=first)
    end = start + timedelta(days=draw(st.integers(1, period.days - first)))
    days = Period(start, end)
    return pricing.PassedOnLine(
        component, f"of {days}", days, draw(amounts(-99, 999)), "drawn invoice"
    )


@st.composite
def _extras(draw: st.DrawFn, component: str, period: Period) -> pricing.ExtraItem:
    day = draw(st.none() | st.sampled_from(list(period.each_day())))
    quantity, price = draw(amounts(0, 9)), draw(amounts(-99, 999))
    return pricing.ExtraItem(component, f"on {day}", quantity, price, on=day)


@st.composite
def circumstances(draw: st.DrawFn, tariff: pricing.Tariff, period: Period) -> pricing.Circumstances:
    """Circumstances that hold every index a tariff follows, on every day of `period`."""
    indices: dict[str, pricing.DatedPrice | pricing.IntervalIndex] = {}
    for component in tariff.components:
        if isinstance(component, pricing.Spot):
            drawn = draw(interval_indices(period))
            indices[component.index] = attrs.evolve(drawn, name=component.index)
        elif isinstance(component, pricing.IndexLinked):
            name = component.index
            indices[name] = attrs.evolve(draw(dated_prices()), name=name)
    return pricing.Circumstances(indices=tuple(indices.values()))


@st.composite
def interval_uses(
    draw: st.DrawFn,
    period: Period,
    *,
    register: str = "P1",
    zone: MarketTime = MADRID,
    minutes: int = 60,
    flow: pricing.Flow = pricing.Flow.IMPORT,
) -> pricing.IntervalUse:
    """Intervals of all local days of `period`; a few values are drawn and taken in turns."""
    count = _intervals(period, zone, minutes)
    values = draw(st.lists(amounts(0, 20), min_size=1, max_size=7))
    kwh = tuple(values[at % len(values)] for at in range(count))
    return pricing.IntervalUse(register, zone.start_of(period.start), minutes, kwh, zone, flow=flow)


@st.composite
def interval_indices(
    draw: st.DrawFn,
    period: Period,
    values: st.SearchStrategy[Decimal] | None = None,
    *,
    zone: MarketTime = MADRID,
    minutes: int = 60,
) -> pricing.IntervalIndex:
    """Prices of an index named "spot" for all local days of `period`, a few taken in turns."""
    drawn = draw(st.lists(prices() if values is None else values, min_size=1, max_size=7))
    count = _intervals(period, zone, minutes)
    series: tuple[Decimal, ...] = tuple(drawn[at % len(drawn)] for at in range(count))
    return pricing.IntervalIndex("spot", zone.start_of(period.start), minutes, series, "drawn")


def _intervals(period: Period, zone: MarketTime, minutes: int) -> int:
    begin, end = (zone.start_of(day).astimezone(UTC) for day in (period.start, period.until))
    return (end - begin) // timedelta(minutes=minutes)
