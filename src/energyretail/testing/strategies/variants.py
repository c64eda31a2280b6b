"""What seldom stands in a tariff: gas, profiles, tax points, VAT by use, limits, days to come."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs
from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import Period
from energyretail.testing.strategies.prices import amounts, dated_prices
from energyretail.testing.strategies.shared import decimals

__all__ = ["varied"]

Case = tuple[pricing.Tariff, pricing.Usage, Period, pricing.Circumstances]
_RESTING = (pricing.OverBases, pricing.PercentageTax)


@st.composite
def varied(draw: st.DrawFn, case: Case) -> Case:
    """A case of `priced`, some of it changed, that `rate` makes a bill of.

    Registers may count volumes of gas, and be read before and after the period; a profile divide
    what is cut, VAT go by the use or another day, standing charges bill days to come, discounts be
    amounts or for months, and feed-in be limited by other components.
    """
    tariff, usage, period, known = case
    names = [c.name for c in tariff.components if not isinstance(c, (*_RESTING, pricing.FeedIn))]
    made = tuple(draw(_component(each, names)) for each in tariff.components)
    tariff = attrs.evolve(
        tariff,
        components=made,
        division=draw(st.sampled_from(pricing.Division)),
        tax_point=draw(st.sampled_from(pricing.TaxPoint)),
        vat_by_use=draw(st.one_of(st.none(), _by_use(tariff), _by_use(tariff))),
    )
    read = Period(
        period.start - timedelta(days=draw(st.integers(0, 5))),
        period.until + timedelta(days=draw(st.integers(0, 5))),
    )
    usage = attrs.evolve(
        usage,
        uses=tuple(draw(_use(each, period, read)) for each in usage.uses),
        profile=draw(_profiles(read)),
    )
    known = attrs.evolve(
        known,
        since=period.start - timedelta(days=draw(st.integers(0, 400))),
        qualifying_percent=draw(amounts(0, 100) | st.sampled_from([Decimal(0), Decimal(100)])),
        invoiced_on=period.until + timedelta(days=draw(st.integers(0, 60))),
        advance=Period(period.until, period.until + timedelta(days=draw(st.integers(1, 90)))),
    )
    return tariff, usage, period, known


def _by_use(tariff: pricing.Tariff) -> st.SearchStrategy[pricing.VatByUse]:
    codes = st.permutations([tax.code for tax in tariff.taxes])
    de_minimis = st.one_of(st.none(), amounts(0, 99), amounts(0, 9_999))
    return st.builds(
        lambda both, least: pricing.VatByUse(both[0], both[-1], least), codes, de_minimis
    )


@st.composite
def _component(
    draw: st.DrawFn, component: pricing.Component, names: list[str]
) -> pricing.Component:
    changed = attrs.evolve(component, by_use=draw(st.sampled_from(pricing.ByUse)))
    match changed:
        case pricing.StandingCharge():
            return attrs.evolve(changed, timing=draw(st.sampled_from(pricing.Timing)))
        case pricing.FeedIn() if names:
            limits = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
            return attrs.evolve(changed, limit_to=tuple(limits))
        case pricing.Discount():
            return draw(_discounts(changed))
    return changed


@st.composite
def _discounts(draw: st.DrawFn, discount: pricing.Discount) -> pricing.Discount:
    some = attrs.evolve(discount, months=draw(st.none() | st.integers(1, 15)))
    if draw(st.booleans()):
        return some
    amount, per = draw(amounts(0, 99)), draw(st.sampled_from(pricing.AmountPer))
    return attrs.evolve(some, percent=None, amount=amount, per=per)


@st.composite
def _use(draw: st.DrawFn, use: pricing.Use, period: Period, read: Period) -> pricing.Use:
    if not isinstance(use, pricing.RegisterUse):
        return use
    # Many a reading is of a day before those billed, or after them.
    start = read.start if use.period.start == period.start else use.period.start
    end = read.end if use.period.end == period.end else use.period.end
    days = draw(st.sampled_from([use.period, Period(start, end)]))
    if draw(st.booleans()):
        return attrs.evolve(use, period=days)
    return pricing.VolumeUse(
        use.register,
        days,
        use.energy.kwh,
        draw(_conversions()),
        use.quality,
        use.readings,
        use.flow,
    )


def _conversions() -> st.SearchStrategy[pricing.Conversion]:
    return st.builds(
        pricing.Conversion,
        name=st.just("gas"),
        calorific_value=dated_prices(decimals(9, 40, 3)),
        is_mj=st.booleans(),
        m3_per_unit=st.sampled_from([Decimal(1), Decimal("2.83")]),
        correction=dated_prices(decimals(0, 2, 5)),
        source=st.just("drawn"),
    )


@st.composite
def _profiles(draw: st.DrawFn, period: Period) -> pricing.Profile:
    """Weights of the days of a period; of two neighbours one is more than nothing."""
    pairs = draw(st.lists(st.tuples(amounts(1, 9), amounts(0, 9)), min_size=1, max_size=4))
    weights = [weight for pair in pairs for weight in pair]
    return pricing.Profile(
        "drawn", period.start, tuple(weights[at % len(weights)] for at in range(period.days))
    )
